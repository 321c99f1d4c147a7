package simulator

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"switchboard/api/simulator/corpus/teams"
)

// teamChange is the body of a team's creation or change.
type teamChange struct {
	Name        *string      `json:"name"`
	Description *string      `json:"description"`
	Public      *bool        `json:"public"`
	Members     []wireMember `json:"members"`
}

func (t teamChange) check() *apiError {
	switch {
	case t.Name != nil && (strings.TrimSpace(*t.Name) == "" || utf8.RuneCountInString(*t.Name) > 250):
		return badParameter("name")
	case t.Description != nil && utf8.RuneCountInString(*t.Description) > 1000:
		return badParameter("description")
	}
	return nil
}

// persons finds who is named by id or address. Addresses of nobody belong to
// guests, as they do when one invites somebody.
func (s *Server) persons(list []wireMember) ([]int64, *apiError) {
	var ids []int64
	for _, m := range list {
		var id int64
		switch {
		case m.ID != "":
			n, err := strconv.ParseInt(m.ID, 10, 64)
			if _, ok := s.teams.base.Person(n); err != nil || !ok {
				return nil, &apiError{status: http.StatusBadRequest, code: "CMN-101", message: "Person [" + m.ID + "] is not found", parameter: "members"}
			}
			id = n
		case strings.Contains(m.Email, "@"):
			id = s.addressed(m.Email)
		default:
			return nil, badParameter("members")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *Server) addressed(email string) int64 {
	for i := range s.cfg.Directory {
		if e := s.corpus.Entry(i); e.Person() && strings.EqualFold(e.Email, email) {
			return e.ID
		}
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(email))) // never fails
	return teams.Guest(int(h.Sum32() % 1000))
}

func (c *call) createTeam() *apiError {
	var t teamChange
	if err := decodeBody(c.r.Body, &t); err != nil {
		return err
	}
	k, err := c.makeTeam(t)
	if err != nil {
		return err
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	writeJSON(c.w, http.StatusCreated, c.s.teams.wireChat(&k, false))
	return nil
}

func (c *call) makeTeam(t teamChange) (teams.Chat, *apiError) {
	if t.Name == nil {
		return teams.Chat{}, badParameter("name")
	}
	if err := t.check(); err != nil {
		return teams.Chat{}, err
	}
	ids, err := c.s.persons(t.Members)
	if err != nil {
		return teams.Chat{}, err
	}
	k := teams.Chat{Type: teams.Team, Name: *t.Name, Members: []int64{me()}}
	if t.Description != nil {
		k.Description = *t.Description
	}
	k.Public = t.Public != nil && *t.Public
	for _, id := range ids {
		if id != me() {
			k.Members = append(k.Members, id)
		}
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.addChat(k)
	c.s.tellChat("GroupJoined", &st.Chat)
	if len(st.Members) > 1 {
		c.s.added(st, st.Members[1:])
	}
	return st.Chat, nil
}

// added posts that people were added. The caller holds the lock.
func (s *Server) added(st *chatState, ids []int64) {
	p := s.teams.add(&st.Chat, teams.Post{Type: "PersonsAdded", Creator: me(), Added: slices.Clone(ids)})
	s.tellPost("PostAdded", &st.Chat, &p)
}

// team finds the team of a path, which the user must be in. The caller holds
// the lock.
func (c *call) team(mine bool) (teams.Chat, *apiError) {
	k, err := c.s.teams.find(c.r.PathValue("chat"), mine)
	if err == nil && k.Type != teams.Team {
		err = notFound("chatId")
	}
	return k, err
}

func (c *call) updateTeam() *apiError {
	var t teamChange
	if err := decodeBody(c.r.Body, &t); err != nil {
		return err
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, err := c.team(true)
	if err != nil {
		return err
	}
	return c.applyTeam(&k, t)
}

// applyTeam changes a chat and answers with it. The caller holds the lock.
func (c *call) applyTeam(k *teams.Chat, t teamChange) *apiError {
	if err := t.check(); err != nil {
		return err
	}
	st := c.s.teams.change(k.Index)
	if t.Name != nil {
		st.Name = *t.Name
	}
	if t.Description != nil {
		st.Description = *t.Description
	}
	if t.Public != nil && st.Type == teams.Team {
		st.Public = *t.Public
	}
	c.s.tellChat("GroupChanged", &st.Chat)
	writeJSON(c.w, http.StatusOK, c.s.teams.wireChat(&st.Chat, false))
	return nil
}

// onTeam makes a change that answers nothing.
func (c *call) onTeam(mine bool, event string, change func(*chatState) *apiError) *apiError {
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, err := c.team(mine)
	if err != nil {
		return err
	}
	st := c.s.teams.change(k.Index)
	if err := change(st); err != nil {
		return err
	}
	c.s.tellChat(event, &st.Chat)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) joinTeam() *apiError {
	return c.onTeam(false, "GroupJoined", func(st *chatState) *apiError {
		if st.Mine {
			return nil
		}
		st.Mine, st.Members = true, append(st.Members, me())
		p := c.s.teams.add(&st.Chat, teams.Post{Type: "PersonJoined", Creator: me()})
		c.s.tellPost("PostAdded", &st.Chat, &p)
		return nil
	})
}

func (c *call) leaveTeam() *apiError {
	return c.onTeam(true, "GroupLeft", func(st *chatState) *apiError {
		st.Mine = false
		st.Members = slices.DeleteFunc(st.Members, func(id int64) bool { return id == me() })
		return nil
	})
}

func (c *call) archiveTeam() *apiError   { return c.archive(true) }
func (c *call) unarchiveTeam() *apiError { return c.archive(false) }

func (c *call) archive(on bool) *apiError {
	return c.onTeam(true, "GroupChanged", func(st *chatState) *apiError {
		st.Archived = on
		return nil
	})
}

func (c *call) deleteTeam() *apiError {
	return c.onTeam(true, "GroupLeft", func(st *chatState) *apiError {
		st.deleted, st.Mine = true, false
		return nil
	})
}

func (c *call) addMembers() *apiError {
	var t teamChange
	if err := decodeBody(c.r.Body, &t); err != nil {
		return err
	}
	ids, err := c.s.persons(t.Members)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return badParameter("members")
	}
	return c.onTeam(true, "GroupChanged", func(st *chatState) *apiError { return c.join(st, ids) })
}

// join adds people to a team. The caller holds the lock.
func (c *call) join(st *chatState, ids []int64) *apiError {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(st.Members, id) })
	if len(ids) > 0 {
		st.Members = append(st.Members, ids...)
		c.s.added(st, ids)
	}
	return nil
}

func (c *call) removeMembers() *apiError {
	var t teamChange
	if err := decodeBody(c.r.Body, &t); err != nil {
		return err
	}
	ids, err := c.s.persons(t.Members)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return badParameter("members")
	}
	return c.onTeam(true, "GroupChanged", func(st *chatState) *apiError { return dismiss(st, ids) })
}

