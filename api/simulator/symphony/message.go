package symphony

import (
	"strconv"
	"strings"

	"switchboard/api/simulator/corpus/teams"
)

// message is something said.
type message struct {
	stream, n  int
	id         string
	at         int64 // ms
	from       int64
	body       string // PresentationML
	entities   string // JSON, "" without
	plain      string // to search in
	tags       []string
	cash       []string
	mentions   []int64
	files      []file
	shared     *message // forwarded
	replacing  string
	replacedBy string
	silent     bool
}

// Occasions follow each other in every stream, six messages each, as in package
// teams, on whose posts most messages rest.
const (
	perOccasion     = 6
	occasionPhoto   = 2
	occasionRich    = 4
	occasionShared  = 5
	occasionEdited  = 7
	occasionHostile = 9
	occasionCards   = 11
	occasions       = 12
)

func occasion(stream, n int) (kind, line int) {
	return (n/perOccasion + stream*5) % occasions, n % perOccasion
}

func (d *data) messageID(s *stream, n int) string {
	return d.seal.id(place{kind: messageID, stream: s.index, n: n}, d.at(s, n))
}

// make makes the n-th message of the start.
func (d *data) make(s *stream, n int) message {
	m := message{stream: s.index, n: n, at: d.at(s, n)}
	m.id = d.seal.id(place{kind: messageID, stream: s.index, n: n}, m.at)
	p := d.base.Post(&s.chat, n)
	m.from = uid(p.Creator)
	if s.kind == "IM" && len(s.members) > 1 && m.from != d.me() {
		m.from = s.members[1]
	}
	kind, line := occasion(s.index, n)
	if s.readOnly && m.from == d.me() {
		m.from = podBase + 1
	}
	w := &markup{d: d}
	d.attach(s, &m, p.Attachments)
	switch {
	case kind == occasionRich:
		w.raw(richText(s.index*3 + n))
	case kind == occasionShared && line == 1:
		w.raw("<p>FYI, from the other room. Can you take it from here?</p>")
		m.shared = d.forwarded(s)
	case kind == occasionHostile && line >= 3:
		w.raw(hostileMarkup(n/perOccasion*3 + line))
	case kind == occasionCards && line <= 2:
		w.card(s.index + n)
	default:
		w.text(p.Text, p.Mentions)
		d.label(w, s, n, line)
	}
	if kind == occasionEdited && line <= 2 && line > 0 {
		if line == 1 {
			m.replacedBy = d.messageID(s, n+1)
		} else {
			m.replacing = d.messageID(s, n-1)
		}
	}
	m.silent = n%41 == 40
	w.into(&m)
	return m
}

// label puts a hashtag or a cashtag after some texts.
func (d *data) label(w *markup, s *stream, n, line int) {
	h := mix(uint64(s.index)<<32 | uint64(n))
	tags := []string{"refills", "prior-auth", "denial", "urgent", "HS-2026", "récap"}
	switch h % 19 {
	case 3:
		w.b.WriteString(" ")
		w.hashtag(tags[h>>8%uint64(len(tags))])
	case 4:
		if line > 0 {
			w.b.WriteString(" ")
			w.cashtag([]string{"baym", "hsh"}[h>>9%2])
		}
	case 5:
		w.b.WriteString(` <a href="https://harborstreet.example/claims/` + strconv.Itoa(int(h>>10%9000)+1000) + `">the claim</a>`)
	}
}

// forwarded is a message of another stream that somebody passes on: its first
// photo, if it has one.
func (d *data) forwarded(s *stream) *message {
	if d.cfg.Streams < 2 {
		return nil
	}
	o, ok := d.stream((s.index + 1) % d.cfg.Streams)
	if !ok || d.baseCount(o.index) == 0 {
		return nil
	}
	n := 0
	for sitting := range occasions {
		at := sitting*perOccasion + 1
		if kind, _ := occasion(o.index, at); kind == occasionPhoto && at < d.baseCount(o.index) {
			n = at
		}
	}
	if kind, _ := occasion(o.index, n); kind == occasionShared {
		return nil // who passes on what was passed on
	}
	m := d.make(&o, n)
	return &m
}

// attach makes the files of a post those of a message.
func (d *data) attach(s *stream, m *message, from []teams.Attachment) {
	for _, a := range from {
		if a.Type != "File" || len(m.files) == 20 {
			continue
		}
		part := byte(len(m.files))
		at := place{kind: fileID, stream: s.index, n: m.n, part: part}
		f := d.files.take(a.Name, mix(uint64(s.index)<<32|uint64(m.n)<<4|uint64(part)))
		f.number(d.seal, at)
		m.files = append(m.files, f)
	}
}

// has reports whether somebody is mentioned, or a tag is there.
func (m *message) mentionsUser(id int64) bool {
	for _, v := range m.mentions {
		if v == id {
			return true
		}
	}
	return false
}

func hasFold(all []string, want string) bool {
	for _, v := range all {
		if strings.EqualFold(v, strings.TrimLeft(want, "#$")) {
			return true
		}
	}
	return false
}
