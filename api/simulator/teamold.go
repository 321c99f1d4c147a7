package simulator

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"switchboard/api/simulator/corpus/teams"
)

// SetTeamsAge says how old the service's team messaging is: "" for today's,
// which answers today's paths and the older ones, "2019" for one that knows the
// paths below /restapi/v1.0/glip only, and "2018" for one that calls chats
// groups and knows no others.
func (s *Server) SetTeamsAge(age string) error {
	if !slices.Contains([]string{"", "2019", "2018"}, age) {
		return fmt.Errorf("simulator: team messaging of %q; known: 2019, 2018, or none", age)
	}
	s.teams.mu.Lock()
	defer s.teams.mu.Unlock()
	s.teams.age = age
	return nil
}

// since lets a path exist from an age on.
func since(newest string, handle func(*call) *apiError) func(*call) *apiError {
	return func(c *call) *apiError {
		c.s.teams.mu.Lock()
		age := c.s.teams.age
		c.s.teams.mu.Unlock()
		if age != "" && age < newest {
			return &apiError{status: http.StatusNotFound, code: "CMN-120", message: "Invalid URI"}
		}
		return handle(c)
	}
}

// listGroups is the oldest list of chats: one type at a time, other words.
func (c *call) listGroups() *apiError {
	q := c.r.URL.Query()
	kinds := map[string]string{"Group": teams.Group, "Team": teams.Team, "PrivateChat": teams.Direct, "PersonalChat": teams.Personal}
	types := []string{teams.Group, teams.Team, teams.Direct, teams.Personal}
	if kind := q.Get("type"); kind != "" {
		known, ok := kinds[kind]
		if !ok {
			return badParameter("type")
		}
		types = []string{known}
		q.Del("type")
		c.r.URL.RawQuery = q.Encode()
	}
	list := "groups"
	if len(types) == 1 {
		list += ":" + types[0]
	}
	if token := q.Get("pageToken"); token != "" { // it carries the type
		for _, kind := range kinds {
			if _, err := c.teamPlace("groups:"+kind, 0); err == nil {
				list, types = "groups:"+kind, []string{kind}
			}
		}
	}
	return listChats(c, list, types, c.s.teams.oldGroup)
}

func (c *call) readGroups() *apiError {
	ids := strings.Split(c.r.PathValue("chat"), ",")
	if len(ids) > maxPersons {
		return badParameter("groupId")
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	parts := make([]part, 0, len(ids))
	for _, id := range ids {
		k, err := b.find(id, false)
		p := part{href: c.s.platform.url + "/restapi/v1.0/glip/groups/" + id, err: err}
		if err == nil {
			p.body = b.oldGroup(&k)
		}
		parts = append(parts, p)
	}
	return c.writeParts(parts, "groupId")
}

func (c *call) createGroup() *apiError {
	var req struct {
		Type        string   `json:"type"`
		Public      bool     `json:"isPublic"`
		Name        *string  `json:"name"`
		Description *string  `json:"description"`
		Members     []string `json:"members"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	t := teamChange{Name: req.Name, Description: req.Description, Public: &req.Public}
	for _, id := range req.Members {
		t.Members = append(t.Members, wireMember{ID: id})
	}
	var k teams.Chat
	switch req.Type {
	case "Team":
		made, err := c.makeTeam(t)
		if err != nil {
			return err
		}
		k = made
	case "PrivateChat":
		ids, err := c.s.persons(t.Members)
		if err != nil {
			return err
		}
		c.s.teams.mu.Lock()
		k, _ = c.s.conversation(ids)
		c.s.teams.mu.Unlock()
	default:
		return badParameter("type")
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	writeJSON(c.w, http.StatusOK, c.s.teams.oldGroup(&k))
	return nil
}

func (c *call) bulkAssign() *apiError {
	var req struct {
		Add     []string `json:"addedPersonIds"`
		Invite  []string `json:"addedPersonEmails"`
		Dismiss []string `json:"removedPersonIds"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	var in, out []wireMember
	for _, id := range req.Add {
		in = append(in, wireMember{ID: id})
	}
	for _, email := range req.Invite {
		in = append(in, wireMember{Email: email})
	}
	for _, id := range req.Dismiss {
		out = append(out, wireMember{ID: id})
	}
	if len(in) > 0 == (len(out) > 0) { // one kind at a time
		return badParameter("addedPersonIds")
	}
	ids, err := c.s.persons(append(in, out...))
	if err != nil {
		return err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := c.team(true)
	if err != nil {
		return err
	}
	st := b.change(k.Index)
	if len(in) > 0 {
		err = c.join(st, ids)
	} else {
		err = dismiss(st, ids)
	}
	if err != nil {
		return err
	}
	c.s.tellChat("GroupChanged", &st.Chat)
	writeJSON(c.w, http.StatusOK, b.oldGroup(&st.Chat))
	return nil
}

// createGroupPost is createPost with the older status, and with a chat that may
// be named in the body.
func (c *call) createGroupPost() *apiError {
	var req postRequest
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	if id := c.r.PathValue("chat"); id == "" {
		c.r.SetPathValue("chat", req.Group)
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
	writeJSON(c.w, http.StatusOK, c.s.wirePost(&k, &p))
	return nil
}

// listGroupPosts takes the chat from the query where the path has none.
func (c *call) listGroupPosts() *apiError {
	if c.r.PathValue("chat") == "" {
		id := c.r.URL.Query().Get("groupId")
		if id == "" {
			return badParameter("groupId")
		}
		c.r.SetPathValue("chat", id)
	}
	return c.listPosts()
}

// updateGroupPost takes a text as such.
func (c *call) updateGroupPost() *apiError {
	b, err := io.ReadAll(c.r.Body)
	if err != nil || !utf8.Valid(b) {
		return badParameter("text")
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	if _, _, err := c.editPost(string(b)); err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, string(b))
	return nil
}

// uploadGroupFile answers with one file instead of a list.
func (c *call) uploadGroupFile() *apiError {
	list, err := c.upload()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, list[0])
	return nil
}
