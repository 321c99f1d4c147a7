package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

type wireForward struct {
	ID       string   `json:"id"`
	URI      string   `json:"uri"`
	Number   string   `json:"phoneNumber"`
	Label    string   `json:"label"`
	Features []string `json:"features"`
	Flip     string   `json:"flipNumber,omitempty"`
	Type     string   `json:"type"`
}

// forwardList are the phones that calls are passed on to.
type forwardList struct {
	mu     sync.Mutex
	list   []wireForward
	serial int64
}

const forwardPath = basePath + "/forwarding-number"

func forwardRoutes() map[string]*op {
	const at = "/restapi/v1.0/account/{account}/extension/{extension}/forwarding-number"
	read := op{group: "Light", app: "ReadAccounts", user: "ReadUserForwardingFlipNumbers"}
	edit := op{group: "Medium", app: "EditExtensions", user: "EditUserForwardingFlipNumbers", edit: true}
	return map[string]*op{
		"GET " + at:              read.as("listForwardingNumbers", (*call).listForwards),
		"POST " + at:             edit.as("createForwardingNumber", (*call).createForward),
		"GET " + at + "/{id}":    read.as("readForwardingNumber", (*call).readForward),
		"PUT " + at + "/{id}":    edit.as("updateForwardingNumber", (*call).updateForward),
		"DELETE " + at + "/{id}": edit.as("deleteForwardingNumber", (*call).deleteForward),
	}
}

func (s *Server) newForwards() {
	for _, f := range []wireForward{
		{Number: "+16505550131", Label: "Desk phone", Type: "Work", Flip: "2"},
		{Number: "+16505550132", Label: "Mobile", Type: "Mobile", Flip: "3"},
	} {
		s.forwards.list = append(s.forwards.list, s.newForward(f))
	}
}

func (s *Server) newForward(f wireForward) wireForward {
	s.forwards.serial++
	f.ID = itoa(12_870_000 + s.forwards.serial*4)
	f.URI = s.platform.url + forwardPath + "/" + f.ID
	f.Features = []string{"CallFlip", "CallForwarding"}
	if f.Type == "" {
		f.Type = "Other"
	}
	return f
}

func (c *call) listForwards() *apiError {
	f := &c.s.forwards
	f.mu.Lock()
	list := slices.Clone(f.list)
	f.mu.Unlock()
	return listAll(c, c.s.platform.url+forwardPath, list)
}

// forwardRequest reads what a phone is to be. The flip number is a number when
// one is made and text when one is changed.
func (c *call) forwardRequest() (f wireForward, refused *apiError) {
	var req struct {
		Number string          `json:"phoneNumber"`
		Label  string          `json:"label"`
		Type   string          `json:"type"`
		Flip   json.RawMessage `json:"flipNumber"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return f, err
	}
	flip := strings.Trim(string(req.Flip), `"`)
	kinds := []string{"", "Home", "Mobile", "Work", "PhoneLine", "Outage", "Other", "BusinessMobilePhone", "ExtensionApps"}
	d := digits(req.Number)
	_, notNumber := strconv.Atoi(flip)
	switch {
	case req.Number != "" && (len(d) < 7 || len(d) > 15):
		return f, badParameter("phoneNumber")
	case utf8.RuneCountInString(req.Label) > maxLabel:
		return f, badParameter("label")
	case !slices.Contains(kinds, req.Type):
		return f, badParameter("type")
	case flip != "" && notNumber != nil:
		return f, badParameter("flipNumber")
	}
	f = wireForward{Label: req.Label, Type: req.Type, Flip: flip}
	if req.Number != "" {
		f.Number = e164(req.Number)
	}
	return f, nil
}

func (c *call) createForward() *apiError {
	f, err := c.forwardRequest()
	if err != nil {
		return err
	}
	if f.Number == "" {
		return badParameter("phoneNumber")
	}
	if f.Type != "" {
		f.Label = f.Type // documented: the label is ignored where there is a type
	}
	l := &c.s.forwards
	l.mu.Lock()
	defer l.mu.Unlock()
	made := c.s.newForward(f)
	l.list = append(l.list, made)
	writeJSON(c.w, http.StatusOK, made)
	return nil
}

// forwardIndex finds the phone that the path names. The caller holds the lock.
func (c *call) forwardIndex() (int, *apiError) {
	i := slices.IndexFunc(c.s.forwards.list, func(f wireForward) bool { return f.ID == c.r.PathValue("id") })
	if i < 0 {
		return 0, notFound("forwardingNumberId")
	}
	return i, nil
}

func (c *call) readForward() *apiError {
	c.s.forwards.mu.Lock()
	defer c.s.forwards.mu.Unlock()
	i, err := c.forwardIndex()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.forwards.list[i])
	return nil
}

func (c *call) updateForward() *apiError {
	f, err := c.forwardRequest()
	if err != nil {
		return err
	}
	c.s.forwards.mu.Lock()
	defer c.s.forwards.mu.Unlock()
	i, err := c.forwardIndex()
	if err != nil {
		return err
	}
	now := &c.s.forwards.list[i]
	for to, value := range map[*string]string{&now.Number: f.Number, &now.Label: f.Label, &now.Type: f.Type, &now.Flip: f.Flip} {
		if value != "" {
			*to = value
		}
	}
	writeJSON(c.w, http.StatusOK, *now)
	return nil
}

func (c *call) deleteForward() *apiError {
	c.s.forwards.mu.Lock()
	defer c.s.forwards.mu.Unlock()
	i, err := c.forwardIndex()
	if err != nil {
		return err
	}
	c.s.forwards.list = slices.Delete(c.s.forwards.list, i, i+1)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
