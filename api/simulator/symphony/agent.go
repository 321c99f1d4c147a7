package symphony

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type wireSender struct {
	ID       int64  `json:"userId"`
	First    string `json:"firstName,omitempty"`
	Last     string `json:"lastName,omitempty"`
	Display  string `json:"displayName"`
	Email    string `json:"email,omitempty"`
	Username string `json:"username,omitempty"`
}

type wirePlace struct {
	ID       string       `json:"streamId"`
	Type     string       `json:"streamType"`
	Room     string       `json:"roomName,omitempty"`
	Members  []wireSender `json:"members,omitempty"`
	External bool         `json:"external"`
	CrossPod bool         `json:"crossPod"`
}

type wireThumb struct {
	ID        string `json:"id"`
	Dimension string `json:"dimension"`
}

type wireFile struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Images any    `json:"images,omitempty"` // []wireThumb
}

type wireMessage struct {
	ID         string       `json:"messageId"`
	At         int64        `json:"timestamp"`
	Body       string       `json:"message"`
	Shared     *wireMessage `json:"sharedMessage,omitempty"`
	Data       string       `json:"data,omitempty"`
	Files      any          `json:"attachments,omitempty"` // []wireFile
	User       wireSender   `json:"user"`
	Stream     wirePlace    `json:"stream"`
	External   bool         `json:"externalRecipients"`
	UserAgent  string       `json:"userAgent,omitempty"`
	Format     string       `json:"originalFormat"`
	Sid        string       `json:"sid,omitempty"`
	Replacing  string       `json:"replacing,omitempty"`
	ReplacedBy string       `json:"replacedBy,omitempty"`
	Initial    string       `json:"initialMessageId,omitempty"`
	Silent     any          `json:"silent,omitempty"` // bool
}

func (c *call) sender(id int64) wireSender { return c.s.sender(id) }

func (s *Server) sender(id int64) wireSender {
	u, ok := s.data.user(id)
	if !ok {
		return wireSender{ID: id, Display: "Unknown user"}
	}
	return wireSender{u.id, u.first, u.last, u.name, u.email, u.username}
}

func (s *Server) place(st *stream) wirePlace {
	w := wirePlace{ID: st.id, Type: st.kind, Room: st.name, External: st.external, CrossPod: st.external}
	if st.kind != "ROOM" {
		for _, m := range st.members {
			w.Members = append(w.Members, s.sender(m))
		}
	}
	return w
}

// wire is a message as the agent shows it.
func (s *Server) wire(st *stream, m *message) wireMessage { return s.wireAt(st, s.place(st), m) }

// wireAt is wire with the stream as it is shown, which many messages have in common.
func (s *Server) wireAt(st *stream, at wirePlace, m *message) wireMessage {
	w := wireMessage{
		ID: m.id, At: m.at, Body: m.body, Data: m.entities, User: s.sender(m.from), Stream: at, External: st.external,
		UserAgent: "DESKTOP-70.8.0-WEB", Format: "com.symphony.messageml.v2", Replacing: m.replacing, ReplacedBy: m.replacedBy, Initial: m.replacing,
	}
	odd := s.mode("odd-shapes")
	if m.silent {
		w.Silent = true
		if odd {
			w.Silent = "true"
		}
	}
	files := []wireFile{}
	wrong := s.mode("wrong-size")
	for i := range m.files {
		f := &m.files[i]
		files = append(files, wireFile{ID: f.id, Name: f.name, Size: f.told(wrong), Images: s.images(f, m.n+i)})
	}
	switch {
	case len(files) > 0:
		w.Files = files
	case odd:
		w.Files = json.RawMessage("null")
	case m.n%2 == 0:
		w.Files = files // an empty list or nothing: both are seen
	}
	if m.shared != nil {
		if of, ok := s.data.stream(m.shared.stream); ok {
			shared := s.wire(&of, m.shared)
			w.Shared = &shared
		}
	}
	return w
}

const (
	usualPage = 50
	mostPage  = 500
)

// listMessages lists what was said since a time, the oldest first chosen. In which
// order they are listed is not documented; the ways newest-first and newest-page
// change it.
func (c *call) listMessages() *apiError {
	s, err := c.stream("sid")
	if err != nil {
		return err
	}
	if c.r.URL.Query().Get("since") == "" {
		return bad("The parameter since is required")
	}
	since, err := c.number("since", 0)
	if err != nil {
		return err
	}
	until, err := c.number("until", 1<<60)
	if err != nil {
		return err
	}
	skip, limit, err := c.page(usualPage, mostPage)
	if err != nil {
		return err
	}
	d := c.s.data
	if s.noHistory && !c.s.cfg.ContentExport {
		since = max(since, s.joined)
	}
	d.mu.RLock()
	first, end := d.first(&s, since), d.first(&s, until+1)
	from, to := min(first+skip, end), min(first+skip+limit, end)
	newest := c.s.mode("newest-page")
	if newest {
		to = max(end-skip, first)
		from = max(to-limit, first)
	}
	page := make([]message, 0, max(to-from, 0))
	for n := from; n < to; n++ {
		m, _ := d.message(&s, n)
		page = append(page, m)
	}
	d.mu.RUnlock()
	if newest || c.s.mode("newest-first") {
		slices.Reverse(page)
	}
	list(c.w, c.wires(&s, page))
	return nil
}

