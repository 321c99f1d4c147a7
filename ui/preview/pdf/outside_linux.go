package pdf

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// toolMemory is how much address space an outside renderer may have.
const toolMemory = 2 << 30

// limitMemory bounds what a started program may take.
func limitMemory(pid int) error {
	lim := unix.Rlimit{Cur: toolMemory, Max: toolMemory}
	if err := unix.Prlimit(pid, unix.RLIMIT_AS, &lim, nil); err != nil {
		return fmt.Errorf("bounding its memory: %w", err)
	}
	return nil
}
