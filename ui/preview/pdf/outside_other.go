//go:build !linux

package pdf

// limitMemory does nothing here: the time and the size of the picture are
// bounded all the same.
func limitMemory(int) error { return nil }
