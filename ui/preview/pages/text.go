package pages

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// pageText is the words of a page.
type pageText struct {
	gen   uint64
	page  int
	spans []paper.Span // where they stand, if that is known
	plain string       // else the words alone, as the store keeps them
	read  bool         // found by reading the picture
	err   error
}

// textKept is how many pages' words are kept at once.
const textKept = 64

// needText fetches the words of a page that is to be shown as text.
func (v *Viewer) needText(n int) tea.Cmd {
	if _, ok := v.texts[n]; ok || v.asked[n] || v.doc == nil {
		return nil
	}
	v.asked[n] = true
	gen, doc, file := v.gen, v.doc, v.src.File.ID
	return v.env.Do(v.ctx, opening, func(ctx context.Context) tea.Msg {
		t := pageText{gen: gen, page: n}
		t.spans, t.err = doc.words(ctx, n)
		if len(t.spans) == 0 && v.opts.Texts != nil {
			if all, err := v.opts.Texts.FileText(ctx, file); err == nil && n < len(all) {
				t.plain = all[n]
			}
		}
		return t
	})
}

func (v *Viewer) texted(t pageText) tea.Cmd {
	delete(v.asked, t.page)
	if len(v.texts) >= textKept {
		clear(v.texts)
	}
	v.texts[t.page] = t
	return nil
}

// textLines is the page's words in w cells, with what is searched for marked.
func (v *Viewer) textLines(w int) []string {
	s := v.env.Styles
	t, ok := v.texts[v.at]
	if !ok {
		return nil
	}
	var lines []string
	switch {
	case len(t.spans) > 0:
		lines = inPlace(t.spans, max(w-2, 1))
	case strings.TrimSpace(t.plain) != "":
		lines = kit.Wrap(strings.TrimSpace(t.plain), max(w-2, 1))
	default:
		return v.wordless(t, w)
	}
	words := v.env.Host.Words()
	if v.find.text != "" {
		words = strings.Fields(strings.ToLower(v.find.text))
	}
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		l = kit.Cut(l, max(w-2, 0))
		out = append(out, kit.Space(min(w, 1))+screen.Highlight(l, words, s.Text.Paint, s.Match.Paint)+kit.Space(w-1-kit.Width(l)))
	}
	return out
}

// wordless is what stands there instead of text.
func (v *Viewer) wordless(t pageText, w int) []string {
	what := "This page is a picture and has no words of its own"
	if v.opts.Single {
		what = "A picture has no words of its own"
	}
	text := what + ". To have them read by tesseract press “" + v.hint(readPage) + "”, for the picture “" +
		v.hint(keymap.Transcript) + "”."
	switch {
	case t.err != nil && !screen.Quiet(t.err):
		text = "The words of this page cannot be read: " + t.err.Error()
	case t.read:
		text = "No words were found on this page."
	case v.opts.Read == nil:
		text = what + ", and tesseract, which could read them, is not installed. " +
			v.hint(openOutside) + " opens the file outside."
	}
	var out []string
	for _, l := range kit.Wrap(text, max(w-2, 1)) {
		out = append(out, v.env.Styles.Dim.S(kit.Fit(" "+l, w)))
	}
	return out
}

// inPlace puts words on w cells where they stand on the page, as far as there is
// room: words on one line of the page stay on one line, columns stay columns, and
// a gap between paragraphs is a blank line. A line too long for that is wrapped.
func inPlace(spans []paper.Span, w int) []string {
	var out []string
	bottom := -1.0
	for _, row := range rowsOf(spans) {
		high := 0.0
		for _, s := range row {
			high = max(high, s.H)
		}
		if bottom >= 0 && row[0].Y-bottom > 0.9*high && high > 0 {
			out = append(out, "")
		}
		bottom = row[0].Y + high
		out = append(out, lineOf(row, w)...)
	}
	return out
}

// rowsOf is the words by lines, from the top down, each from left to right.
func rowsOf(spans []paper.Span) [][]paper.Span {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b paper.Span) int { return cmp.Compare(a.Y+a.H/2, b.Y+b.H/2) })
	var rows [][]paper.Span
	for _, s := range spans {
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		if n := len(rows); n > 0 {
			first := rows[n-1][0]
			if middle := s.Y + s.H/2; middle >= first.Y && middle <= first.Y+first.H {
				rows[n-1] = append(rows[n-1], s)
				continue
			}
		}
		rows = append(rows, []paper.Span{s})
	}
	for _, r := range rows {
		slices.SortStableFunc(r, func(a, b paper.Span) int { return cmp.Compare(a.X, b.X) })
	}
	return rows
}

func lineOf(row []paper.Span, w int) []string {
	var b strings.Builder
	at, words := 0, ""
	for i, s := range row {
		text := strings.TrimSpace(s.Text)
		if i > 0 {
			words += " "
		}
		words += text
		to := int(s.X * float64(w))
		if i > 0 {
			to = max(to, at+1)
		}
		b.WriteString(kit.Space(to - at))
		b.WriteString(text)
		at = max(to, at) + kit.Width(text)
	}
	if at <= w {
		return []string{b.String()}
	}
	return kit.Wrap(words, w)
}

// keepText stores the text a file has, once, so that search finds it.
func (v *Viewer) keepText() tea.Cmd {
	if v.opts.Texts == nil || v.kept || v.src.Small || v.src.File.ID == 0 {
		return nil
	}
	v.kept = true
	doc, file, n := v.doc, v.src.File.ID, v.n
	return v.env.Do(v.ctx, 2*opening, func(ctx context.Context) tea.Msg {
		if have, err := v.opts.Texts.FileText(ctx, file); err != nil || len(have) > 0 {
			return nil
		}
		pages := make([]string, n) // without any text it is kept too: nobody need look again
		for i := range pages {
			spans, err := doc.words(ctx, i)
			if err != nil {
				return nil // it is text nobody has asked for
			}
			pages[i] = flow(spans)
		}
		if err := v.opts.Texts.SetFileText(ctx, file, pages, "file"); err != nil && ctx.Err() == nil {
			v.env.Log.Info("the text of a file is not kept", "error", err.Error())
		}
		return nil
	})
}

// flow is the words of a page as text to be read on.
func flow(spans []paper.Span) string {
	var b strings.Builder
	for i, row := range rowsOf(spans) {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, s := range row {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strings.TrimSpace(s.Text))
		}
	}
	return b.String()
}
