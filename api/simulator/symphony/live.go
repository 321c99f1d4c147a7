package symphony

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
)

// File is what somebody sends.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"` // content type; "": application/octet-stream
	Data []byte `json:"data"` // in JSON base64
}

// Saying is a message of somebody, as Server.Post takes it.
type Saying struct {
	Stream  string `json:"stream"` // id; "": the first room
	From    int64  `json:"from"`   // user; 0: a member who is not the account
	Text    string `json:"text"`
	Markup  string `json:"markup"`  // instead of Text: what stands within the PresentationML
	Mention bool   `json:"mention"` // of the account, before the text
	Hashtag string `json:"hashtag"` // after it
	Forward string `json:"forward"` // id of a message that is passed on
	Files   []File `json:"files"`
}

// Say makes a message of another member come in now, and returns its id. A stream
// "" is the first room.
func (s *Server) Say(stream, text string, files ...File) (string, error) {
	return s.Post(Saying{Stream: stream, Text: text, Files: files})
}

// Post makes a message come in now, and returns its id.
func (s *Server) Post(say Saying) (string, error) {
	st, err := s.saidIn(say.Stream)
	if err != nil {
		return "", err
	}
	w := &markup{d: s.data}
	if say.Mention {
		me, _ := s.data.user(s.data.me())
		w.mention(me)
		w.words(" ")
	}
	if say.Markup != "" {
		w.raw(say.Markup)
	} else {
		w.text(say.Text, nil)
	}
	if say.Hashtag != "" {
		w.words(" ")
		w.hashtag(say.Hashtag)
	}
	m := message{from: say.From}
	w.into(&m)
	if m.from == 0 {
		m.from = podBase + 1
		for _, member := range st.members {
			if member != s.data.me() {
				m.from = member
				break
			}
		}
	}
	for _, f := range say.Files {
		m.files = append(m.files, f.held())
	}
	if say.Forward != "" {
		_, shared, ok := s.data.findMessage(safe(say.Forward))
		if !ok {
			return "", fmt.Errorf("symphony simulator: no message %q to forward", say.Forward)
		}
		m.shared = &shared
	}
	return s.publish(&st, m).id, nil
}

func (s *Server) saidIn(id string) (stream, error) {
	if id != "" {
		st, ok := s.data.findStream(safe(id))
		if !ok {
			return st, fmt.Errorf("symphony simulator: no stream %q", id)
		}
		return st, nil
	}
	for i := range s.data.cfg.Streams {
		if st, ok := s.data.stream(i); ok && st.kind == "ROOM" && !st.readOnly && st.active {
			return st, nil
		}
	}
	return stream{}, errors.New("symphony simulator: there is no room to say anything in")
}

func (f *File) held() file {
	kind := f.Type
	if kind == "" {
		kind = "application/octet-stream"
	}
	out := fileOf(f.Name, kind, int64(len(f.Data)), made(kind, f.Data))
	if out.picture {
		out.across = across(f.Data)
	}
	return out
}

func fileOf(name, kind string, size int64, open func() corpus.Body) file {
	return file{name: name, kind: kind, bytes: size, open: open, picture: kind == "image/jpeg" || kind == "image/png"}
}

// message0 is a plain message.
func message0(from int64, text string, files ...file) message {
	return message{
		from: from, plain: text, files: files,
		body: `<div data-format="PresentationML" data-version="2.0">` + html.EscapeString(text) + `</div>`,
	}
}

// publish says something and tells the datafeeds.
func (s *Server) publish(st *stream, m message) message {
	m = s.data.add(st, m)
	kind, payload := "MESSAGESENT", any(map[string]any{"messageSent": map[string]any{"message": s.wire(st, &m)}})
	if m.shared != nil && m.plain == "" {
		w := s.wire(st, &m)
		shared := w.Shared
		w.Shared = nil
		kind, payload = "SHAREDPOST", map[string]any{"sharedPost": map[string]any{"message": w, "sharedMessage": shared}}
	}
	if s.data.reads(st, m.at) && (st.mine || s.cfg.ContentExport) {
		s.feeds.publish(s.newEvent(kind, m.id, m.from, m.at, payload))
	}
	return m
}

// Streams lists the ids of the account's streams, the first made first, in the
// order of their numbers and not of their times.
func (s *Server) Streams() []string {
	all := make([]string, 0, s.cfg.Streams)
	for i := range s.cfg.Streams {
		if st, ok := s.data.stream(i); ok {
			all = append(all, st.id)
		}
	}
	return all
}

// Room gives the id of the account's room with that name, "" when there is none.
func (s *Server) Room(name string) string {
	for i := range s.cfg.Streams {
		if st, ok := s.data.stream(i); ok && st.kind == "ROOM" && st.name == name {
			return st.id
		}
	}
	return ""
}

// Outside gives the ids of the two streams that the account is not in: a public
// room, and a private one.
func (s *Server) Outside() (public, private string) {
	a, _ := s.data.stream(s.cfg.Streams)
	b, _ := s.data.stream(s.cfg.Streams + 1)
	return a.id, b.id
}

// Count is how many messages a stream has; 0 for one that is not known.
func (s *Server) Count(stream string) int {
	st, ok := s.data.findStream(safe(stream))
	if !ok {
		return 0
	}
	s.data.mu.RLock()
	defer s.data.mu.RUnlock()
	return s.data.count(st.index)
}

// traffic lets others talk, now and then.
func (s *Server) traffic() {
	for n := uint64(1); ; n++ {
		h := mix(s.cfg.Seed ^ n<<20)
		wait := time.NewTimer(s.cfg.Traffic/2 + time.Duration(h%uint64(s.cfg.Traffic)))
		select {
		case <-wait.C:
		case <-s.ctx.Done():
			wait.Stop()
			return
		}
		st, ok := s.data.stream(int(h >> 8 % uint64(max(min(s.cfg.Streams, 12), 1))))
		if !ok || !st.active {
			continue
		}
		k := s.data.base
		say := Saying{Stream: st.id, Text: strings.TrimSpace(k.Snippet(int(n))), Mention: h>>20%5 == 0}
		if h>>24%4 == 0 {
			f := s.data.files.take([]string{"remittance.pdf", "IMG_4711.jpg", "claims.csv"}[h>>28%3], h)
			m := message0(podBase+1, say.Text, f)
			s.publish(&st, m)
			continue
		}
		if _, err := s.Post(say); err != nil {
			s.log.Error("symphony simulator: nobody talks", "error", err)
		}
	}
}