func (c *call) wires(s *stream, page []message) []wireMessage {
	all := make([]wireMessage, 0, len(page))
	at := c.s.place(s)
	for i := range page {
		all = append(all, c.s.wireAt(s, at, &page[i]))
	}
	return all
}

// readMessage answers 204 when there is no such message, as the document has it.
func (c *call) readMessage() *apiError {
	id := c.r.PathValue("id")
	if strings.ContainsAny(id, "+/=") {
		return bad("Invalid message id " + id) // not the URL-safe form
	}
	s, m, ok := c.s.data.findMessage(id)
	if !ok {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err := c.may(&s, m.at); err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.wire(&s, &m))
	return nil
}

// may tells whether what was said then may be read.
func (c *call) may(s *stream, ms int64) *apiError {
	switch {
	case !c.s.data.sees(s):
		return forbidden("The user is not a member of the stream")
	case !c.s.data.reads(s, ms):
		return forbidden("The user has no view history entitlement for the stream: the message is older than the membership")
	}
	return nil
}

func (c *call) agentInfo() *apiError {
	writeJSON(c.w, http.StatusOK, struct {
		IP     string `json:"ipAddress"`
		Host   string `json:"hostname"`
		FQDN   string `json:"serverFqdn"`
		Ver    string `json:"version"`
		URL    string `json:"url"`
		OnPrem bool   `json:"onPrem"`
		MT     bool   `json:"mt"`
		Commit string `json:"commitId"`
	}{"127.0.0.1", "agent", c.s.agent.url, c.s.cfg.AgentVersion, c.s.agent.url + "/agent", true, false, "5ca1ab1e"})
	return nil
}

func (c *call) health() *apiError {
	writeJSON(c.w, http.StatusOK, map[string]string{"status": "UP"})
	return nil
}

func (c *call) extendedHealth() *apiError {
	type part struct {
		Status  string `json:"status"`
		Version string `json:"version,omitempty"`
		Auth    string `json:"authType,omitempty"`
	}
	writeJSON(c.w, http.StatusOK, struct {
		Services map[string]part `json:"services"`
		Status   string          `json:"status"`
		Users    map[string]part `json:"users"`
		Version  string          `json:"version"`
	}{
		map[string]part{"pod": {"UP", "25.8.1", ""}, "key_manager": {"UP", "25.8.1", ""}, "datafeed": {"UP", "2.11.6", ""}},
		"UP",
		map[string]part{"agentservice": {"UP", "", "RSA"}},
		strings.TrimPrefix(c.s.cfg.AgentVersion, "Agent-"),
	})
	return nil
}

// messageStatus lists who read a message. The service writes ids and times there
// as strings.
func (c *call) messageStatus() *apiError {
	type reader struct {
		ID       string `json:"userId"`
		First    string `json:"firstName,omitempty"`
		Last     string `json:"lastName,omitempty"`
		Display  string `json:"displayName"`
		Email    string `json:"email,omitempty"`
		Username string `json:"userName,omitempty"`
		At       string `json:"timestamp"`
	}
	id := c.r.PathValue("mid")
	s, m, ok := c.s.data.findMessage(id)
	if !ok {
		return c.missing("No message with id " + id)
	}
	if err := c.may(&s, m.at); err != nil {
		return err
	}
	of := func(id, at int64) reader {
		w := c.sender(id)
		return reader{strconv.FormatInt(w.ID, 10), w.First, w.Last, w.Display, w.Email, w.Username, strconv.FormatInt(at, 10)}
	}
	answer := struct {
		Author    reader   `json:"author"`
		Read      []reader `json:"read"`
		Delivered []reader `json:"delivered"`
		Sent      []reader `json:"sent"`
	}{of(m.from, m.at), []reader{}, []reader{}, []reader{}}
	for i, who := range s.members {
		if who == m.from {
			continue
		}
		switch r := of(who, m.at+int64(i+1)*61_000); (m.n + i) % 5 {
		case 3:
			answer.Delivered = append(answer.Delivered, r)
		case 4:
			answer.Sent = append(answer.Sent, r)
		default:
			answer.Read = append(answer.Read, r)
		}
	}
	writeJSON(c.w, http.StatusOK, answer)
	return nil
}
