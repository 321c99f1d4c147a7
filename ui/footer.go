package ui

import (
	"fmt"
	"slices"
	"strings"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// footer is the line at the bottom: on the left what was said, the keys that
// may follow, a banner or the most useful keys; on the right how things stand.
func (m *Model) footer(w int) string {
	s := m.env.Styles
	right := m.standing()
	most := w / 2
	if m.troubled() { // what to do about it matters more than hints
		most = w * 3 / 4
	}
	if kit.Width(right) > most {
		right = kit.Cut(right, most)
	}
	switch {
	case m.said == "" && m.banner != nil && m.banner.Fault && kit.Width(m.banner.Text)+kit.Width(m.banner.Next)+8+kit.Width(right) > w:
		right = " " // what went wrong needs all the room there is
	case m.said == "" && m.banner != nil && m.banner.Undo && !m.troubled():
		right = m.besideBanner(right, w)
	case !m.troubled() && kit.Width(m.said)+kit.Width(right)+4 > w:
		right = " " // an answer is read once; how things stand is there again with the next key
	}
	room := max(w-kit.Width(right)-2, 0)
	mark := m.recordMark(room)
	left, room := s.Prompt.S(mark), room-kit.Width(mark)
	switch {
	case len(m.pending.Pending) > 0:
		left += m.sequence(room)
	case m.said != "":
		left += s.Status.S(kit.Fit(" "+m.said, room))
	case m.banner != nil:
		left += m.bannerLine(room)
	case m.macros.rec != nil && len(m.overlays) == 0:
		left += m.recorded(room)
	default:
		left += m.hints(room)
	}
	room += kit.Width(mark)
	paint := s.Hint
	if m.troubled() {
		paint = s.Prompt
	}
	return left + s.Hint.S(" ") + paint.S(right) + s.Hint.S(kit.Space(w-room-1-kit.Width(right)))
}

// besideBanner is how things stand beside a banner that says what u takes back, and until when:
// that goes in a moment, how things stand is there again then.
func (m *Model) besideBanner(right string, w int) string {
	next := m.banner.Next
	if next == "" {
		next = m.hint(keymap.Undo, "undo")
	}
	room := w - kit.Width(m.banner.Text) - kit.Width(next) - 6
	switch {
	case kit.Width(right) <= room:
		return right
	case room < leastNext:
		return " "
	}
	return kit.Cut(right, room)
}

// leastNext is the room below which the way on is not worth beginning.
const leastNext = 12

func (m *Model) bannerLine(w int) string {
	s, b := m.env.Styles, m.banner
	next := b.Next
	if b.Undo && next == "" {
		next = m.hint(keymap.Undo, "undo")
	}
	text := " " + b.Text
	paint := s.Banner
	if b.Fault {
		paint = s.Fault
		text = " !" + text
		if next == "" {
			next = m.hint(keymap.Cancel, "dismisses")
		}
	}
	if next != "" {
		// What happened goes before what comes next: it ends with why.
		if room := w - kit.Width(text) - 3; room >= leastNext {
			return paint.S(kit.Fit(text+"   "+kit.Cut(next, room), w))
		}
	}
	if b.Path {
		text = kit.CutMiddle(text, w)
	}
	return paint.S(kit.Fit(text, w))
}

// hints is the keys most useful here.
func (m *Model) hints(w int) string {
	s := m.env.Styles
	scopes, useful := m.scopes(), m.useful()
	made := hinted{calls: m.list.Calls(), place: m.place, welcome: m.welcome, top: m.list.Top(), w: w, styles: s}
	if r, ok := m.list.Current(); ok && (r.Kind == store.Email || r.Kind == store.Post || written(r.Kind)) {
		made.kind, made.files = r.Kind, r.Files > 0
	}
	made.running = m.place == screen.Files && m.files.Running()
	made.elsewhere = m.place == screen.Files && m.files.Elsewhere()
	_, _, _, _, made.seen = m.showing()
	made.shown = m.preview.Shown()
	made.hides = m.hides()
	if m.full() != nil { // which pane of it the keys go to is its own affair
		for _, a := range useful {
			made.full += string(a) + " "
		}
	}
	if o := m.over(); o != nil {
		made.over = o
		if _, writing := o.(*composing); writing {
			made.shown = m.compose.Mark()
		}
		scopes, useful = []keymap.Scope{o.scope()}, o.hints()
	}
	if text, ok := m.hinted[made]; ok {
		return text
	}
	var b strings.Builder
	b.WriteString(s.Hint.S(" "))
	used := 1
	for _, h := range m.opts.Keys.Footer(scopes, max(w-1, 0), useful...) {
		text := h.Short
		if h.Action == keymap.NextUnread && m.list.Results() {
			text = "next match"
		} else if h.Action == keymap.NextUnread && m.list.Calls() {
			text = "next missed"
		} else if own := m.preview.Short(h.Action); own != "" && made.over == nil && made.seen {
			text = own
		} else if h.Action == keymap.Play && made.over == nil && made.hides {
			text = "show"
		}
		if used+2+kit.Width(h.Key)+1+kit.Width(text) > w {
			continue
		}
		if used > 1 {
			b.WriteString(s.Hint.S("  "))
			used += 2
		}
		b.WriteString(s.Key.S(h.Key) + s.Hint.S(" "+text))
		used += kit.Width(h.Key) + 1 + kit.Width(text)
	}
	if m.hinted == nil || len(m.hinted) >= mostHinted {
		m.hinted = map[hinted]string{}
	}
	text := b.String() + s.Hint.S(kit.Space(w-used))
	m.hinted[made] = text
	return text
}

// mostHinted is how many footers are kept: from row to row they are of a few.
const mostHinted = 16

// hinted is what the hints in the footer depend on.
type hinted struct {
	place        screen.Place
	over         overlay
	full         string // what a screen that takes all the room offers
	welcome, top bool
	calls        bool // the call log is shown
	running      bool
	elsewhere    bool       // the file under the cursor was seen elsewhere too
	shown        string     // what the preview shows
	seen         bool       // it has a place on the screen
	hides        bool       // it has none, and Play gives it one
	kind         store.Kind // of an item that has keys of its own
	files        bool       // and whether it has files
	w            int
	styles       *theme.Styles
}

// written reports whether what is of a kind is answered in writing.
func written(k store.Kind) bool { return k == store.SMS || k == store.MMS || k == store.Pager }

// useful is the keys most useful here. What came without a telephone number is answered,
// where its service offers that, and not called.
func (m *Model) useful() []keymap.Action {
	list := m.usual()
	r, ok := m.list.Current()
	if ok && m.full() == nil && written(r.Kind) {
		return answering(list, r.Files > 0)
	}
	if !ok || m.full() != nil || r.Kind != store.Email && r.Kind != store.Post {
		return list
	}
	for i, a := range list {
		if a == keymap.CallBack && m.env.Lacks(r.Account, store.OfferReply) == "" {
			list[i] = keymap.Reply
		}
	}
	return slices.DeleteFunc(list, func(a keymap.Action) bool { return a == keymap.CallBack })
}

// answering are the keys most useful on a text: the answer stands where the call does
// elsewhere. Where there is no room for all, the call gives way, and before it the saving
// of files there are none of.
func answering(list []keymap.Action, files bool) []keymap.Action {
	at := slices.Index(list, keymap.CallBack)
	if at < 0 {
		return list
	}
	list = slices.Clone(list)
	list[at] = keymap.Reply
	if after := slices.IndexFunc(list, func(a keymap.Action) bool { return a == keymap.AddNote || a == keymap.Save && !files }); after > at {
		list = slices.Insert(list, after, keymap.CallBack)
	}
	if i := slices.Index(list, keymap.Save); i >= 0 && !files {
		list = append(slices.Delete(list, i, i+1), keymap.Save)
	}
	return list
}

func (m *Model) usual() []keymap.Action {
	if m.welcome {
		return []keymap.Action{keymap.Help, keymap.Back}
	}
	if f := m.full(); f != nil {
		return f.Useful()
	}
	switch m.place {
	case screen.Large:
		return append(m.preview.Useful(), keymap.Done, keymap.OpenOutside, keymap.Back, keymap.Help)
	case screen.Reader:
		if own := m.preview.Useful(); len(own) > 0 {
			return append(own, keymap.Done, keymap.CallBack, keymap.NextItem, keymap.Open, keymap.Back, keymap.Help)
		}
		return []keymap.Action{
			keymap.Play, keymap.Done, keymap.CallBack, keymap.NextItem, keymap.Open, keymap.AddNote, keymap.Back, keymap.Help,
		}
	case screen.Files:
		if m.files.Running() {
			return []keymap.Action{keymap.Interrupt, keymap.RemoveLocal, keymap.NextItem, keymap.Back, keymap.Help}
		}
		list := []keymap.Action{
			keymap.Open, keymap.Play, keymap.Save, keymap.SaveMarked, keymap.RemoveLocal, keymap.NextItem, keymap.Back, keymap.Help,
		}
		if m.files.Elsewhere() {
			list = slices.Insert(list, 3, keymap.SameFile)
		}
		return list
	}
	if own := m.preview.Useful(); len(own) > 0 && m.wide() {
		return append(own, keymap.CallBack, keymap.Done, keymap.Open, keymap.NextUnread, keymap.Save, keymap.AddNote,
			keymap.Search, keymap.Help, keymap.Undo, keymap.OpenPalette)
	}
	return []keymap.Action{
		keymap.Play, keymap.CallBack, keymap.Done, keymap.Open, keymap.NextUnread, keymap.Save, keymap.AddNote,
		keymap.Search, keymap.Help, keymap.Undo, keymap.OpenPalette, keymap.Mark,
	}
}

// sequence is what may follow the keys pressed so far.
func (m *Model) sequence(w int) string {
	s := m.env.Styles
	text := " " + m.pending.Typed + " "
	out := s.Key.S(kit.Fit(text, min(kit.Width(text), w)))
	used := min(kit.Width(text), w)
	for _, r := range m.pending.Pending {
		if len(r.Keys) == 0 {
			continue
		}
		n := kit.Width(r.Keys[0]) + kit.Width(r.Short) + 3
		if used+n > w {
			break
		}
		out += s.Key.S(" "+r.Keys[0]) + s.Hint.S(" "+r.Short+" ")
		used += n
	}
	return out + s.Hint.S(kit.Space(w-used))
}

// standing is downloads, changes on their way and sync in words.
func (m *Model) standing() string {
	var parts []string
	if text := m.downloads(); text != "" {
		parts = append(parts, text)
	}
	if text := m.fullness(); text != "" {
		parts = append(parts, text)
	}
	pending := 0
	for _, st := range m.env.Status {
		pending += st.Pending
	}
	if pending > 0 {
		parts = append(parts, "↑ "+kit.Count(pending, true)+m.uploads())
	}
	if text := m.phase(); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, "  ") + " "
}

