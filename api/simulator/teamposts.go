package simulator

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"switchboard/api/simulator/corpus/teams"
)

const (
	maxPostText  = 10_000
	maxPostFiles = 25
)

type postPage struct {
	Records []wirePost `json:"records"`
	Tokens  wireTokens `json:"navigation"`
}

// readable finds the chat of the path, whose posts the user may read. The
// caller holds the lock.
func (c *call) readable() (teams.Chat, *apiError) {
	k, err := c.s.teams.find(c.r.PathValue("chat"), false)
	if err == nil && !k.Mine && k.Type != teams.Everyone {
		err = &apiError{status: http.StatusForbidden, code: "CMN-408", message: "You are not a member of this chat"}
	}
	return k, err
}

func (c *call) listPosts() *apiError {
	return c.postList("posts:"+c.r.PathValue("chat"), func(*teams.Post) bool { return true })
}

func (c *call) listThread() *apiError {
	thread := c.r.PathValue("thread")
	n, e := strconv.ParseInt(thread, 10, 64)
	chat, at, ok := teams.FindThread(n)
	if e != nil || !ok {
		return notFound("threadId")
	}
	b := c.s.teams
	b.mu.Lock()
	k, err := c.readable()
	if err == nil {
		if p, alive := b.post(&k, at); k.Index != chat || !alive || p.Thread != n {
			err = notFound("threadId")
		}
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	return c.postList("thread:"+thread, func(p *teams.Post) bool { return p.Thread == n })
}

// postList pages through the posts of a chat, newest first.
func (c *call) postList(list string, wanted func(*teams.Post) bool) *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := c.readable()
	if err != nil {
		return err
	}
	count := b.count(k.Index)
	place, err := c.teamPlace(list, count)
	if err != nil {
		return err
	}
	step := -1
	if place.Back {
		step = 1
	}
	page := postPage{Records: []wirePost{}}
	var found []int
	for n := place.At + step; n >= 0 && n < count && len(found) < place.Count; n += step {
		if p, ok := b.post(&k, n); ok && wanted(&p) {
			found = append(found, n)
			page.Records = append(page.Records, c.s.wirePost(&k, &p))
		}
	}
	if place.Back {
		slices.Reverse(found)
		slices.Reverse(page.Records)
	}
	if len(found) > 0 {
		any := func(from, step int) bool {
			for n := from + step; n >= 0 && n < count; n += step {
				if p, ok := b.post(&k, n); ok && wanted(&p) {
					return true
				}
			}
			return false
		}
		if last := found[len(found)-1]; any(last, -1) {
			place.At, place.Back = last, false
			page.Tokens.Next = place.String()
		}
		if first := found[0]; any(first, 1) {
			place.At, place.Back = first, true
			page.Tokens.Prev = place.String()
		}
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

// postOf finds the chat and the post that a path names. The caller holds the
// lock.
func (c *call) postOf() (k teams.Chat, p teams.Post, refused *apiError) {
	k, err := c.readable()
	if err != nil {
		return k, p, err
	}
	id, e := strconv.ParseInt(c.r.PathValue("post"), 10, 64)
	chat, n, ok := teams.FindPost(id)
	if e != nil || !ok || chat != k.Index {
		return k, p, notFound("postId")
	}
	if p, ok = c.s.teams.post(&k, n); !ok {
		return k, p, notFound("postId")
	}
	return k, p, nil
}

func (c *call) readPost() *apiError {
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, p, err := c.postOf()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.wirePost(&k, &p))
	return nil
}

// postRequest is the body of a creation.
type postRequest struct {
	Text        string       `json:"text"`
	Parent      string       `json:"parentPostId"`
	Thread      string       `json:"threadId"`
	Group       string       `json:"groupId"` // of the older calls
	Title       string       `json:"title"`
	Attachments []wireAttach `json:"attachments"`
}

func (c *call) createPost() *apiError {
	var req postRequest
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := c.readable()
	if err != nil {
		return err
	}
	p, err := c.s.newPost(&k, &req, me())
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusCreated, c.s.wirePost(&k, &p))
	return nil
}

