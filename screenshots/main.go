// Command screenshots makes the pictures in this folder from the running
// program on the demo account:
//
//	go generate ./screenshots
//
// Nothing is touched up by hand. To see any other screen as a picture, give it
// a captured frame (for example from `tmux capture-pane -e -p`):
//
//	go run ./screenshots -frame FILE -size 120x40 -out FILE.png
//
// Pictures of real terminals (xterm, kitty) are made on a display of their own,
// where the terminals, Xvfb, xdotool and ImageMagick are installed:
//
//	cd screenshots && go run . -terminals
package main

import (
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"strings"

	"github.com/soniakeys/quant/median"
)

//go:generate go run .

func main() {
	frame := flag.String("frame", "", "draw this captured frame instead of making the pictures")
	size := flag.String("size", "120x40", "of the captured frame, in cells")
	bright := flag.Bool("light", false, "draw the captured frame on a light terminal")
	out := flag.String("out", "frame.png", "where the captured frame's picture goes")
	only := flag.String("only", "", "make only these pictures: names with commas between them")
	real := flag.Bool("terminals", false, "make the pictures of real terminals")
	flag.Parse()
	err := errors.New("unexpected arguments")
	switch {
	case flag.NArg() > 0:
	case *real:
		err = inTerminals()
	case *frame != "":
		err = one(*frame, *size, *out, *bright)
	default:
		err = all(*only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func one(frame, size, out string, bright bool) error {
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil || w < 1 || h < 1 || w > 1000 || h > 1000 {
		return fmt.Errorf("size %q: want columns x rows, like 120x40", size)
	}
	text, err := os.ReadFile(frame)
	if err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	p := dark
	if bright {
		p = light
	}
	return picture(string(text), w, h, p, out)
}

func picture(frame string, w, h int, p paper, path string) error {
	r, err := newRaster(p)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("make picture: %w", err)
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	img := median.Quantizer(192).Paletted(r.draw(strings.ReplaceAll(frame, "\r\n", "\n"), w, h)) // a third of the size
	if err := enc.Encode(f, img); err != nil {
		return errors.Join(fmt.Errorf("write picture %s: %w", path, err), f.Close())
	}
	return f.Close()
}
