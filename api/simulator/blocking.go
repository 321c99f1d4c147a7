package simulator

import (
	"net/http"
	"slices"
	"sync"
	"unicode/utf8"
)

const maxLabel = 60

type wireBlocked struct {
	URI    string `json:"uri"`
	ID     string `json:"id"`
	Number string `json:"phoneNumber"`
	Label  string `json:"label,omitempty"`
	Status string `json:"status"`
}

type presetInfo struct {
	URI  string `json:"uri"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

type blockedGreeting struct {
	Type   string     `json:"type"`
	Preset presetInfo `json:"preset"`
}

// blockSettings are the answer, and with empty fields the change.
type blockSettings struct {
	Mode      string            `json:"mode,omitempty"`
	NoCaller  string            `json:"noCallerId,omitempty"`
	PayPhones string            `json:"payPhones,omitempty"`
	Greetings []blockedGreeting `json:"greetings,omitempty"`
}

// blockList are the numbers blocked and allowed, and the settings around them.
type blockList struct {
	mu       sync.Mutex
	list     []wireBlocked
	settings blockSettings
	serial   int64
}

const blockPath = basePath + "/caller-blocking"

// blockRoutes are today's paths; the older …/blocked-number is gone.
func blockRoutes() map[string]*op {
	const at = "/restapi/v1.0/account/{account}/extension/{extension}/caller-blocking"
	read := op{group: "Light", app: "ReadAccounts", user: "ReadBlockedNumbers"}
	edit := op{group: "Medium", app: "EditExtensions", user: "EditBlockedNumbers", edit: true}
	change := edit
	change.group = "Light"
	return map[string]*op{
		"GET " + at:                            read.as("readCallerBlockingSettings", (*call).readBlocking),
		"PUT " + at:                            change.as("updateCallerBlockingSettings", (*call).updateBlocking),
		"GET " + at + "/phone-numbers":         read.as("listBlockedAllowedNumbers", (*call).listBlocked),
		"POST " + at + "/phone-numbers":        edit.as("createBlockedAllowedNumber", (*call).createBlocked),
		"GET " + at + "/phone-numbers/{id}":    read.as("readBlockedAllowedNumber", (*call).readBlocked),
		"PUT " + at + "/phone-numbers/{id}":    edit.as("updateBlockedAllowedNumber", (*call).updateBlocked),
		"DELETE " + at + "/phone-numbers/{id}": edit.as("deleteBlockedAllowedNumber", (*call).deleteBlocked),
	}
}

func (s *Server) newBlocks() {
	b := &s.blocks
	b.settings = blockSettings{Mode: "Specific", NoCaller: "Allow", PayPhones: "Allow"}
	for _, kind := range []string{"BlockedCallersAll", "BlockedCallersSpecific", "BlockedNoCallerId", "BlockedPayPhones"} {
		b.settings.Greetings = append(b.settings.Greetings, blockedGreeting{kind, presetInfo{s.platform.url + greetingPath + "/66560", "66560", "General Blocked Message"}})
	}
	b.list = []wireBlocked{s.newBlocked("+13035550177", "Robot calls", "Blocked"), s.newBlocked("+14155550188", "Courier", "Allowed")}
}

func (s *Server) newBlocked(number, label, status string) wireBlocked {
	s.blocks.serial++
	id := itoa(49_700_000 + s.blocks.serial*4)
	return wireBlocked{s.platform.url + blockPath + "/phone-numbers/" + id, id, number, label, status}
}

// has reports whether a number is blocked.
func (b *blockList) has(number string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.list, func(w wireBlocked) bool { return w.Number == number && w.Status == "Blocked" })
}

func (c *call) readBlocking() *apiError {
	b := &c.s.blocks
	b.mu.Lock()
	defer b.mu.Unlock()
	writeJSON(c.w, http.StatusOK, b.settings)
	return nil
}

func (c *call) updateBlocking() *apiError {
	var change blockSettings
	if err := decodeBody(c.r.Body, &change); err != nil {
		return err
	}
	for _, one := range []struct {
		name, value string
		known       []string
	}{
		{"mode", change.Mode, []string{"", "Specific", "All"}},
		{"noCallerId", change.NoCaller, []string{"", "BlockCallsAndFaxes", "BlockFaxes", "Allow"}},
		{"payPhones", change.PayPhones, []string{"", "Block", "Allow"}},
	} {
		if !slices.Contains(one.known, one.value) {
			return badParameter(one.name)
		}
	}
	b := &c.s.blocks
	b.mu.Lock()
	defer b.mu.Unlock()
	now := &b.settings
	for to, value := range map[*string]string{&now.Mode: change.Mode, &now.NoCaller: change.NoCaller, &now.PayPhones: change.PayPhones} {
		if value != "" {
			*to = value
		}
	}
	if change.Greetings != nil {
		now.Greetings = change.Greetings
	}
	writeJSON(c.w, http.StatusOK, *now)
	return nil
}

func (c *call) listBlocked() *apiError {
	status := c.r.URL.Query().Get("status")
	if status == "" {
		status = "Blocked"
	}
	if status != "Blocked" && status != "Allowed" {
		return badParameter("status")
	}
	b := &c.s.blocks
	b.mu.Lock()
	list := slices.DeleteFunc(slices.Clone(b.list), func(w wireBlocked) bool { return w.Status != status })
	b.mu.Unlock()
	return listAll(c, c.s.platform.url+blockPath+"/phone-numbers", list)
}

// blockedRequest reads the number, the label and the status to set.
func (c *call) blockedRequest() (w wireBlocked, refused *apiError) {
	if err := decodeBody(c.r.Body, &w); err != nil {
		return w, err
	}
	switch {
	case len(digits(w.Number)) < 7 || len(digits(w.Number)) > 15:
		return w, badParameter("phoneNumber")
	case utf8.RuneCountInString(w.Label) > maxLabel:
		return w, badParameter("label")
	case w.Status == "":
		w.Status = "Blocked"
	case w.Status != "Blocked" && w.Status != "Allowed":
		return w, badParameter("status")
	}
	w.Number = e164(w.Number)
	return w, nil
}

func (c *call) createBlocked() *apiError {
	w, err := c.blockedRequest()
	if err != nil {
		return err
	}
	b := &c.s.blocks
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.list, func(have wireBlocked) bool { return have.Number == w.Number }) {
		return badParameter("phoneNumber") // it is on one of the lists already
	}
	made := c.s.newBlocked(w.Number, w.Label, w.Status)
	b.list = append(b.list, made)
	writeJSON(c.w, http.StatusOK, made)
	return nil
}

// blockedIndex finds the entry that the path names. The caller holds the lock.
func (c *call) blockedIndex() (int, *apiError) {
	i := slices.IndexFunc(c.s.blocks.list, func(w wireBlocked) bool { return w.ID == c.r.PathValue("id") })
	if i < 0 {
		return 0, notFound("blockedNumberId")
	}
	return i, nil
}

func (c *call) readBlocked() *apiError {
	c.s.blocks.mu.Lock()
	defer c.s.blocks.mu.Unlock()
	i, err := c.blockedIndex()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.blocks.list[i])
	return nil
}

func (c *call) updateBlocked() *apiError {
	w, err := c.blockedRequest()
	if err != nil {
		return err
	}
	c.s.blocks.mu.Lock()
	defer c.s.blocks.mu.Unlock()
	i, err := c.blockedIndex()
	if err != nil {
		return err
	}
	now := &c.s.blocks.list[i]
	now.Number, now.Label, now.Status = w.Number, w.Label, w.Status
	writeJSON(c.w, http.StatusOK, *now)
	return nil
}

func (c *call) deleteBlocked() *apiError {
	c.s.blocks.mu.Lock()
	defer c.s.blocks.mu.Unlock()
	i, err := c.blockedIndex()
	if err != nil {
		return err
	}
	c.s.blocks.list = slices.Delete(c.s.blocks.list, i, i+1)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