// newPost checks and stores a post. The caller holds the lock.
func (s *Server) newPost(k *teams.Chat, req *postRequest, who int64) (p teams.Post, refused *apiError) {
	b := s.teams
	switch {
	case req.Text == "" && len(req.Attachments) == 0:
		return p, badParameter("text")
	case utf8.RuneCountInString(req.Text) > maxPostText:
		return p, badParameter("text")
	case len(req.Attachments) > maxPostFiles:
		return p, badParameter("attachments")
	case k.Archived:
		return p, &apiError{status: http.StatusBadRequest, code: "CMN-101", message: "The team is archived"}
	}
	p = teams.Post{Creator: who, Text: req.Text, Mentions: s.mentions(req.Text)}
	for i := range req.Attachments {
		a, ok := s.attached(&req.Attachments[i])
		if !ok {
			return p, badParameter("attachments")
		}
		p.Attachments = append(p.Attachments, a)
	}
	parent := req.Parent
	if parent == "" && req.Thread != "" {
		if n, _ := strconv.ParseInt(req.Thread, 10, 64); n > 0 {
			chat, at, _ := teams.FindThread(n)
			parent = itoa(teams.PostID(chat, at))
		}
	}
	if parent != "" {
		id, _ := strconv.ParseInt(parent, 10, 64)
		chat, at, ok := teams.FindPost(id)
		first, alive := b.post(k, at)
		if !ok || chat != k.Index || !alive {
			return p, badParameter("parentPostId")
		}
		if p.Parent = id; first.Parent != 0 {
			p.Parent = first.Parent // answers of answers are in the same thread
		}
	}
	if who == me() && !b.mayPost() {
		return p, &apiError{status: http.StatusInternalServerError, code: "CMN-203", message: "You have exceeded your limits for this action"}
	}
	p = b.add(k, p)
	s.tellPost("PostAdded", k, &p)
	return p, nil
}

var mentionForm = regexp.MustCompile(`!\[:(Person|Team)\]\((\d{1,18})\)`)

// mentions resolves what a text points at. The caller holds the lock.
func (s *Server) mentions(text string) (list []teams.Mention) {
	for _, m := range mentionForm.FindAllStringSubmatch(text, 50) {
		id, _ := strconv.ParseInt(m[2], 10, 64)
		if slices.ContainsFunc(list, func(have teams.Mention) bool { return have.ID == id }) {
			continue
		}
		if m[1] == "Team" {
			if i, ok := teams.FindChat(id); ok {
				if k, alive := s.teams.chat(i); alive {
					list = append(list, teams.Mention{ID: id, Type: m[1], Name: k.Name})
				}
			}
		} else if p, ok := s.teams.base.Person(id); ok {
			list = append(list, teams.Mention{ID: id, Type: m[1], Name: p.Name()})
		}
	}
	return list
}

// attached finds what a new post is to carry: an uploaded file, or one that
// hangs on another post. The caller holds the lock.
func (s *Server) attached(a *wireAttach) (teams.Attachment, bool) {
	id, err := strconv.ParseInt(a.ID, 10, 64)
	if err != nil {
		// The older calls make cards on the way.
		return teams.Attachment{ID: s.teams.nextID(), Type: "Card", Title: a.Title, Text: a.Text, Note: a.Fallback}, a.ID == "" && a.Title+a.Text != ""
	}
	if f := s.teams.files[id]; f != nil {
		return teams.Attachment{ID: id, Type: "File", Name: f.name}, true
	}
	post, ok := teams.FindFile(id)
	if !ok {
		return teams.Attachment{}, false
	}
	chat, n, _ := teams.FindPost(post)
	k, _ := s.teams.chat(chat)
	p, alive := s.teams.post(&k, n)
	if !alive {
		return teams.Attachment{}, false
	}
	at := slices.IndexFunc(p.Attachments, func(have teams.Attachment) bool { return have.ID == id })
	if at < 0 {
		return teams.Attachment{}, false
	}
	return p.Attachments[at], true
}

func (c *call) updatePost() *apiError {
	var req struct {
		Text string `json:"text"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, p, err := c.editPost(req.Text)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.wirePost(&k, &p))
	return nil
}

// editPost changes the text of one's own post. The caller holds the lock.
func (c *call) editPost(text string) (k teams.Chat, p teams.Post, refused *apiError) {
	k, p, err := c.postOf()
	switch {
	case err != nil:
		return k, p, err
	case p.Creator != me():
		return k, p, &apiError{status: http.StatusForbidden, code: "CMN-408", message: "Only the author can change a post"}
	case strings.TrimSpace(text) == "", utf8.RuneCountInString(text) > maxPostText, p.Type != "TextMessage":
		return k, p, badParameter("text")
	}
	p = c.s.setText(&k, &p, text)
	return k, p, nil
}

// setText edits a post, whoever wrote it. The caller holds the lock.
func (s *Server) setText(k *teams.Chat, p *teams.Post, text string) teams.Post {
	ps := s.teams.changed(k.Index)
	st := ps.over[p.N]
	st.text, st.mentions, st.modified = &text, s.mentions(text), s.teams.after(p.Modified)
	ps.over[p.N] = st
	now, _ := s.teams.post(k, p.N)
	s.tellPost("PostChanged", k, &now)
	return now
}

func (c *call) deletePost() *apiError {
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, p, err := c.postOf()
	if err != nil {
		return err
	}
	if p.Creator != me() {
		return &apiError{status: http.StatusForbidden, code: "CMN-408", message: "Only the author can remove a post"}
	}
	c.s.removePost(&k, &p)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// removePost takes a post away. The caller holds the lock.
func (s *Server) removePost(k *teams.Chat, p *teams.Post) {
	ps := s.teams.changed(k.Index)
	st := ps.over[p.N]
	st.removed, st.modified = true, s.teams.after(p.Modified)
	ps.over[p.N] = st
	s.tellPost("PostRemoved", k, p)
}