// dismiss ends memberships.
func dismiss(st *chatState, ids []int64) *apiError {
	st.Members = slices.DeleteFunc(st.Members, func(id int64) bool { return slices.Contains(ids, id) })
	st.Mine = slices.Contains(st.Members, me())
	return nil
}

const maxConversation = 15

// openConversation makes a chat with exactly these people, or finds it.
func (c *call) openConversation() *apiError {
	var t teamChange
	if err := decodeBody(c.r.Body, &t); err != nil {
		return err
	}
	ids, err := c.s.persons(t.Members)
	if err != nil {
		return err
	}
	if len(ids) > maxConversation {
		return badParameter("members")
	}
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	k, made := c.s.conversation(ids)
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	writeJSON(c.w, status, c.s.teams.wireChat(&k, true))
	return nil
}

// conversation finds or makes the nameless chat of some people. The caller
// holds the lock.
func (s *Server) conversation(ids []int64) (k teams.Chat, made bool) {
	ids = append([]int64{me()}, slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == me() })...)
	kind := teams.Group
	switch len(ids) {
	case 1:
		kind = teams.Personal
	case 2:
		kind = teams.Direct
	}
	b := s.teams
	want := slices.Sorted(slices.Values(ids))
	for _, i := range b.sorted() {
		if has, mine, alive := b.about(i); !alive || !mine || has != kind {
			continue
		}
		if k, _ := b.chat(i); slices.Equal(slices.Sorted(slices.Values(k.Members)), want) {
			return k, false
		}
	}
	st := b.addChat(teams.Chat{Type: kind, Members: ids})
	s.tellChat("GroupJoined", &st.Chat)
	return st.Chat, true
}
