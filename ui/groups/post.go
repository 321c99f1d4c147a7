package groups

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// together is how soon one's next post goes on under the same name.
const together = 5 * time.Minute

// lines are the rows of one post, with what stands above it: a day, the line above what
// is unread, a gap.
func (p *posts) lines(i, w int, cursor, focused bool) []string {
	r := p.rows[i]
	if d, ok := p.cache[r.ID]; ok && d.cursor == cursor && d.focus == focused {
		return d.lines
	}
	b := bubble{m: p.m, p: p, w: w, cursor: cursor, focused: focused}
	b.draw(i)
	if p.cache == nil {
		p.cache = map[store.ID]drawn{}
	}
	if p.heights == nil || len(p.heights) > 4000 {
		p.heights = map[store.ID]int{}
	}
	p.cache[r.ID] = drawn{lines: b.out, cursor: cursor, focus: focused}
	p.heights[r.ID] = len(b.out)
	return b.out
}

// bubble draws one post.
type bubble struct {
	m       *Model
	p       *posts
	w       int
	cursor  bool
	focused bool
	indent  int
	out     []string
}

func (b *bubble) edge() string {
	if b.cursor {
		return b.m.env.Styles.Accent.S("▌")
	}
	return " "
}

// add puts a line after the edge and the indent.
func (b *bubble) add(set theme.Paint, text string) {
	room := max(b.w-1-b.indent, 0)
	b.out = append(b.out, b.edge()+kit.Space(min(b.indent, b.w-1))+set.S(kit.Fit(text, room)))
}

func (b *bubble) rule(set theme.Paint, title string) {
	title = kit.Cut(title, max(b.w-8, 4))
	side := max((b.w-kit.Width(title)-2)/2, 1)
	text := strings.Repeat("─", side) + " " + title + " "
	b.out = append(b.out, set.S(kit.Fit(text+strings.Repeat("─", max(b.w-kit.Width(text), 0)), b.w)))
}

func (b *bubble) draw(i int) {
	s, r := b.m.env.Styles, b.p.rows[i]
	var before *store.ChatPost
	if i > 0 {
		before = &b.p.rows[i-1]
	}
	loc := b.m.env.Location
	day := before == nil || !sameDay(before.Time.In(loc), r.Time.In(loc))
	if day {
		b.rule(s.Dim.Paint, dayWords(r.Time.In(loc), b.m.env.Now().In(loc)))
	}
	if r.Gap && b.p.thread == "" {
		b.rule(s.Warn.Paint, b.p.missing(i > 0))
	}
	if r.ID == b.p.unread() {
		b.rule(s.Accent.Paint, "unread")
	}
	b.indent = 1
	if r.Parent != "" && b.p.thread == "" {
		b.indent = 3
	}
	grouped := before != nil && !day && before.Author.Remote == r.Author.Remote && before.System == "" && r.System == "" && !before.Removed &&
		r.Time.Sub(before.Time) < together && before.Parent == r.Parent && r.ID != b.p.unread() && r.Edited.IsZero() && !r.Gap
	if r.System != "" {
		b.add(s.Dim.Paint, r.Time.In(loc).Format("15:04")+"  "+systemLine(r))
		return
	}
	if !grouped {
		b.head(r)
	}
	if r.Parent != "" && b.p.thread == "" && (before == nil || before.Parent != r.Parent && before.Remote != r.Parent) {
		b.quote(r)
	}
	b.body(r)
	b.tail(r)
}

// head is who and when.
func (b *bubble) head(r store.ChatPost) {
	s := b.m.env.Styles
	name := r.Author.Name
	paint := s.Strong
	if r.Mine {
		name = "You"
		paint = s.Accent
	}
	at := r.Time.In(b.m.env.Location).Format("15:04")
	marks := ""
	if r.Mention {
		marks += "  @"
	}
	if !r.Edited.IsZero() && !r.Removed {
		marks += "  edited"
	}
	sign, set := b.m.env.Presence(r.Author.Remote)
	room := max(b.w-1-b.indent, 0)
	lead := ""
	if sign != " " && !r.Mine {
		lead = set.S(sign) + " "
		room = max(room-2, 0)
	}
	name = kit.Cut(name, max(room-kit.Width(at+marks)-2, 4))
	rest := kit.Fit("  "+at+marks, max(room-kit.Width(name), 0))
	b.out = append(b.out, b.edge()+kit.Space(b.indent)+lead+paint.On(b.cursor, b.focused).S(name)+s.Dim.S(rest))
}

