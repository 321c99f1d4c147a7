package outside

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
	"unicode/utf16"
)

// ErrNoClipboard is returned where there is no clipboard to reach but through
// the terminal: over SSH, say.
var ErrNoClipboard = errors.New("no program for the clipboard is at hand")

type clipboard struct {
	argv  []string
	where func() bool // it has a clipboard to talk to
	wide  bool        // takes UTF-16
}

func clipboards() []clipboard {
	env := func(name string) func() bool { return func() bool { return os.Getenv(name) != "" } }
	always := func() bool { return true }
	switch runtime.GOOS {
	case "darwin":
		return []clipboard{{argv: []string{"pbcopy"}, where: always}}
	case "windows":
		return []clipboard{{argv: []string{"clip.exe"}, where: always, wide: true}}
	}
	return []clipboard{
		{argv: []string{"wl-copy"}, where: env("WAYLAND_DISPLAY")},
		{argv: []string{"xclip", "-selection", "clipboard"}, where: env("DISPLAY")},
		{argv: []string{"xsel", "--clipboard", "--input"}, where: env("DISPLAY")},
		{argv: []string{"clip.exe"}, where: env("WSL_DISTRO_NAME"), wide: true},
	}
}

// Copy puts text on the system's clipboard by the first program that can, and
// names it. It is meant besides the terminal's own way (OSC 52), which not every
// terminal allows and which reaches the person's machine over SSH.
func Copy(ctx context.Context, text string) (program string, err error) {
	err = ErrNoClipboard
	for _, c := range clipboards() {
		if !c.where() || Find(c.argv[0]) == "" {
			continue
		}
		var in io.Reader = strings.NewReader(text)
		if c.wide {
			in = bytes.NewReader(wide(text))
		}
		_, err = Run(ctx, Command{Argv: c.argv, Stdin: in, Time: 5 * time.Second, Detach: true})
		if err == nil || ctx.Err() != nil {
			return c.argv[0], err
		}
	}
	return "", err
}

// wide is UTF-16 as Windows takes it, with the mark that says so.
func wide(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
