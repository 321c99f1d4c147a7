package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/soniakeys/quant/median"
)

// A terminal is a real terminal emulator, run on a display of its own. What it
// shows is a picture no drawing of ours can vouch for.
type terminal struct {
	name string
	argv func(program []string) []string
	env  []string
}

var terminals = []terminal{
	{
		name: "xterm-sixel",
		argv: func(program []string) []string {
			return append([]string{
				"xterm", "-ti", "vt340", "-tn", "xterm-256color", "-fa", "DejaVu Sans Mono", "-fs", "9", "-geometry", "120x40+0+0", "-bw", "0",
				"-bg", "#11151c", "-fg", "#d7dce2", "-xrm", "XTerm*numColorRegisters: 256", "-e",
			}, program...)
		},
	},
	{
		name: "tmux",
		argv: func(program []string) []string {
			return append([]string{
				"xterm", "-tn", "xterm-256color", "-fa", "DejaVu Sans Mono", "-fs", "9", "-geometry", "120x40+0+0", "-bw", "0",
				"-bg", "#11151c", "-fg", "#d7dce2", "-e", "tmux", "-L", "switchboard-pictures", "-f", "/dev/null", "set", "-g", "status", "off", ";",
				"set", "-ga", "terminal-features", ",xterm*:RGB", ";", "set", "-g", "default-terminal", "tmux-256color", ";", "new-session",
			}, program...)
		},
	},
	{
		name: "kitty",
		env:  []string{"LIBGL_ALWAYS_SOFTWARE=1", "KITTY_CONFIG_DIRECTORY=/nonexistent"},
		argv: func(program []string) []string {
			return append([]string{
				"kitty", "-o", "font_family=DejaVu Sans Mono", "-o", "font_size=9", "-o", "remember_window_size=no",
				"-o", "initial_window_width=120c", "-o", "initial_window_height=40c", "-o", "enable_audio_bell=no",
				"-o", "update_check_interval=0", "-o", "cursor_blink_interval=0", "-o", "background=#11151c", "-o", "foreground=#d7dce2",
			}, program...)
		},
	},
}

// A shot is what to press in a real terminal; keys as xdotool names them.
type shot struct {
	name string
	keys []string
}

var shots = []shot{
	{"fax", []string{"g", "f", "n", "Return", "Return"}},
}

// needs are the outside programs the pictures of real terminals are made with.
var needs = []string{"Xvfb", "xdotool", "import"}

// inTerminals makes the pictures of real terminals. They are not part of
// all: few machines have the terminals.
func inTerminals() error {
	for _, p := range needs {
		if _, err := exec.LookPath(p); err != nil {
			return fmt.Errorf("pictures of real terminals need %s: %w", p, err)
		}
	}
	dir, err := os.MkdirTemp("", "switchboard-terminals-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "switchboard")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", program, "switchboard").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	for i, t := range terminals {
		if _, err := exec.LookPath(t.argv(nil)[0]); err != nil {
			fmt.Fprintf(os.Stderr, "screenshots: %s is not installed, its pictures stay as they are\n", t.argv(nil)[0])
			continue
		}
		for _, s := range shots {
			err := shoot(t, s, program, filepath.Join(dir, t.name+s.name), 70+i)
			if err != nil {
				return fmt.Errorf("%s in %s: %w", s.name, t.name, err)
			}
		}
	}
	return nil
}

func shoot(t terminal, s shot, program, data string, display int) error {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	screen := fmt.Sprintf(":%d", display)
	run := func(env []string, argv ...string) *exec.Cmd {
		c := exec.CommandContext(ctx, argv[0], argv[1:]...)
		c.Env = append(os.Environ(), "DISPLAY="+screen, "COLORTERM=truecolor", "XDG_CONFIG_HOME="+data, "XDG_DATA_HOME="+data)
		c.Env = append(c.Env, env...)
		return c
	}
	server := run(nil, "Xvfb", screen, "-screen", "0", "1000x720x24", "-nolisten", "tcp")
	if err := server.Start(); err != nil {
		return fmt.Errorf("start a display: %w", err)
	}
	defer end(server)
	window := func() (image.Image, error) {
		out, err := run(nil, "import", "-silent", "-window", "root", "png:-").Output()
		if err != nil {
			return nil, fmt.Errorf("look at the display: %w", err)
		}
		return png.Decode(bytes.NewReader(out))
	}
	if _, err := settled(ctx, window); err != nil {
		return err
	}
	term := run(t.env, t.argv([]string{program, "demo", "--dir", data})...)
	if err := term.Start(); err != nil {
		return fmt.Errorf("start %s: %w", t.name, err)
	}
	defer end(term)
	if err := changed(ctx, window); err != nil {
		return err
	}
	for _, k := range s.keys {
		if out, err := run(nil, "xdotool", "key", "--delay", "60", k).CombinedOutput(); err != nil {
			return fmt.Errorf("press %s: %w: %s", k, err, out)
		}
		time.Sleep(100 * time.Millisecond) // the terminal is another program: there is nothing to wait for but time
	}
	img, err := settled(ctx, window)
	if err != nil {
		return err
	}
	return small(img, t.name+"-"+s.name+".png")
}

// changed waits until the display shows more than one colour and stands still.
func changed(ctx context.Context, look func() (image.Image, error)) error {
	for {
		img, err := settled(ctx, look)
		if err != nil || !plain(img) {
			return err
		}
	}
}

// end ends a program that is no longer looked at.
func end(c *exec.Cmd) {
	_ = c.Process.Kill()
	_ = c.Wait()
}

func plain(img image.Image) bool {
	b := img.Bounds()
	first := img.At(b.Min.X+b.Dx()/2, b.Min.Y+b.Dy()/2)
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

// settled waits until the display shows the same for a second.
func settled(ctx context.Context, look func() (image.Image, error)) (image.Image, error) {
	var last []byte
	var img image.Image
	for same := 0; same < 4; {
		now, err := look()
		if err != nil {
			if ctx.Err() != nil {
				return nil, errors.Join(ctx.Err(), err)
			}
			time.Sleep(200 * time.Millisecond)
			continue
		}
		var b bytes.Buffer
		if err := png.Encode(&b, now); err != nil {
			return nil, err
		}
		if bytes.Equal(b.Bytes(), last) {
			same++
		} else {
			same = 0
		}
		last, img = b.Bytes(), now
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return img, nil
}

// small writes a picture in few colours and without the empty border.
func small(img image.Image, path string) error {
	p := median.Quantizer(192).Paletted(img)
	p = p.SubImage(used(p)).(*image.Paletted)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, p); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// used is what of the display has something on it: the black beside and below
// the window is left out.
func used(img draw.Image) image.Rectangle {
	b := img.Bounds()
	var r image.Rectangle
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if c := color.GrayModel.Convert(img.At(x, y)).(color.Gray); c.Y > 8 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}
