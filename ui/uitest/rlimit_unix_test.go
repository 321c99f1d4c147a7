//go:build unix

package uitest

import (
	"os/signal"
	"strconv"
	"syscall"
)

// limitFileSize bounds the files this process may write, as a full disk would.
func limitFileSize(bytes string) error {
	if bytes == "" {
		return nil
	}
	n, err := strconv.ParseUint(bytes, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ) // then writes fail with EFBIG
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}
