package sound

import "syscall"

// withCredentials lets the kernel say with each message to a local server whose
// it is. PulseAudio takes that of the user it runs as without a cookie, and it
// alone cannot make sure of it: it asks only after it has accepted, when the first
// message may be there already. Where it fails, the cookie is left.
func withCredentials(network, _ string, c syscall.RawConn) error {
	if network != "unix" {
		return nil
	}
	return c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_PASSCRED, 1)
	})
}
