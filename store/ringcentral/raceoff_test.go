//go:build !race

package ringcentral_test

// watched says that the race detector looks on, which makes everything slower.
const watched = false
