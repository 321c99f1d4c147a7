package player

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// drawing keeps the waveform until something it depends on changes.
type drawing struct {
	of   drawnOf
	wave []string
	cols []column
	from colsOf
}

type colsOf struct {
	n      int
	length time.Duration
	have   time.Duration
}

type drawnOf struct {
	colsOf
	rows, w, head int
	styles        *theme.Styles
}

// plan is how the room is shared out.
type plan struct {
	w          int // of what stands on the left
	wave, axis int // lines
	message    []string
	side       bool // the transcript stands on the right
	text       int  // lines of the transcript; 0: none
}

// The least room for the transcript: smaller panes have it elsewhere.
const (
	sideWidth  = 100
	sideHeight = 12
	belowLines = 14
	mostWave   = 21
)

func (v *Viewer) plan(w, h int) plan {
	p := plan{w: w}
	if !v.noText && v.section() != "" {
		switch {
		case w >= sideWidth && h >= sideHeight:
			p.side, p.text, p.w = true, h, w*3/5
		case h >= belowLines:
			p.text = h / 2
		}
	}
	room := h - 1 // but for the state
	if p.text > 0 && !p.side {
		room -= p.text
	}
	if room >= 3 {
		p.message = v.message(max(p.w-2, 1), min(room-1, 3))
		room -= len(p.message)
	}
	if room >= 4 && !v.noWave {
		p.axis = 1
		room--
	}
	p.wave = max(min(room, mostWave), 0)
	if v.noWave {
		p.wave = min(p.wave, 1)
	}
	if p.wave > mirrored && p.wave%2 == 0 {
		p.wave-- // two equal sides
	}
	if p.text > 0 && !p.side { // what the waveform does not need
		p.text = h - 1 - p.wave - p.axis - len(p.message)
	}
	return p
}

// columns is how many columns the waveform has in the room as last told.
func (v *Viewer) columns() int {
	if v.w <= 0 || v.h <= 0 {
		return 0
	}
	return max(v.plan(v.w, v.h).w-2, 0)
}

// Resize implements screen.Sized.
func (v *Viewer) Resize(w, h int) tea.Cmd {
	v.w, v.h = w, h
	return nil
}

// Lines implements screen.Tall.
func (v *Viewer) Lines(_, most int) int {
	switch {
	case v.noWave || v.foreign != "" || v.err != "":
		return min(4, most)
	case most >= 28:
		return 10
	case most >= 14:
		return 8
	}
	return min(6, most)
}

// Text reports whether the transcript is shown here.
func (v *Viewer) Text() bool {
	return v.w > 0 && v.h > 0 && v.script() != "" && v.plan(v.w, v.h).text > 0
}

// Status implements screen.Telling.
func (v *Viewer) Status() string {
	switch {
	case v.err != "":
		return ""
	case v.player != nil:
		return v.st.Phase.String()
	case v.want && v.src.Path == "":
		return "waiting for the download"
	case v.want:
		return "starting"
	case v.opening:
		return "opening"
	}
	return ""
}

// View implements screen.Viewer.
func (v *Viewer) View(w, h int, _ bool) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	s := v.env.Styles
	p := v.plan(w, h)
	out := make([]string, 0, h)
	out = append(out, v.state(p.w))
	out = append(out, v.wave(p)...)
	if p.axis > 0 {
		out = append(out, v.axis(p.w))
	}
	paint := s.Dim
	if v.damage != "" || v.err != "" {
		paint = s.Warn
	}
	for _, l := range p.message {
		out = append(out, paint.S(kit.Fit(" "+l, p.w)))
	}
	switch {
	case p.side:
		out = screen.Lines(out, h, kit.Space(p.w))
		text := v.transcript(w-p.w-1, h)
		for i := range out {
			out[i] += kit.Space(1) + text[i]
		}
	case p.text > 0:
		out = append(out, v.transcript(w, h-len(out))...)
	}
	return screen.Lines(out, h, kit.Space(w))
}

// state is the line that is always there: where it is, how long, how fast, how
// loud.
func (v *Viewer) state(w int) string {
	s := v.env.Styles
	sign := "‖"
	paint := s.Strong
	switch {
	case v.err != "" || v.player != nil && v.st.Phase == sound.Broken:
		sign, paint = "!", s.Bad
	case v.player != nil && v.st.Phase == sound.Playing:
		sign, paint = "►", s.Accent
	case v.player != nil && v.st.Phase.Active(), v.want:
		sign = "…"
	case v.player != nil && v.st.Phase == sound.Ended:
		sign = "■"
	}
	length := "?"
	if l := v.length(); l > 0 {
		length = kit.Length(l)
	}
	parts := []string{clock(v.now()) + " of " + length, times(v.speed()), "vol " + strconv.Itoa(v.volume) + "%"}
	skip := v.skip && v.foreign == ""
	if skip {
		parts = append(parts, "skipping silence")
	}
	text := strings.Join(parts, "  ")
	if skip && kit.Width(text) > w-4 {
		text = strings.Join(parts[:3], "  ") + "  skipping"
	}
	if kit.Width(text) > w-4 {
		text = strings.Replace(text, "vol ", "", 1)
	}
	if right := v.Status(); right != "" && kit.Width(text)+kit.Width(right)+7 <= w {
		text = kit.Between(text, right, w-4)
	}
	return kit.Fit(" ", min(w, 1)) + paint.S(kit.Fit(sign, min(max(w-1, 0), 2))) + s.Text.S(kit.Fit(text, max(w-3, 0)))
}

