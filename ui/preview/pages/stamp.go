package pages

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/preview/pdf"
	"switchboard/ui/preview/picture"
	"switchboard/ui/screen"
)

// Stamp is text or an image put on a page. The file itself stays as it came;
// stamps go into the pages that are saved.
type Stamp struct {
	Text  string
	Image image.Image // instead of text: a signature
	// X and Y are where its middle stands, fractions of the upright page without
	// the person's turn.
	X, Y float64
}

// anchor is a corner of the page as it is looked at.
type anchor struct {
	name string
	x, y float64
}

func anchors() []anchor {
	return []anchor{
		{"tl", 0.22, 0.06},
		{"t", 0.5, 0.06},
		{"tr", 0.78, 0.06},
		{"l", 0.22, 0.5},
		{"c", 0.5, 0.5},
		{"r", 0.78, 0.5},
		{"bl", 0.22, 0.94},
		{"b", 0.5, 0.94},
		{"br", 0.78, 0.94},
	}
}

// askStamp asks what to put on the page. A corner may stand before it ("br:
// Approved"), and the keys that move over a page move the stamp then.
func (v *Viewer) askStamp() {
	day := v.env.Now().In(v.env.Location).Format("2 Jan 2006 15:04")
	page := v.at
	v.env.Host.Prompt(screen.Prompt{
		Title: fmt.Sprintf("Stamp on page %d", page+1), Value: strings.TrimSpace(day + " " + v.env.Actor),
		Scope: keymap.ScopePrompt, Kind: "stamp", Hint: "text or @image; br: before it for a corner; - takes the last off",
		Enter: func(text string) (tea.Cmd, error) { return v.stamp(page, strings.TrimSpace(text)) },
	})
}

func (v *Viewer) stamp(page int, text string) (tea.Cmd, error) {
	old := v.stamps[page]
	switch text {
	case "":
		return nil, nil
	case "-":
		if len(old) == 0 {
			return nil, errors.New("there is no stamp on this page")
		}
		v.stamps[page] = old[: len(old)-1 : len(old)-1]
		v.rev++
		return v.need(), nil
	}
	at := anchor{x: 0.78, y: 0.94}
	for _, a := range anchors() {
		if rest, ok := strings.CutPrefix(text, a.name+":"); ok {
			at, text = a, strings.TrimSpace(rest)
			break
		}
	}
	s := Stamp{Text: text}
	s.X, s.Y = unturn(at.x, at.y, v.turned(page))
	if path, ok := strings.CutPrefix(text, "@"); ok {
		path = screen.Unhome(strings.TrimSpace(path))
		s.Text = filepath.Base(path)
		return v.sign(page, s, path), nil
	}
	return v.inked(inked{gen: v.gen, page: page, stamp: s}), nil
}

// inked is a stamp that is ready to be put on its page.
type inked struct {
	gen   uint64
	page  int
	stamp Stamp
}

func (v *Viewer) inked(i inked) tea.Cmd {
	old := v.stamps[i.page]
	v.stamps[i.page] = append(old[:len(old):len(old)], i.stamp)
	v.rev++
	v.env.Host.Say("Stays while you look at this message: " + v.hint(keymap.PickPages) + " saves the page with it, " + v.hint(keymap.PanLeft) + " and the like move it")
	return v.need()
}

// signature is the largest image taken for a stamp, in bytes.
const signature = 16 << 20

// sign reads the image of a stamp.
func (v *Viewer) sign(page int, s Stamp, path string) tea.Cmd {
	gen := v.gen
	return v.env.Do(v.ctx, opening, func(ctx context.Context) tea.Msg {
		img, err := imageOf(ctx, path)
		if err != nil {
			return screen.Fail("read the image "+s.Text, err)
		}
		s.Image = img
		return inked{gen: gen, page: page, stamp: s}
	})
}

func imageOf(ctx context.Context, path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New("it is no plain file")
	}
	p, err := picture.Open(f, fi.Size(), picture.Limits{Bytes: signature})
	if err != nil {
		return nil, err
	}
	page, err := p.Page(ctx, 0)
	return page.Image, err
}

// nudge moves the latest stamp of the page, where there is one.
func (v *Viewer) nudge(dx, dy float64) (tea.Cmd, bool) {
	list := v.stamps[v.at]
	if len(list) == 0 {
		return nil, false
	}
	list = append([]Stamp(nil), list...)
	s := &list[len(list)-1]
	const by = 0.1 // of what a key moves over the page
	x, y := turnPoint(s.X, s.Y, v.turned(v.at))
	x, y = min(max(x+dx*by, 0.02), 0.98), min(max(y+dy*by, 0.02), 0.98)
	s.X, s.Y = unturn(x, y, v.turned(v.at))
	v.stamps[v.at] = list
	v.rev++
	return v.need(), true
}

// turnPoint is where a point of the upright page is after quarter turns
// clockwise, as fractions of the turned page; unturn is its inverse.
func turnPoint(x, y float64, turn int) (float64, float64) {
	for range turn & 3 {
		x, y = 1-y, x
	}
	return x, y
}

func unturn(x, y float64, turn int) (float64, float64) { return turnPoint(x, y, 4-turn&3) }

// Sheet is the stamp in the words of package pdf, on a page of w by h inches
// that the person has turned.
func (s Stamp) Sheet(w, h float64, turn int) pdf.Stamp {
	pw, ph := extent{w, h}.turned(turn)
	x, y := turnPoint(s.X, s.Y, turn)
	const points = 12
	out := pdf.Stamp{Text: s.Text, Image: s.Image, Size: points}
	wide, high := float64(len([]rune(s.Text)))*points*0.5/72, points*1.2/72
	if s.Image != nil {
		b := s.Image.Bounds()
		wide = min(stampImage, pw)
		high = wide * float64(b.Dy()) / float64(max(b.Dx(), 1))
		out.Width = wide / pw
	}
	out.X = min(max(x-wide/2/pw, 0.01), max(0.99-wide/pw, 0.01))
	out.Y = min(max(y-high/2/ph, 0.01), max(0.99-high/ph, 0.01))
	return out
}
