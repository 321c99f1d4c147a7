//go:build unix

package graphics

import "golang.org/x/sys/unix"

// windowSize is the terminal's size in pixels as its driver knows it, which
// some terminals tell the driver and nobody else. It is 0 where they do not.
func windowSize(fd uintptr) (w, h int) {
	s, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ) //nolint:gosec // a file descriptor
	if err != nil {
		return 0, 0
	}
	return int(s.Xpixel), int(s.Ypixel)
}
