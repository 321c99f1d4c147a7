package pages

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// search is what was looked for in the document, and where it stands.
type search struct {
	text  string
	pages []int // with a hit, from 0, in order
	spans map[int][]paper.Span
}

// hits is the answer of a search.
type hits struct {
	gen uint64
	search
	wordless int // pages without any words
	err      error
}

func (v *Viewer) askFind() {
	v.env.Host.Prompt(screen.Prompt{
		Title: "Find in this file", Value: v.find.text, Scope: keymap.ScopePrompt, Kind: "find in file", Hint: "the same again: the next page",
		Enter: func(text string) (tea.Cmd, error) {
			text = strings.TrimSpace(text)
			if text == "" {
				return v.forget(), nil
			}
			if text == v.find.text && len(v.find.pages) > 0 {
				return v.toHit(v.at + 1), nil
			}
			return v.seek(text), nil
		},
	})
}

// forget takes the marks of a search away.
func (v *Viewer) forget() tea.Cmd {
	v.find = search{}
	v.rev++
	return v.need()
}

// seek looks through the words of all pages.
func (v *Viewer) seek(text string) tea.Cmd {
	v.env.Host.Say("Looking for " + text)
	gen, doc, n, file := v.gen, v.doc, v.n, v.src.File.ID
	read := map[int][]paper.Span{}
	for i, t := range v.texts {
		read[i] = t.spans
	}
	return v.env.Do(v.ctx, 2*opening, func(ctx context.Context) tea.Msg {
		h := hits{gen: gen, search: search{text: text, spans: map[int][]paper.Span{}}}
		var kept []string
		if v.opts.Texts != nil {
			kept, _ = v.opts.Texts.FileText(ctx, file) // without them only the file's own words are searched
		}
		for i := range n {
			spans, err := doc.words(ctx, i)
			if err != nil {
				h.err = err
				return h
			}
			if len(spans) == 0 {
				spans = read[i]
			}
			found := among(spans, text)
			plain := i < len(kept) && strings.Contains(strings.ToLower(kept[i]), strings.ToLower(text))
			if len(found) > 0 || plain {
				h.pages = append(h.pages, i)
				h.spans[i] = found
			}
			if len(spans) == 0 && (i >= len(kept) || kept[i] == "") {
				h.wordless++
			}
		}
		return h
	})
}

// among is where text stands among words, as far as one span or neighbours on a
// line hold it.
func among(spans []paper.Span, text string) []paper.Span {
	low := strings.ToLower(text)
	var out []paper.Span
	for _, row := range rowsOf(spans) {
		line, from := "", make([]int, len(row))
		for i, s := range row {
			if i > 0 {
				line += " "
			}
			from[i] = len(line)
			line += strings.ToLower(strings.TrimSpace(s.Text))
		}
		for at := 0; ; {
			k := strings.Index(line[at:], low)
			if k < 0 {
				break
			}
			k += at
			at = k + len(low)
			for i, s := range row {
				n := len(strings.TrimSpace(s.Text))
				a, b := max(k, from[i])-from[i], min(at, from[i]+n)-from[i]
				if a >= b || n == 0 {
					continue
				}
				part := s
				part.X += s.W * float64(a) / float64(n)
				part.W = s.W * float64(b-a) / float64(n)
				out = append(out, part)
			}
		}
	}
	return out
}

func (v *Viewer) hit(h hits) tea.Cmd {
	if h.err != nil {
		if screen.Quiet(h.err) {
			return nil
		}
		return func() tea.Msg { return screen.Fail("find "+h.text+" in this file", h.err) }
	}
	v.rev++
	v.find = h.search
	switch {
	case len(h.pages) == 0 && h.wordless > 0:
		v.env.Host.Say(fmt.Sprintf("%q is not among its words; %s only pictures: %s reads one", h.text, pagesAre(h.wordless), v.hint(readPage)))
		return v.need()
	case len(h.pages) == 0:
		v.env.Host.Say(fmt.Sprintf("%q is not in this file", h.text))
		return v.need()
	}
	v.env.Host.Say(fmt.Sprintf("%q is on %s", h.text, onPages(h.pages)))
	return v.toHit(v.at)
}

func pagesAre(n int) string {
	if n == 1 {
		return "1 page is"
	}
	return kit.Count(n, true) + " pages are"
}

// onPages is page numbers for people.
func onPages(pages []int) string {
	const most = 8
	words := make([]string, 0, most)
	for _, p := range pages[:min(len(pages), most)] {
		words = append(words, fmt.Sprint(p+1))
	}
	text := "page " + words[0]
	if len(words) > 1 {
		text = "pages " + strings.Join(words, ", ")
	}
	if len(pages) > most {
		text += fmt.Sprintf(" and %d more", len(pages)-most)
	}
	return text
}

// toHit goes to the first page with a hit at or after from, around the end.
func (v *Viewer) toHit(from int) tea.Cmd {
	i, _ := slices.BinarySearch(v.find.pages, from)
	if i == len(v.find.pages) {
		i = 0
	}
	return v.turnTo(v.find.pages[i])
}
