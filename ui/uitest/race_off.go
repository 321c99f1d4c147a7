//go:build !race

package uitest

// slower is how much longer everything may take than it should.
const slower = 1
