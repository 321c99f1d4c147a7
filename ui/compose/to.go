package compose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// How many contacts and earlier messages are looked at for a name, and how many people
// are offered.
const (
	mostLooked  = 40
	mostOffered = 20
)

// candidate is somebody who may be meant by what is typed.
type candidate struct {
	store.Recipient
	kind   string // of the number: "mobile", "fax"
	source string // where that is from: "contact", "company", "earlier"
	rank   int    // lower is offered first
}

// search is what was found for what is typed.
type search struct {
	text   string // that it was found for
	list   []candidate
	at     int  // the one that Enter takes
	moved  bool // somebody chose it
	asking bool
}

// people is what a look found.
type people struct {
	l    *letter
	text string
	list []candidate
	err  error
}

// typeTo takes what is typed as a recipient. A comma ends a number; what is pasted may be
// several.
func (m *Model) typeTo(s string) tea.Cmd {
	l := m.cur
	var cmd tea.Cmd
	for {
		part, rest, ended := s, "", false
		if i := strings.IndexAny(s, ",;\n\r"); i >= 0 {
			part, rest, ended = s[:i], s[i+1:], true
		}
		l.in.Insert(part)
		if !ended {
			return join(cmd, m.lookUp())
		}
		if r, ok := wholeNumber(l.kind, l.region, l.in.String()); ok {
			cmd = join(cmd, m.take(r))
		} else if len(l.in.Value) > 0 {
			l.in.Insert(" ") // Lima, Ana
		}
		s = strings.TrimLeft(rest, " ")
	}
}

// wholeNumber reads what is typed as a number, or an extension, where it is nothing else.
func wholeNumber(kind store.SendKind, region, text string) (store.Recipient, bool) {
	text = strings.TrimSpace(text)
	for _, r := range text {
		if !unicode.IsDigit(r) && !strings.ContainsRune("()-./+ \u00a0", r) {
			return store.Recipient{}, false
		}
	}
	d := store.Digits(text)
	switch {
	case d == "":
		return store.Recipient{}, false
	case kind == store.SendPager:
		return store.Recipient{Extension: d}, len(d) <= 8
	}
	least := 3 // of a short code
	if kind == store.SendFax {
		least = 7
	}
	number, _ := store.NormalNumber(text, region)
	return store.Recipient{Number: number}, len(d) >= least
}

// lookUp asks who may be meant by what is typed. One question is under way at a time.
func (m *Model) lookUp() tea.Cmd {
	l := m.cur
	text := strings.TrimSpace(l.in.String())
	if l.focus != toField || text == "" || text == l.found.text && !l.found.asking {
		if text == "" {
			l.found = search{asking: l.found.asking}
		}
		return nil
	}
	if l.found.asking {
		return nil
	}
	l.found.asking = true
	kind, account := l.kind, l.account
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		list, err := m.look(ctx, kind, account, text)
		return people{l, text, list, err}
	})
}