// quote is the line of what is answered.
func (b *bubble) quote(r store.ChatPost) {
	s := b.m.env.Styles
	text := "┌ an earlier post"
	if q := r.Quote; q != nil {
		who := q.Author.Name
		if q.Mine {
			who = "You"
		}
		what := store.Unmarked(q.Preview)
		switch {
		case q.Removed:
			what = "(removed)"
		case what == "" && q.Files > 0:
			what = "(files)"
		}
		text = "┌ " + who + ": " + what
	}
	b.add(s.Dim.Paint, "  "+text)
}

// maxLines bounds how much of one post is drawn.
const maxLines = 400

func (b *bubble) body(r store.ChatPost) {
	s := b.m.env.Styles
	if r.Removed {
		b.add(s.Dim.Paint, "  removed")
		return
	}
	if strings.TrimSpace(r.Markdown) == "" {
		return
	}
	room := max(b.w-4-b.indent, 1)
	rows := wrap(parser{mentions: r.Mentions, me: b.m.me[r.Account].Remote}.blocks(r.Markdown), room)
	for i := range rows {
		if i == maxLines {
			b.add(s.Warn.Paint, fmt.Sprintf("%d more lines; Y copies all of it", len(rows)-i))
			break
		}
		b.out = append(b.out, b.edge()+kit.Space(b.indent+2)+rows[i].draw(s, room)+" ")
	}
}

// tail is the files, how far it has come, and the thread.
func (b *bubble) tail(r store.ChatPost) {
	s := b.m.env.Styles
	b.indent += 2
	for _, a := range r.Attached {
		sign, set := fileSign(a, s)
		text := sign + " " + screen.FileName(a)
		switch up, busy := b.uploading(r, a); {
		case busy:
			text += fmt.Sprintf("  sending %s of %s ", kit.Size(up.Done), kit.Size(up.Total)) + kit.Bar(up.Done, up.Total, 12)
		case a.Size > 0 || a.State == store.Kept:
			text += "  " + screen.FileSize(a)
		}
		if a.State == store.Faulty || a.State == store.Fetching || a.State == store.Gone {
			text += "  " + screen.FileState(a)
		}
		b.add(set.Paint, text)
	}
	switch {
	case r.Fault != "" && r.Remote == "":
		b.add(s.Bad.Paint, "! not sent: "+r.Fault)
		b.add(s.Bad.Paint, "  Enter sends it again, d takes the text back")
	case r.Fault != "":
		b.add(s.Bad.Paint, "! not changed: "+r.Fault)
	case r.Sending && r.State == store.OpUnknown:
		b.add(s.Warn.Paint, "↑ no answer came; the service is asked what became of it")
	case r.Sending && r.Removed:
		b.add(s.Warn.Paint, "↑ is being deleted")
	case r.Sending:
		b.add(s.Warn.Paint, "↑ on its way")
	}
	b.worked(r)
	if r.Replies > 0 && b.p.thread == "" {
		b.add(s.Accent.Paint, "↳ "+replies(r.Replies))
	}
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return fmt.Sprintf("%d replies", n)
}

func (b *bubble) uploading(r store.ChatPost, a store.Attachment) (store.Upload, bool) {
	if r.Remote != "" {
		return store.Upload{}, false
	}
	for _, u := range b.m.uploading {
		if u.Post == r.ID && u.Name == a.Name {
			return u, true
		}
	}
	return store.Upload{}, false
}

// fileSign is what a file is and whether it is here.
func fileSign(a store.Attachment, s *theme.Styles) (string, theme.Set) {
	switch a.State {
	case store.Kept:
		return "■", s.Good
	case store.Faulty, store.Gone:
		return "✗", s.Bad
	}
	return "▤", s.Accent
}

func systemLine(r store.ChatPost) string {
	var names []string
	for _, p := range r.People {
		names = append(names, p.Name)
	}
	who := r.Author.Name
	if r.Mine {
		who = "You"
	}
	switch r.System {
	case "joined":
		return who + " joined"
	case "added":
		return who + " added " + strings.Join(names, ", ")
	case "removed":
		return who + " removed " + strings.Join(names, ", ")
	}
	return who + " " + r.System
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

func dayWords(t, now time.Time) string {
	switch {
	case sameDay(t, now):
		return "today"
	case sameDay(t, now.AddDate(0, 0, -1)):
		return "yesterday"
	case t.Year() == now.Year():
		return t.Format("Mon 2 January")
	}
	return t.Format("Mon 2 January 2006")
}

// missing says that posts are not here, and what is done about it.
func (p *posts) missing(amid bool) string {
	switch {
	case p.ask != nil:
		return "older posts could not be read: " + store.Reason(p.ask) + "; F5 tries again"
	case p.asking:
		return "reading older posts"
	case amid:
		return "posts are missing here; they are read when you come near"
	}
	return "older posts are read as you go up"
}
