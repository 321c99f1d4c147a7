package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/kit"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// read is the words found in the picture of a page.
type read struct {
	gen   uint64
	page  int
	spans []paper.Span
	err   error // of reading
	keep  error // of storing
}

// readPage has the words of the page found, shows them and keeps them for search.
func (v *Viewer) readPage() tea.Cmd {
	switch {
	case v.opts.Read == nil:
		v.env.Host.Say("tesseract, which reads scanned pages, is not installed")
		return nil
	case v.reading:
		v.env.Host.Say("A page is being read already")
		return nil
	}
	v.reading = true
	v.env.Host.Say("Reading the page")
	gen, doc, page, n, id, file := v.gen, v.doc, v.at, v.n, v.id, v.src.File.ID
	turn := v.turned(page)
	return v.env.Do(v.ctx, 4*opening, func(ctx context.Context) tea.Msg {
		r := read{gen: gen, page: page}
		p, err := decode(ctx, doc, v.cache, id, page)
		if err == nil {
			p.Turn = (p.Turn + turn) & 3 // as the person has turned it to be read
			r.spans, err = v.opts.Read(ctx, p)
		}
		if r.err = err; err != nil || v.opts.Texts == nil || len(r.spans) == 0 {
			return r
		}
		all, err := v.opts.Texts.FileText(ctx, file)
		if err != nil || len(all) != n {
			all = append(make([]string, 0, n), all...)
			for len(all) < n {
				all = append(all, "")
			}
		}
		all[page] = flow(r.spans)
		r.keep = v.opts.Texts.SetFileText(ctx, file, all, "tesseract")
		return r
	})
}

func (v *Viewer) read(r read) tea.Cmd {
	v.reading = false
	if r.err != nil {
		return func() tea.Msg { return screen.Fail("read the page", r.err) }
	}
	v.texted(pageText{gen: r.gen, page: r.page, spans: r.spans, read: true})
	words := 0
	for _, s := range r.spans {
		words += len(strings.Fields(s.Text))
	}
	if words == 0 {
		v.env.Host.Say("No words were found on this page")
		return nil
	}
	if r.page == v.at {
		v.words, v.top = true, 0
	}
	if r.keep != nil {
		return func() tea.Msg { return screen.Fail("keep the words of the page for search", r.keep) }
	}
	v.env.Host.Say("Read " + kit.Plural(words, "word") + "; search finds them from now on")
	return nil
}
