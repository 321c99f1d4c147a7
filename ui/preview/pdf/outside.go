package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tool is an outside renderer. It is started without a shell, reads the file by
// its path and writes one page to a pipe: there are no temporary files.
type tool struct {
	name string // mutool or pdftoppm
	path string
	file string
}

// Renderer finds the outside renderer that Options.Renderer asks for: its name
// and path, both empty when there is none.
func Renderer(option string) (name, path string) {
	if t := find(option, ""); t != nil {
		return t.name, t.path
	}
	return "", ""
}

func find(option, file string) *tool {
	names := []string{option}
	switch option {
	case "off":
		return nil
	case "", "auto":
		names = []string{"mutool", "pdftoppm"}
	}
	for _, n := range names {
		path, err := exec.LookPath(n)
		if err != nil {
			continue
		}
		base := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".exe")
		if strings.Contains(base, "pdftoppm") {
			return &tool{"pdftoppm", path, file}
		}
		if strings.Contains(base, "mutool") {
			return &tool{"mutool", path, file}
		}
	}
	return nil
}

// toolTime is how long a page may take outside.
const toolTime = 15 * time.Second

// draw has page n drawn.
func (t *tool) draw(ctx context.Context, n int, dpi float64, lim Limits) (image.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTime)
	defer cancel()
	page := strconv.Itoa(n + 1)
	res := strconv.FormatFloat(dpi, 'f', 2, 64)
	args := []string{"draw", "-q", "-a", "-r", res, "-c", "rgb", "-F", "pnm", "-o", "-", t.file, page}
	if t.name == "pdftoppm" {
		args = []string{"-q", "-cropbox", "-r", res, "-f", page, "-l", page, t.file}
	}
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.WaitDelay = time.Second
	cmd.Env = environment()
	var complaint tail
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", t.name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", t.name, err)
	}
	bound := limitMemory(cmd.Process.Pid)
	img, err := readPNM(out, lim.Pixels)
	if err != nil {
		cancel() // nothing more is wanted of it
	} else {
		_, _ = io.Copy(io.Discard, io.LimitReader(out, 1<<20))
	}
	if werr := cmd.Wait(); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("%s took too long", t.name)
		}
		if s := complaint.String(); s != "" {
			return nil, fmt.Errorf("%s: %s", t.name, s)
		}
		if bound != nil {
			return nil, fmt.Errorf("%s: %w", t.name, bound)
		}
		return nil, fmt.Errorf("%s: %w", t.name, errors.Join(err, werr))
	}
	return img, nil
}

// environment is what the program is told of its surroundings: where to find its
// files, and nothing of ours.
func environment() []string {
	var out []string
	for _, k := range []string{"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH"} {
		if v, ok := os.LookupEnv(k); ok {
			out = append(out, k+"="+v)
		}
	}
	return append(out, "LC_ALL=C")
}

// tail keeps the last line of what a program complains of.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 4096 {
		t.b = append([]byte(nil), t.b[len(t.b)-2048:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	lines := strings.Split(strings.TrimSpace(string(t.b)), "\n")
	s := cleaned(lines[len(lines)-1])
	if len(s) > 200 {
		s = s[:200]
	}
	return s
}

var errPNM = errors.New("what it drew cannot be read")

// readPNM reads a binary portable graymap or pixmap of 8 bits.
func readPNM(r io.Reader, pixels int) (image.Image, error) {
	var head [3]int
	b := make([]byte, 1)
	word := func() (string, error) {
		var w []byte
		for {
			if _, err := io.ReadFull(r, b); err != nil {
				return "", errPNM
			}
			switch {
			case b[0] == '#':
				for b[0] != '\n' {
					if _, err := io.ReadFull(r, b); err != nil {
						return "", errPNM
					}
				}
			case bytes.IndexByte([]byte(" \t\r\n"), b[0]) >= 0:
				if len(w) > 0 {
					return string(w), nil
				}
			default:
				if w = append(w, b[0]); len(w) > 16 {
					return "", errPNM
				}
			}
		}
	}
	magic, err := word()
	if err != nil || magic != "P5" && magic != "P6" {
		return nil, errPNM
	}
	for i := range head {
		w, err := word()
		if err != nil {
			return nil, err
		}
		if head[i], err = strconv.Atoi(w); err != nil || head[i] <= 0 {
			return nil, errPNM
		}
	}
	w, h := head[0], head[1]
	if head[2] != 255 || w > pixels/h {
		return nil, errPNM
	}
	if magic == "P5" {
		g := image.NewGray(image.Rect(0, 0, w, h))
		_, err := io.ReadFull(r, g.Pix)
		return g, err
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	row := make([]byte, 3*w)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, errPNM
		}
		out := img.Pix[y*img.Stride:]
		for x := range w {
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = row[3*x], row[3*x+1], row[3*x+2], 255
		}
	}
	return grayOnly(img), nil
}
