package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"switchboard/api"
)

// errNoID is an answer to a creation that does not name what was created.
var errNoID = errors.New("no id in the answer")

// What the service takes.
const (
	maxTeamName        = 250  // characters
	maxTeamDescription = 1000 // characters
	maxMembers         = 1000 // of one request; the documents give no number
)

// NewTeam describes a team that is to be made (TMCreateTeamRequest).
type NewTeam struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Public      bool     `json:"public"`
	Members     []Member `json:"members,omitempty"` // besides oneself
}

// TeamChange is what is to be changed of a team (TMUpdateTeamRequest); nil
// leaves as it is.
type TeamChange struct {
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
	Public      *bool   `json:"public,omitempty"`
}

// Teams returns a page of one's teams, archived ones too, and of the public
// ones, oldest first and without members (listGlipTeamsNew, Medium).
// ChatQuery.Types is ignored.
func (c *Client) Teams(ctx context.Context, q ChatQuery) (list ChatList, err error) {
	q.Types = nil
	list.Records, list.Broken, list.Next, err = teamPage[Chat](ctx, c, api.Request{Op: "listGlipTeamsNew", Group: api.Medium}, q.Next, func(old bool) (string, url.Values) {
		return glipBase(old) + "/teams", q.values()
	})
	return list, err
}

// Team returns one team, without its members (readGlipTeamNew, Light).
func (c *Client) Team(ctx context.Context, id ID) (Chat, error) {
	return c.readTeam(ctx, "readGlipTeamNew", "/teams/", id)
}

// CreateTeam makes a team (createGlipTeamNew, Medium; createGlipGroup before).
// It is never sent twice: a lost answer is an unknown outcome.
func (c *Client) CreateTeam(ctx context.Context, t NewTeam) (Chat, error) {
	r := api.Request{Op: "createGlipTeamNew", Method: http.MethodPost, Group: api.Medium}
	var made Chat
	if err := checkTeam(r.Op, t); err != nil {
		return made, err
	}
	err := c.glip.ask(func(old bool) error {
		r.Path, r.Body = teamPath+"/teams", t
		if old {
			r.Path, r.Body = glipPath+"/groups", struct {
				Type        string `json:"type"`
				Public      bool   `json:"isPublic"`
				Name        string `json:"name"`
				Description string `json:"description,omitempty"`
				Members     []ID   `json:"members,omitempty"`
			}{ChatTeam, t.Public, t.Name, t.Description, idsOf(t.Members)}
		}
		_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) error { return decodeMade(raw, &made, &made.ID) }))
		return err
	})
	return made, err
}

func checkTeam(op string, t NewTeam) error {
	switch n := utf8.RuneCountInString(t.Name); {
	case n == 0:
		return fmt.Errorf("RingCentral %s: a team needs a name", op)
	case n > maxTeamName:
		return fmt.Errorf("RingCentral %s: %w: a team's name of %d characters, at most %d", op, ErrTooLong, n, maxTeamName)
	case utf8.RuneCountInString(t.Description) > maxTeamDescription:
		return fmt.Errorf("RingCentral %s: %w: a description of more than %d characters", op, ErrTooLong, maxTeamDescription)
	}
	return checkMembers(op, t.Members, maxMembers)
}

// checkMembers refuses what is no member: no one, two, or neither of id and
// address.
func checkMembers(op string, list []Member, most int) error {
	if len(list) > most {
		return fmt.Errorf("RingCentral %s: %d members, at most %d", op, len(list), most)
	}
	for _, m := range list {
		if (m.ID == "") == (m.Email == "") || m.ID != "" && !m.ID.usable() {
			return notAnID(op, m.ID)
		}
	}
	return nil
}

