// Package uitest runs the real screens against the simulator, over HTTP, and
// presses real keys: bytes as a terminal sends them. What it looks at is the
// frame the program drew last. It waits for what should show, never for time.
//
// The tests of the working day's tasks live here, and the pictures in README
// are made with it.
package uitest