// times is a speed: "1.46x".
func times(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".") + "x"
}

// head is the column of the playhead among n.
func (v *Viewer) head(n int) int {
	l := v.length()
	if l <= 0 || n <= 0 {
		return -1
	}
	return min(max(int(int64(n)*v.now().Milliseconds()/max(l.Milliseconds(), 1)), 0), n-1)
}

// wave is the waveform, or a bar where there is none.
func (v *Viewer) wave(p plan) []string {
	if p.wave <= 0 {
		return nil
	}
	n, s := max(p.w-2, 0), v.env.Styles
	if v.noWave || v.foreign != "" {
		bar := kit.Bar(v.now().Milliseconds(), max(v.length().Milliseconds(), 1), n)
		lines := []string{kit.Fit(" ", min(p.w, 1)) + s.Accent.S(bar) + kit.Space(p.w-1-n)}
		return screen.Lines(lines, p.wave, kit.Space(p.w))
	}
	of := drawnOf{colsOf: colsOf{n: n, length: v.length()}, rows: p.wave, w: p.w, head: v.head(n), styles: s}
	if v.shape != nil {
		of.have = v.shape.Duration()
	}
	d := &v.drawing
	if d.of == of {
		return d.wave
	}
	if d.from != of.colsOf || len(d.cols) != n {
		d.cols, d.from = columnsOf(v.shape, n, of.length), of.colsOf
	}
	d.wave, d.of = waveform(d.cols, p.wave, p.w, of.head, s), of
	return d.wave
}

// axis is the times at both ends, and where the words that are looked for may
// be said.
func (v *Viewer) axis(w int) string {
	s, n := v.env.Styles, max(w-2, 0)
	l := v.length()
	line := []rune(kit.Space(n))
	marks := make([]bool, n)
	if words := v.sought(); l > 0 && len(words) > 0 {
		text := v.script()
		for at, i := 0, 0; i < 50; i++ {
			k, word := place(text, words, at)
			if k < 0 {
				break
			}
			at = k + len(word)
			if c := int(int64(n) * int64(v.when(k)) / int64(l)); c >= 0 && c < n {
				line[c], marks[c] = '▴', true
			}
		}
	}
	end := "?"
	if l > 0 {
		end = kit.Length(l)
	}
	put := func(at int, text string) {
		for i, r := range text {
			if at+i >= 0 && at+i < n && !marks[at+i] {
				line[at+i] = r
			}
		}
	}
	put(0, "0:00")
	put(n-len(end), end)
	var b strings.Builder
	b.WriteString(kit.Fit(" ", min(w, 1)))
	for i := 0; i < n; {
		from := i
		for ; i < n && marks[i] == marks[from]; i++ {
		}
		if marks[from] {
			s.Match.To(&b, string(line[from:i]))
		} else {
			s.Dim.To(&b, string(line[from:i]))
		}
	}
	b.WriteString(kit.Space(w - 1 - n))
	return b.String()
}

// message is what there is to say, in at most most lines of w cells; faults come
// first.
func (v *Viewer) message(w, most int) []string {
	var text string
	switch {
	case v.err != "":
		text = "This recording cannot be played: " + v.err + "; " + v.hint(keymap.OpenOutside, keymap.ScopeList) + " opens it outside, " + v.instead()
	case v.player != nil && v.st.Phase == sound.Broken && v.st.Err != nil:
		text = "It does not play: " + v.st.Err.Error() + ". " + v.hint(keymap.Play, keymap.ScopeMedia) + " tries again, " + v.instead()
	case v.damage != "" && v.player == nil:
		text = strings.TrimSuffix(v.damage, ".") + ". " + sentence(v.instead())
	case v.damage != "":
		text = v.damage
	case v.note != "":
		text = v.note
	case v.src.Path != "" && !v.src.Whole:
		return []string{screen.Progress(v.job(), w)}
	case v.resumed && !v.begun:
		return []string{v.hint(keymap.Play, keymap.ScopeMedia) + " goes on at " + clock(v.at) + ", where it was left; " + v.hint(keymap.MediaStart, keymap.ScopeMedia) + " starts it anew"}
	case v.foreign != "":
		return []string{v.foreign + ", played by another program"}
	case v.rec != nil:
		text = v.rec.Format()
		if v.player != nil && v.device.Name != "" {
			text += ", through " + v.device.Name
		}
		return []string{text}
	default:
		return nil
	}
	lines := kit.Wrap(text, w)
	return lines[:min(len(lines), most)]
}

func (v *Viewer) job() store.Job {
	if j, ok := v.env.Job(v.src.File.ID); ok {
		return j
	}
	return store.Job{Done: v.src.Done, Total: v.src.Total}
}

func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
