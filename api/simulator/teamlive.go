package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/corpus/teams"
)

// LivePost is a post that somebody makes while the simulator runs.
type LivePost struct {
	Chat   string `json:"chat"`   // id or name; "": the front desk's team
	As     string `json:"as"`     // who, by extension or person id; "": some other member
	Text   string `json:"text"`   // "": something from the office
	Parent string `json:"parent"` // id of the post that this one answers
	File   bool   `json:"file"`   // with a picture
}

// Post makes a post and returns its id.
func (s *Server) Post(l LivePost) (string, error) {
	b := s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.named(l.Chat)
	if err != nil {
		return "", err
	}
	who, err := s.poster(&k, l.As)
	if err != nil {
		return "", err
	}
	b.traffic++
	req := postRequest{Text: l.Text, Parent: l.Parent}
	if req.Text == "" {
		req.Text = b.base.Snippet(int(b.traffic % 1_000_000))
	}
	if l.File {
		id := b.nextID()
		b.files[id] = &teamFile{name: fmt.Sprintf("note-%d.txt", b.traffic), kind: "text/plain", body: []byte(b.base.Snippet(int(b.traffic)) + "\n")}
		req.Attachments = []wireAttach{{ID: itoa(id), Type: "File"}}
	}
	p, refused := s.newPost(&k, &req, who)
	if refused != nil {
		return "", refused
	}
	return itoa(p.ID), nil
}

// named finds a chat by id or name. The caller holds the lock.
func (b *teamBox) named(name string) (teams.Chat, error) {
	order := b.sorted()
	if n, err := strconv.ParseInt(name, 10, 64); err == nil {
		if i, ok := teams.FindChat(n); ok {
			if k, alive := b.chat(i); alive {
				return k, nil
			}
		}
	}
	for _, i := range order {
		kind, mine, alive := b.about(i)
		if !alive || !mine {
			continue
		}
		k, _ := b.chat(i)
		if name == "" && (kind == teams.Team || len(order) < 3) || name != "" && strings.EqualFold(k.Name, name) {
			if name == "" && i != 2 && b.base.Len() > 2 {
				continue
			}
			return k, nil
		}
	}
	return teams.Chat{}, fmt.Errorf("%w: chat %q", errNoSuch, name)
}

// poster is who posts: the one named, or the first member who is not the user.
func (s *Server) poster(k *teams.Chat, as string) (int64, error) {
	if i, ok := corpus.FindExtension(as); ok && i < s.cfg.Directory {
		return corpus.EntryID(i), nil
	}
	if as != "" {
		id, err := strconv.ParseInt(as, 10, 64)
		if _, ok := s.teams.base.Person(id); err != nil || !ok {
			return 0, fmt.Errorf("%w: person %q", errNoSuch, as)
		}
		return id, nil
	}
	for _, id := range k.Members {
		if id != me() {
			return id, nil
		}
	}
	return corpus.EntryID(min(1, s.cfg.Directory-1)), nil
}

// EditPost changes the text of anybody's post.
func (s *Server) EditPost(id, text string) error {
	return s.onPost(id, func(k *teams.Chat, p *teams.Post) { s.setText(k, p, text) })
}

// RemovePost takes anybody's post away.
func (s *Server) RemovePost(id string) error {
	return s.onPost(id, s.removePost)
}

func (s *Server) onPost(id string, do func(*teams.Chat, *teams.Post)) error {
	b := s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := strconv.ParseInt(id, 10, 64)
	chat, at, ok := teams.FindPost(n)
	if err != nil || !ok {
		return fmt.Errorf("%w: post %q", errNoSuch, id)
	}
	k, alive := b.chat(chat)
	if !alive {
		return fmt.Errorf("%w: post %q", errNoSuch, id)
	}
	p, ok := b.post(&k, at)
	if !ok {
		return fmt.Errorf("%w: post %q", errNoSuch, id)
	}
	do(&k, &p)
	return nil
}

// SetPostLimit says how many posts the user may make in a day; beyond it the
// service answers 500.
func (s *Server) SetPostLimit(n int) {
	s.teams.mu.Lock()
	defer s.teams.mu.Unlock()
	s.teams.limit = n
}

// controlTeams adds what lets others post:
//
//	POST /post         {"chat":"Front Desk","as":"112","text":"","parent":"","file":false}: {"id"}
//	POST /edit-post    {"id":"…","text":"…"}: anybody's
//	POST /remove-post  {"id":"…"}: anybody's
//	POST /post-limit   {"limit":2500}: posts a day
//	POST /teams-age    {"age":"2018"}: "" today's, "2019", "2018": which paths are known
func (s *Server) controlTeams(handle func(string, func(*http.Request) (any, error))) {
	type post struct {
		ID   string `json:"id"`
		Text string `json:"text,omitempty"`
	}
	about := func(do func(post) error) func(*http.Request) (any, error) {
		return func(r *http.Request) (any, error) {
			var req post
			if err := decodeControl(r, &req); err != nil {
				return nil, err
			}
			return done{true}, do(req)
		}
	}
	handle("POST /post", func(r *http.Request) (any, error) {
		var req LivePost
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		id, err := s.Post(req)
		return post{ID: id}, err
	})
	handle("POST /edit-post", about(func(p post) error { return s.EditPost(p.ID, p.Text) }))
	handle("POST /remove-post", about(func(p post) error { return s.RemovePost(p.ID) }))
	handle("POST /post-limit", func(r *http.Request) (any, error) {
		req := struct {
			Limit int `json:"limit"`
		}{defaultPostLimit}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		s.SetPostLimit(req.Limit)
		return req, nil
	})
	handle("POST /teams-age", func(r *http.Request) (any, error) {
		var req struct {
			Age string `json:"age"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		return req, s.SetTeamsAge(req.Age)
	})
}

// chatter lets colleagues post until the server closes, and now and then change
// or remove what they posted. What happens depends on the seed.
func (s *Server) chatter() {
	var recent []string
	for n := uint64(1); ; n++ {
		roll := func(what string) float64 { return chance(s.cfg.Seed, n, what) }
		if !s.pause(s.ctx.Done(), time.Duration(float64(s.cfg.Traffic)*(0.5+roll("chatter")))) {
			return
		}
		what := roll("what")
		if len(recent) > 3 && what < .16 {
			i := len(recent) - 1 - int(roll("which")*3)
			if what < .06 {
				_ = s.RemovePost(recent[i]) // gone already: nothing to do
				recent = append(recent[:i], recent[i+1:]...)
			} else {
				_ = s.EditPost(recent[i], s.teams.base.Snippet(int(n))) // the same
			}
			continue
		}
		l := LivePost{Chat: itoa(teams.ChatID([]int{2, 2, 3, 4, 5, 6, 7}[int(roll("chat")*7)])), File: what > .95}
		if what > .8 && len(recent) > 0 {
			l.Parent = recent[len(recent)-1]
			if id, err := strconv.ParseInt(l.Parent, 10, 64); err == nil {
				chat, _, _ := teams.FindPost(id)
				l.Chat = itoa(teams.ChatID(chat))
			}
		}
		id, err := s.Post(l)
		if err != nil {
			continue // fewer chats than that
		}
		if recent = append(recent, id); len(recent) > 50 {
			recent = recent[1:]
		}
	}
}
