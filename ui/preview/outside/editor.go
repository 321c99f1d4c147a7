package outside

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// Editor is the program a person edits text with: the one that was set, else $VISUAL,
// else $EDITOR, else one that is there. The error is [ErrMissing] where none is.
func Editor(set string) (argv []string, err error) {
	if line := cmp.Or(set, os.Getenv("VISUAL"), os.Getenv("EDITOR")); line != "" {
		if argv, err = Split(line); err != nil {
			return nil, fmt.Errorf("the editor %q: %w", line, err)
		}
		if _, err := exec.LookPath(argv[0]); err != nil {
			return nil, fmt.Errorf("the editor %s %w", argv[0], ErrMissing)
		}
		return argv, nil
	}
	common := []string{"nano", "micro", "vim", "vi"}
	if runtime.GOOS == "windows" {
		common = []string{"notepad"}
	}
	for _, name := range common {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}, nil
		}
	}
	return nil, fmt.Errorf("an editor %w: set $EDITOR", ErrMissing)
}
