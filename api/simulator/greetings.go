package simulator

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	greetingPath = "/restapi/v1.0/dictionary/greeting"
	maxGreeting  = 20 << 20
)

type standardGreeting struct {
	ID       string `json:"id"`
	URI      string `json:"uri"`
	Name     string `json:"name"`
	Usage    string `json:"usageType"`
	Text     string `json:"text,omitempty"`
	Content  string `json:"contentUri,omitempty"`
	Type     string `json:"type"`
	Category string `json:"category"`
}

type ruleLink struct {
	URI string `json:"uri"`
	ID  string `json:"id"`
}

type customGreeting struct {
	URI         string    `json:"uri"`
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	ContentType string    `json:"contentType"`
	ContentURI  string    `json:"contentUri"`
	Rule        *ruleLink `json:"answeringRule,omitempty"`
}

// greetingShelf are the greetings that were recorded.
type greetingShelf struct {
	mu   sync.Mutex
	made []customGreeting
}

func greetingRoutes() map[string]*op {
	const acct = "/restapi/v1.0/account/{account}"
	const ext = acct + "/extension/{extension}"
	read := op{group: "Medium"}
	user := op{group: "Heavy", app: "EditExtensions", user: "EditUserAnsweringRules", edit: true, body: maxGreeting}
	company := op{group: "Medium", app: "EditAccounts", user: "ReadUserInfo", edit: true, body: maxGreeting}
	return map[string]*op{
		"GET " + greetingPath:           read.as("listStandardGreetings", (*call).listGreetings),
		"GET " + greetingPath + "/{id}": read.as("readStandardGreeting", (*call).readGreeting),
		"POST " + acct + "/greeting":    company.as("createCompanyGreeting", (*call).createGreeting),
		"POST " + ext + "/greeting":     user.as("createCustomUserGreeting", (*call).createGreeting),
	}
}

// greetings are the ones that are ready, some of each kind.
func (s *Server) greetings() []standardGreeting {
	type kind struct {
		name, category string
		titles         []string
	}
	var list []standardGreeting
	id := 65536
	for _, k := range []kind{
		{"Introductory", "Message", []string{"Welcome", "Please Hold"}},
		{"Announcement", "Message", []string{"Closed for the Holiday"}},
		{"ConnectingMessage", "Message", []string{"Connecting You", "One Moment"}},
		{"ConnectingAudio", "Music", []string{"Acoustic", "Beautiful", "Classical", "Ring Tones"}},
		{"Voicemail", "Message", []string{"Default", "Leave a Message"}},
		{"Unavailable", "Message", []string{"Default"}},
		{"HoldMusic", "Music", []string{"Country", "Jazz", "Piano"}},
		{"Company", "Message", []string{"Main Greeting"}},
	} {
		for _, title := range k.titles {
			usage := "UserExtensionAnsweringRule"
			if k.name == "Company" {
				usage = "CompanyAnsweringRule"
			}
			n := strconv.Itoa(id)
			g := standardGreeting{ID: n, URI: s.platform.url + greetingPath + "/" + n, Name: title, Usage: usage, Type: k.name, Category: k.category}
			if k.category == "Message" {
				g.Text = title + "."
			} else {
				g.Content = s.media.url + greetingPath + "/" + n + "/content"
			}
			list = append(list, g)
			id += 256
		}
	}
	return list
}

func (c *call) listGreetings() *apiError {
	q := c.r.URL.Query()
	list := slices.DeleteFunc(c.s.greetings(), func(g standardGreeting) bool {
		return q.Get("type") != "" && q.Get("type") != g.Type || q.Get("usageType") != "" && q.Get("usageType") != g.Usage
	})
	return listAll(c, c.s.platform.url+greetingPath, list)
}

func (c *call) readGreeting() *apiError {
	list := c.s.greetings()
	i := slices.IndexFunc(list, func(g standardGreeting) bool { return g.ID == c.r.PathValue("id") })
	if i < 0 {
		return notFound("greetingId")
	}
	writeJSON(c.w, http.StatusOK, list[i])
	return nil
}

func (c *call) createGreeting() *apiError {
	s, err := c.submission()
	if err != nil {
		return err
	}
	var req struct {
		Type string `json:"type"`
		Rule struct {
			ID string `json:"id"`
		} `json:"answeringRule"`
		RuleID string `json:"answeringRuleId"`
	}
	if err := s.into(&req, nil, nil, nil); err != nil {
		return err
	}
	if req.RuleID == "" {
		req.RuleID = req.Rule.ID
	}
	kinds := []string{"Introductory", "Announcement", "ConnectingMessage", "ConnectingAudio", "Voicemail", "Unavailable", "HoldMusic", "TemplateGreeting"}
	if c.company() {
		kinds = []string{"Company", "StartRecording", "StopRecording", "AutomaticRecording", "TemplateGreeting"}
	}
	if !slices.Contains(kinds, req.Type) {
		return badParameter("type")
	}
	if len(s.files) != 1 {
		return badParameter("binary")
	}
	f := &s.files[0]
	if f.kind == "" || f.kind == "application/octet-stream" {
		f.kind = map[string]string{".mp3": "audio/mpeg", ".wav": "audio/wav"}[strings.ToLower(path.Ext(f.name))]
	}
	switch {
	case f.size == 0:
		return refuse(http.StatusBadRequest, "AWR-128", "Attachment body is empty")
	case f.kind != "audio/mpeg" && f.kind != "audio/wav":
		return refuse(http.StatusBadRequest, "AWR-129", "Invalid attachment media type")
	}
	link, err := c.greetingRule(req.RuleID, req.Type)
	if err != nil {
		return err
	}
	shelf := &c.s.shelf
	shelf.mu.Lock()
	defer shelf.mu.Unlock()
	at := basePath
	if c.company() {
		at = accountPath
	}
	id := itoa(7_330_000 + int64(len(shelf.made))*4)
	made := customGreeting{
		URI: c.s.platform.url + at + "/greeting/" + id, ID: id, Type: req.Type, ContentType: f.kind,
		ContentURI: c.s.media.url + at + "/greeting/" + id + "/content", Rule: link,
	}
	shelf.made = append(shelf.made, made)
	writeJSON(c.w, http.StatusOK, made)
	return nil
}

// greetingRule finds the rule that a greeting belongs to, and lets the rule play
// it.
func (c *call) greetingRule(id, kind string) (*ruleLink, *apiError) {
	if id == "" {
		if c.company() {
			return nil, nil
		}
		return nil, badParameter("answeringRule.id")
	}
	c.s.rules.mu.Lock()
	defer c.s.rules.mu.Unlock()
	list, path := c.rulesOf()
	i := slices.IndexFunc(*list, func(r rule) bool { return r.text("id") == id })
	if i < 0 {
		return nil, &apiError{status: http.StatusBadRequest, code: "CMN-102", parameter: "answeringRule.id", message: "Resource for parameter [answeringRule.id] is not found"}
	}
	var greetings []map[string]json.RawMessage
	_ = json.Unmarshal((*list)[i]["greetings"], &greetings) // none yet
	greetings = slices.DeleteFunc(greetings, func(g map[string]json.RawMessage) bool { return string(g["type"]) == strconv.Quote(kind) })
	now := rule{}
	for name, v := range (*list)[i] {
		now[name] = v
	}
	now.set("greetings", append(greetings, map[string]json.RawMessage{"type": json.RawMessage(strconv.Quote(kind))}))
	(*list)[i] = now
	return &ruleLink{path + "/" + id, id}, nil
}