func idsOf(list []Member) []ID {
	var ids []ID
	for _, m := range list {
		if m.ID != "" {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

func emailsOf(list []Member) []string {
	var emails []string
	for _, m := range list {
		if m.Email != "" {
			emails = append(emails, m.Email)
		}
	}
	return emails
}

// UpdateTeam changes a team (patchGlipTeamNew, Medium). It may be repeated.
func (c *Client) UpdateTeam(ctx context.Context, id ID, change TeamChange) (k Chat, err error) {
	const op = "patchGlipTeamNew"
	if !id.usable() {
		return k, notAnID(op, id)
	}
	if change.Name != nil {
		t := NewTeam{Name: *change.Name}
		if change.Description != nil {
			t.Description = *change.Description
		}
		if err := checkTeam(op, t); err != nil {
			return k, err
		}
	}
	err = c.team(ctx, api.Request{
		Op: op, Method: http.MethodPatch, Path: "/teams/" + string(id), Body: change, Group: api.Medium, Safe: true,
	}, &k)
	return k, err
}

// JoinTeam makes oneself a member of a public team (joinGlipTeamNew, Medium).
func (c *Client) JoinTeam(ctx context.Context, id ID) error {
	return c.teamDo(ctx, api.Request{Op: "joinGlipTeamNew"}, "/teams/", id, "/join")
}

// LeaveTeam ends one's membership (leaveGlipTeamNew, Medium).
func (c *Client) LeaveTeam(ctx context.Context, id ID) error {
	return c.teamDo(ctx, api.Request{Op: "leaveGlipTeamNew"}, "/teams/", id, "/leave")
}

// ArchiveTeam puts a team away, or brings it back (archiveGlipTeamNew,
// unarchiveGlipTeamNew, Medium). It may be repeated.
func (c *Client) ArchiveTeam(ctx context.Context, id ID, on bool) error {
	if on {
		return c.teamDo(ctx, api.Request{Op: "archiveGlipTeamNew", Safe: true}, "/teams/", id, "/archive")
	}
	return c.teamDo(ctx, api.Request{Op: "unarchiveGlipTeamNew", Safe: true}, "/teams/", id, "/unarchive")
}

// DeleteTeam removes a team with everything in it, for everybody
// (deleteGlipTeamNew, Medium). There is no way back.
func (c *Client) DeleteTeam(ctx context.Context, id ID) error {
	return c.teamDo(ctx, api.Request{Op: "deleteGlipTeamNew", Method: http.MethodDelete}, "/teams/", id, "")
}

// AddMembers makes people members of a team (addGlipTeamMembersNew, Medium;
// assignGlipGroupMembers before).
func (c *Client) AddMembers(ctx context.Context, team ID, members []Member) error {
	return c.changeMembers(ctx, "addGlipTeamMembersNew", team, "/add", members, func() any {
		return struct {
			IDs    []ID     `json:"addedPersonIds,omitempty"`
			Emails []string `json:"addedPersonEmails,omitempty"`
		}{idsOf(members), emailsOf(members)}
	})
}

// RemoveMembers ends memberships (removeGlipTeamMembersNew, Medium;
// assignGlipGroupMembers before).
func (c *Client) RemoveMembers(ctx context.Context, team ID, ids []ID) error {
	return c.changeMembers(ctx, "removeGlipTeamMembersNew", team, "/remove", MembersOf(ids...), func() any {
		return map[string][]ID{"removedPersonIds": ids}
	})
}

func (c *Client) changeMembers(ctx context.Context, op string, team ID, tail string, members []Member, older func() any) error {
	if !team.usable() {
		return notAnID(op, team)
	}
	if len(members) == 0 {
		return fmt.Errorf("RingCentral %s: %w", op, api.ErrNoIDs)
	}
	if err := checkMembers(op, members, maxMembers); err != nil {
		return err
	}
	r := api.Request{Op: op, Method: http.MethodPost, Group: api.Medium}
	return c.glip.ask(func(old bool) error {
		r.Path, r.Body = teamPath+"/teams/"+string(team)+tail, map[string][]Member{"members": members}
		if old {
			r.Path, r.Body = glipPath+"/groups/"+string(team)+"/bulk-assign", older()
		}
		_, err := c.Do(ctx, r, nil)
		return err
	})
}
