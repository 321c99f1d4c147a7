package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// printer is the system's own way to print.
func printer() string {
	if runtime.GOOS == "windows" {
		return "powershell"
	}
	return "lp"
}

// Job is something to print: a file, or where Path is empty what Text gives.
type Job struct {
	Command string // of the config, with {} for the file; "": the system's
	Path    string
	Title   string // what the queue shows
	Text    io.Reader
}

// Print hands a job to the printer and says what came of it in the printer's
// own words ("request id is front-12 (1 file(s))"), not cleaned; they may be
// empty.
func Print(ctx context.Context, j Job) (said string, err error) {
	c := Command{Time: 2 * time.Minute}
	switch {
	case j.Command != "":
		if c.Argv, err = Split(j.Command); err != nil {
			return "", fmt.Errorf("the print command of the config: %w", err)
		}
		if j.Path != "" {
			c.Argv = Fill(c.Argv, j.Path)
		}
	case runtime.GOOS == "windows":
		if j.Path == "" {
			return "", errors.New("only files can be printed here")
		}
		// The path goes by the environment, where nothing in it has a meaning.
		c.Argv = []string{"powershell", "-NoProfile", "-NonInteractive", "-Command", "Start-Process -FilePath $env:PRINT_FILE -Verb Print"}
		c.Env = []string{"PRINT_FILE=" + j.Path}
	default:
		program, path := First("lp", "lpr")
		if path == "" {
			return "", fmt.Errorf("lp %w; name a program under print in the config", ErrMissing)
		}
		c.Argv = []string{program}
		if title := strings.TrimSpace(j.Title); title != "" {
			c.Argv = append(c.Argv, map[string]string{"lp": "-t", "lpr": "-T"}[program], title)
		}
		if j.Path != "" {
			c.Argv = append(c.Argv, option(j.Path))
		}
	}
	if j.Path == "" {
		c.Stdin = j.Text
	}
	res, err := Run(ctx, c)
	if err != nil {
		return "", err
	}
	return lastLine(res.Output), nil
}

// option keeps a path from being taken for an option.
func option(path string) string {
	if strings.HasPrefix(path, "-") {
		return "./" + path
	}
	return path
}
