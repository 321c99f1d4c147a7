package symphony

import (
	"net/http"
	"slices"
	"strings"
)

type wireStreamType struct {
	Type string `json:"type"`
}

type wireMembers struct {
	Members []int64 `json:"members"`
}

type wireRoomName struct {
	Name string `json:"name"`
}

type wireStream struct {
	ID       string         `json:"id"`
	CrossPod bool           `json:"crossPod"`
	Origin   string         `json:"origin,omitempty"`
	Active   bool           `json:"active"`
	Last     int64          `json:"lastMessageDate,omitempty"`
	Type     wireStreamType `json:"streamType"`
	Room     *wireRoomName  `json:"roomAttributes,omitempty"`
	Members  *wireMembers   `json:"streamAttributes,omitempty"`
}

func wireOf(s *stream) wireStream {
	w := wireStream{ID: s.id, CrossPod: s.external, Active: s.active, Type: wireStreamType{s.kind}}
	if s.kind == "ROOM" {
		w.Room = &wireRoomName{s.name}
	} else {
		w.Members = &wireMembers{s.members}
	}
	return w
}

func (c *call) listStreams() *apiError {
	var filter struct {
		Types    []wireStreamType `json:"streamTypes"`
		Inactive bool             `json:"includeInactiveStreams"`
	}
	if err := c.decode(&filter); err != nil {
		return err
	}
	var types []string
	for _, t := range filter.Types {
		if !slices.Contains([]string{"IM", "MIM", "ROOM", "POST"}, t.Type) {
			return bad("Invalid stream type " + t.Type)
		}
		types = append(types, t.Type)
	}
	skip, limit, err := c.page(50, 1000)
	if err != nil {
		return err
	}
	d := c.s.data
	var page []wireStream
	for _, b := range d.sorted() {
		if !b.active && !filter.Inactive || len(types) > 0 && !slices.Contains(types, b.kind) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		s, _ := d.stream(b.index)
		if page = append(page, wireOf(&s)); len(page) == limit {
			break
		}
	}
	list(c.w, page)
	return nil
}

// stream is that of the path, which the account may see.
func (c *call) stream(param string) (stream, *apiError) {
	id := c.r.PathValue(param)
	s, ok := c.s.data.findStream(id)
	switch {
	case !ok && strings.ContainsAny(id, "+/="):
		return s, bad("Invalid stream id " + id) // not the URL-safe form
	case !ok:
		return s, c.missing("No stream with id " + id)
	case !c.s.data.sees(&s):
		return s, forbidden("The user is not a member of the stream")
	}
	return s, nil
}

func (c *call) streamInfo() *apiError {
	s, err := c.stream("sid")
	if err != nil {
		return err
	}
	w := wireOf(&s)
	w.Origin = "INTERNAL"
	if s.external {
		w.Origin = "EXTERNAL"
	}
	d := c.s.data
	d.mu.RLock()
	if n := d.count(s.index); n > 0 {
		w.Last = d.time(&s, n-1)
	}
	d.mu.RUnlock()
	writeJSON(c.w, http.StatusOK, w)
	return nil
}

type wireTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type wireRoom struct {
	Attributes struct {
		Name          string    `json:"name"`
		Keywords      []wireTag `json:"keywords"`
		Description   string    `json:"description"`
		CanInvite     bool      `json:"membersCanInvite"`
		Discoverable  bool      `json:"discoverable"`
		Public        bool      `json:"public"`
		ReadOnly      bool      `json:"readOnly"`
		CopyProtected bool      `json:"copyProtected"`
		CrossPod      bool      `json:"crossPod"`
		ViewHistory   bool      `json:"viewHistory"`
		Multilateral  bool      `json:"multiLateralRoom"`
		Scheduled     bool      `json:"scheduledMeeting"`
	} `json:"roomAttributes"`
	System struct {
		ID      string `json:"id"`
		Created int64  `json:"creationDate"`
		Creator int64  `json:"createdByUserId"`
		Active  bool   `json:"active"`
	} `json:"roomSystemInfo"`
}

// room is that of the path; what is no room is none of these calls'.
func (c *call) room() (stream, *apiError) {
	s, err := c.stream("id")
	if err == nil && s.kind != "ROOM" {
		return s, bad("The stream is not a room")
	}
	return s, err
}

func (c *call) roomInfo() *apiError {
	s, err := c.room()
	if err != nil {
		return err
	}
	var w wireRoom
	a := &w.Attributes
	a.Name, a.Description, a.Keywords = s.name, s.about, []wireTag{{"desk", "harbor"}}
	a.CanInvite, a.Discoverable, a.Public, a.ReadOnly = !s.readOnly, s.public, s.public, s.readOnly
	a.CopyProtected, a.CrossPod, a.ViewHistory, a.Multilateral = s.copyProtected, s.external, !s.noHistory, s.multilateral
	w.System.ID, w.System.Created, w.System.Active, w.System.Creator = s.id, s.created, s.active, podBase+1
	writeJSON(c.w, http.StatusOK, w)
	return nil
}

type wireMember struct {
	ID     int64 `json:"id"`
	Owner  bool  `json:"owner"`
	Joined int64 `json:"joinDate"`
}

func (c *call) roomMembers() *apiError {
	s, err := c.room()
	if err != nil {
		return err
	}
	all := []wireMember{}
	for i, m := range s.members {
		w := wireMember{ID: m, Owner: i == 1, Joined: s.created}
		if m == c.user {
			w.Joined = s.joined
		}
		all = append(all, w)
	}
	writeJSON(c.w, http.StatusOK, all)
	return nil
}

type wirePreview struct {
	File  string `json:"fileId"`
	Width int    `json:"width"`
}

type wireListed struct {
	Message  string        `json:"messageId"`
	User     int64         `json:"userId"`
	At       int64         `json:"ingestionDate"`
	File     string        `json:"fileId"`
	Name     string        `json:"name"`
	Size     int64         `json:"size"`
	Kind     string        `json:"content-type,omitempty"`
	Odd      string        `json:"contentType,omitempty"` // as the document's own example has it
	Previews []wirePreview `json:"previews"`
}

// listAttachments lists the files of a stream, with their messages' ids in the
// standard alphabet, and those from before the account came in as well.
func (c *call) listAttachments() *apiError {
	s, err := c.stream("sid")
	if err != nil {
		return err
	}
	d := c.s.data
	since, err := c.number("since", 0)
	if err != nil {
		return err
	}
	to, err := c.number("to", 1<<60)
	if err != nil {
		return err
	}
	limit, err := c.number("limit", 50)
	if err != nil || limit == 0 || limit > 100 {
		return bad("limit must be a positive integer and must not exceed 100")
	}
	down := strings.EqualFold(c.r.URL.Query().Get("sortDir"), "DESC")
	wrong, odd := c.s.mode("wrong-size"), c.s.mode("odd-shapes")
	all := []wireListed{}
	d.mu.RLock()
	defer d.mu.RUnlock()
	first, end := d.first(&s, since), d.first(&s, to+1)
	for k := range end - first {
		n := first + k
		if down {
			n = end - 1 - k
		}
		m, _ := d.message(&s, n)
		for i := range m.files {
			f := &m.files[i]
			w := wireListed{standard(m.id), m.from, m.at, f.id, f.name, f.told(wrong), f.kind, "", c.s.previews(f, m.n+i)}
			if odd {
				w.Kind, w.Odd = "", f.kind
			}
			all = append(all, w)
		}
		if len(all) >= int(limit) {
			break
		}
	}
	writeJSON(c.w, http.StatusOK, all[:min(len(all), int(limit))])
	return nil
}
