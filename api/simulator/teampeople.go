package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/corpus/teams"
)

type wirePerson struct {
	ID       string `json:"id"`
	First    string `json:"firstName,omitempty"`
	Last     string `json:"lastName,omitempty"`
	Email    string `json:"email,omitempty"`
	Company  string `json:"companyId,omitempty"`
	Created  string `json:"creationTime"`
	Modified string `json:"lastModifiedTime"`
}

const (
	maxPersons     = 30
	guestCompanyID = "37439777"
)

func wirePersonOf(p teams.Person) wirePerson {
	w := wirePerson{
		ID: itoa(p.ID), First: p.First, Last: p.Last, Email: p.Email, Company: accountID,
		Created: stamp(p.Since), Modified: stamp(p.Since.Add(time.Hour)),
	}
	if p.Guest {
		w.Company = guestCompanyID
	}
	return w
}

func (c *call) readPersons() *apiError {
	ids := strings.Split(c.r.PathValue("persons"), ",")
	if len(ids) > maxPersons {
		return &apiError{status: http.StatusBadRequest, code: "InvalidMultipartRequest", message: "No more than 30 persons can be asked for at once"}
	}
	parts := make([]part, 0, len(ids))
	for _, id := range ids {
		p := part{href: c.s.platform.url + "/team-messaging/v1/persons/" + id}
		n, err := strconv.ParseInt(id, 10, 64)
		if who, ok := c.s.teams.base.Person(n); err == nil && ok {
			p.body = wirePersonOf(who)
		} else {
			p.err = notFound("personId")
		}
		parts = append(parts, p)
	}
	return c.writeParts(parts, "personId")
}

type wireCompany struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Domain   string `json:"domain"`
	Created  string `json:"creationTime"`
	Modified string `json:"lastModifiedTime"`
}

func (c *call) readCompany() *apiError {
	since := stamp(time.Date(2019, 4, 3, 9, 30, 0, 0, time.UTC))
	switch c.r.PathValue("company") {
	case "~", accountID:
		writeJSON(c.w, http.StatusOK, wireCompany{accountID, corpus.OwnerCompany, "harborstreet.example", since, since})
	case guestCompanyID:
		writeJSON(c.w, http.StatusOK, wireCompany{guestCompanyID, "Harbor Street Logistics", "hsl.example", since, since})
	default:
		return notFound("companyId")
	}
	return nil
}

// teamHook is a webhook.
type teamHook struct {
	ID       string   `json:"id"`
	Creator  string   `json:"creatorId"`
	Groups   []string `json:"groupIds"`
	Created  string   `json:"creationTime"`
	Modified string   `json:"lastModifiedTime"`
	URI      string   `json:"uri"`
	Status   string   `json:"status"`
}

func (c *call) createHook() *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.find(c.r.PathValue("chat"), true)
	if err != nil {
		return &apiError{status: http.StatusBadRequest, code: "CMN-101", message: "Group is not found", parameter: "groupId"}
	}
	now := stamp(b.now())
	h := &teamHook{ID: itoa(b.nextID()), Creator: itoa(me()), Groups: []string{itoa(k.ID)}, Created: now, Modified: now, Status: "Active"}
	h.URI = c.s.platform.url + "/webhook/" + h.ID
	b.hooks = append(b.hooks, h)
	writeJSON(c.w, http.StatusOK, c.oldHook(h))
	return nil
}

// oldHook is a webhook as the path of the request has it: the older one spells a
// member otherwise.
func (c *call) oldHook(h *teamHook) any {
	if !c.older() {
		return h
	}
	return struct {
		*teamHook
		Groups []string `json:"groupIds,omitempty"`
		Older  []string `json:"groupsId"`
	}{h, nil, h.Groups}
}

func (c *call) older() bool { return strings.HasPrefix(c.r.URL.Path, "/restapi/v1.0/glip/") }

func (c *call) listHooks() *apiError {
	return c.hooks(func(h *teamHook) bool {
		id := c.r.PathValue("chat")
		return id == "" || slices.Contains(h.Groups, id)
	})
}

func (c *call) readHooks() *apiError {
	ids := strings.Split(c.r.PathValue("hook"), ",")
	c.s.teams.mu.Lock()
	known := slices.ContainsFunc(c.s.teams.hooks, func(h *teamHook) bool { return slices.Contains(ids, h.ID) })
	c.s.teams.mu.Unlock()
	if !known {
		return notFound("webhookId")
	}
	return c.hooks(func(h *teamHook) bool { return slices.Contains(ids, h.ID) })
}

func (c *call) hooks(wanted func(*teamHook) bool) *apiError {
	c.s.teams.mu.Lock()
	defer c.s.teams.mu.Unlock()
	list := struct {
		Records []any `json:"records"`
	}{[]any{}}
	for _, h := range c.s.teams.hooks {
		if wanted(h) {
			list.Records = append(list.Records, c.oldHook(h))
		}
	}
	writeJSON(c.w, http.StatusOK, list)
	return nil
}

func (c *call) activateHook() *apiError { return c.turnHook("Active") }
func (c *call) suspendHook() *apiError  { return c.turnHook("Suspended") }
func (c *call) deleteHook() *apiError   { return c.turnHook("Deleted") }

func (c *call) turnHook(status string) *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.hooks, func(h *teamHook) bool { return h.ID == c.r.PathValue("hook") })
	if i < 0 {
		return notFound("webhookId")
	}
	b.hooks[i].Status, b.hooks[i].Modified = status, stamp(b.now())
	if status == "Deleted" {
		b.hooks = slices.Delete(b.hooks, i, i+1)
	}
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
	return nil
}