// uploads is how far the files of what is sent have got.
func (m *Model) uploads() string {
	done, total := int64(0), int64(0)
	for _, p := range m.env.Sends {
		done, total = done+p.Done, total+p.Total
	}
	if total <= 0 {
		return ""
	}
	return fmt.Sprintf(" %d%%", min(done*100/total, 100))
}

func (m *Model) downloads() string {
	n, done, total := 0, int64(0), int64(0)
	for _, j := range m.env.Jobs {
		if j.State == store.Fetching || j.State == store.Waiting {
			n++
			done += j.Done
			total += max(j.Total, 0)
		}
	}
	switch {
	case n == 0:
		return ""
	case total > 0:
		return fmt.Sprintf("↓ %d %d%%", n, min(done*100/total, 100))
	}
	return fmt.Sprintf("↓ %d", n)
}

// worst is the account whose sync needs most attention.
func (m *Model) worst() (store.Status, bool) {
	rank := map[string]int{"signed-out": 6, "denied": 5, "offline": 4, "limited": 3, "syncing": 2, "polling": 1, "live": 0}
	best, at := -1, 0
	for i, st := range m.env.Status {
		r, ok := rank[st.Phase]
		if st.Phase == store.PhasePolling && st.Push == "" && st.Err == "" {
			r = 0 // it is asked because it cannot tell: that is as good as it gets
		}
		if screen.Doing(st) != "" {
			r = rank["syncing"]
		}
		if ok && r > best {
			best, at = r, i
		}
	}
	if best < 0 {
		return store.Status{}, false
	}
	return m.env.Status[at], true
}

func (m *Model) troubled() bool {
	st, ok := m.worst()
	if !ok {
		return false
	}
	switch st.Phase {
	case "signed-out", "denied", "offline", "limited":
		return true
	}
	return false
}

func (m *Model) phase() string {
	st, ok := m.worst()
	if !ok {
		return ""
	}
	text := screen.PhaseWords(st, m.env.Now(), m.env.Location)
	switch st.Phase {
	case "signed-out":
		service, _, _ := strings.Cut(st.Account, ":")
		text += ": run switchboard login " + service
	case "live":
		return "● " + text
	}
	if len(m.env.Status) > 1 {
		text = m.env.Account(st.Account) + " " + text
	}
	return text
}
