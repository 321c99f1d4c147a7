// Package uitest runs the real screens against the simulator, over HTTP, and
// presses real keys: bytes as a terminal sends them. What it looks at is the
// frame the program drew last. It waits for what should show, never for time.
//
// The tests of the working day's tasks live here, those of bad days (faults of
// the service, kill -9, full disks, damaged databases, clocks that jump), and the
// pictures in README are made with it. Where a test needs a process of its own,
// the test binary is run again as the real program, see TestMain.
package uitest