// look finds people in the contacts and among those one has written with. It runs off
// the loop.
func (m *Model) look(ctx context.Context, kind store.SendKind, account, text string) ([]candidate, error) {
	w, err := m.env.Store.ContactWindow(ctx, store.ContactQuery{Text: text}, 0, 0, mostLooked)
	if err != nil {
		return nil, err
	}
	var all []candidate
	for _, c := range w.Rows {
		all = append(all, ofContact(kind, c)...)
	}
	if kind != store.SendPager {
		earlier, err := m.earlier(ctx, kind, text)
		if err != nil {
			return nil, err
		}
		all = append(all, earlier...)
	}
	for i := range all { // whose company or address it is comes after whose name it is
		if c := &all[i]; !fits(store.Party{Name: c.Name, Number: c.Number + c.Extension}, text) {
			c.rank += 10
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.rank - b.rank })
	var out []candidate
	seen := map[string]bool{}
	for _, c := range all {
		if key := lastDigits(c.Number) + "x" + c.Extension; !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out[:min(len(out), mostOffered)], nil
}

func lastDigits(s string) string {
	d := store.Digits(s)
	return d[max(0, len(d)-10):]
}

// ofContact is what of a contact something of a kind can go to, the likeliest first.
func ofContact(kind store.SendKind, c store.Contact) []candidate {
	name, source := screen.ContactName(c), "contact"
	if c.Source == store.Directory {
		source = "company"
	}
	if kind == store.SendPager {
		if c.Extension == "" {
			return nil
		}
		what := "ext."
		if c.Type != "" && c.Type != "User" && c.Type != "DigitalUser" {
			what = strings.ToLower(c.Type)
		}
		return []candidate{{Recipient: store.Recipient{Name: name, Extension: c.Extension}, kind: what, source: source}}
	}
	var out []candidate
	for _, n := range screen.Dialled(c) {
		k := strings.ToLower(n.Kind)
		if k == "extension" || len(store.Digits(n.Number)) < 5 {
			continue
		}
		fax, mobile := strings.Contains(k, "fax"), strings.Contains(k, "mobile")
		rank := 2
		switch {
		case fax && kind != store.SendFax:
			continue
		case fax, mobile && kind == store.SendText:
			rank = 0
		case mobile:
			rank = 4
		}
		out = append(out, candidate{Recipient: store.Recipient{Name: name, Number: n.Number}, kind: screen.NumberKind(n.Kind), source: source, rank: rank})
	}
	return out
}

// earlier is whom one has exchanged such messages with.
func (m *Model) earlier(ctx context.Context, kind store.SendKind, text string) ([]candidate, error) {
	words := strings.Map(func(r rune) rune {
		if r == '"' || unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	in := "in:text "
	if kind == store.SendFax {
		in = "in:fax "
	}
	fields := []string{"from:", "to:"}
	if n := store.Digits(words); len(n) >= 4 && n == strings.Map(digitsOnly, words) {
		words, fields = n[max(0, len(n)-10):], []string{"number:"}
	}
	var out []candidate
	for _, f := range fields {
		q, err := store.ParseQuery(in+f+`"`+words+`"`, m.env.Now(), m.env.Location)
		if err != nil {
			continue // what is typed is no name
		}
		w, err := m.env.Store.Search(ctx, q, store.NewestFirst, mostLooked)
		if err != nil {
			return nil, err
		}
		for _, r := range w.Rows {
			if len(store.Digits(r.Who.Number)) < 5 || !fits(r.Who, words) {
				continue
			}
			name := r.Who.Name
			if r.Who.Contact != 0 && r.Who.Known != "" {
				name = r.Who.Known
			}
			out = append(out, candidate{Recipient: store.Recipient{Name: name, Number: r.Who.Number}, kind: screen.Clock(r.Time, m.env.Now(), m.env.Location), source: "earlier", rank: 1})
		}
	}
	return out, nil
}

// fits reports whether a party is meant by words: a message may have been found by
// somebody else on it.
func fits(p store.Party, words string) bool {
	if strings.Contains(store.Digits(p.Number), strings.Map(digitsOnly, words)) && strings.Map(digitsOnly, words) != "" {
		return true
	}
	name := " " + strings.ToLower(p.Name+" "+p.Known)
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(name, " "+w) {
			return false
		}
	}
	return true
}

func digitsOnly(r rune) rune {
	if unicode.IsDigit(r) {
		return r
	}
	return -1
}

// people takes what a look found; if more was typed meanwhile it looks again, and a key
// that waits for it is done.
func (m *Model) people(msg people) tea.Cmd {
	l := msg.l
	l.found.asking = false
	if l != m.cur {
		return nil
	}
	if msg.err != nil {
		l.owed = ""
		return func() tea.Msg { return screen.Fail("look for "+msg.text, msg.err) }
	}
	l.found = search{text: msg.text, list: msg.list}
	if msg.text != strings.TrimSpace(l.in.String()) {
		l.found.list = nil
		return m.lookUp()
	}
	if a := l.owed; a != "" {
		l.owed = ""
		return m.completeTo(a)
	}
	return nil
}

// completeTo takes the one that is marked, or the number that was typed.
func (m *Model) completeTo(a keymap.Action) tea.Cmd {
	l := m.cur
	text := strings.TrimSpace(l.in.String())
	if number, ok := wholeNumber(l.kind, l.region, text); ok && !l.found.moved {
		if known := l.found.byNumber(number); known != nil {
			number = *known
		}
		cmd := m.take(number)
		if a == keymap.SendPost { // it is plain what is meant: nothing has to be looked at first
			return join(cmd, m.sendOrAsk())
		}
		return cmd
	}
	if l.found.text != text || l.found.asking {
		l.owed = a
		return m.lookUp()
	}
	if len(l.found.list) == 0 {
		l.fault = "Nobody found for " + text + "; " + map[store.SendKind]string{
			store.SendPager: "an extension will do", store.SendFax: "a whole fax number will do", store.SendText: "a whole number will do",
		}[l.kind]
		return nil
	}
	c := l.found.list[min(l.found.at, len(l.found.list)-1)]
	others := 0
	for _, o := range l.found.list {
		if o.Name == c.Name && o.Number != c.Number {
			others++
		}
	}
	cmd := m.take(c.Recipient)
	if others > 0 {
		l.hint = fmt.Sprintf("%s, %s; %s has %s", screen.RecipientWhere(c.Recipient), c.kind, c.Name, kit.Plural(others, "other number"))
	}
	if f, why := l.missing(); why != "" && a == keymap.SendPost {
		l.focus = f
		if f == filesField && l.path.String() == "" {
			l.path.Set("~/")
		}
	}
	return cmd
}

// byNumber is who has a number that was typed, if only one of those found has.
func (s *search) byNumber(r store.Recipient) *store.Recipient {
	var hit *store.Recipient
	for i := range s.list {
		c := &s.list[i]
		same := r.Number != "" && lastDigits(c.Number) == lastDigits(r.Number) || r.Extension != "" && c.Extension == r.Extension
		switch {
		case !same:
		case hit != nil && hit.Name != c.Name:
			return nil
		default:
			hit = &c.Recipient
		}
	}
	return hit
}

// take makes somebody a recipient.
func (m *Model) take(r store.Recipient) tea.Cmd {
	l := m.cur
	l.in.Set("")
	l.found = search{asking: l.found.asking}
	if i := among(l.to, r); i >= 0 {
		l.hint = screen.RecipientName(l.to[i]) + " is among them already"
		return nil
	}
	l.retry = 0
	l.to = append(slices.Clip(l.to), r)
	return m.changed()
}

// among is where somebody is among recipients, or -1.
func among(to []store.Recipient, r store.Recipient) int {
	return slices.IndexFunc(to, func(t store.Recipient) bool {
		return t.Number != "" && lastDigits(t.Number) == lastDigits(r.Number) || t.Extension != "" && t.Extension == r.Extension
	})
}

// strokeTo does what a key does among the recipients.
func (m *Model) strokeTo(key string) tea.Cmd {
	l := m.cur
	n := len(l.found.list)
	offered := n > 0 && l.found.text == strings.TrimSpace(l.in.String())
	switch {
	case key == "down" && offered:
		l.found.at, l.found.moved = min(l.found.at+1, n-1), true
	case key == "up" && offered && l.found.at > 0:
		l.found.at, l.found.moved = l.found.at-1, true
	case key == "up":
		return m.step(-1)
	case key == "down":
		return m.step(1)
	case (key == "backspace" || key == "ctrl+h") && len(l.in.Value) == 0:
		if len(l.to) == 0 {
			return nil
		}
		l.retry = 0
		l.to = l.to[:len(l.to)-1]
		return m.changed()
	case strokeInput(&l.in, key):
		return m.lookUp()
	}
	return nil
}
