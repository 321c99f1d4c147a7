//go:build race

package uitest

// slower is how much longer everything may take: the race detector makes the
// simulator's faxes and recordings many times as costly.
const slower = 6
