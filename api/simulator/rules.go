package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// The rules that always exist.
const (
	businessRule = "business-hours-rule"
	afterRule    = "after-hours-rule"
	maxRuleName  = 127
)

// rule is an answering rule, member by member as it is written.
type rule map[string]json.RawMessage

func (r rule) text(name string) string {
	var s string
	_ = json.Unmarshal(r[name], &s) // not there, or no text: ""
	return s
}

func (r rule) set(name string, v any) {
	if b, err := json.Marshal(v); err == nil { // only our own plain values
		r[name] = b
	}
}

// ruleBook are the rules of the user and of the company.
type ruleBook struct {
	mu            sync.Mutex
	user, company []rule
	serial        int64
}

func ruleRoutes() map[string]*op {
	const acct = "/restapi/v1.0/account/{account}"
	const ext = acct + "/extension/{extension}"
	routes := map[string]*op{}
	for _, of := range []struct{ path, name, user, edit string }{
		{ext, "AnsweringRule", "UserAnsweringRules", "EditExtensions"},
		{acct, "CompanyAnsweringRule", "CompanyAnsweringRules", "EditAccounts"},
	} {
		list := op{group: "Medium", app: "ReadAccounts", user: "Read" + of.user}
		read := list
		read.group = "Light"
		edit := op{group: "Medium", app: of.edit, user: "Edit" + of.user, edit: true}
		at := of.path + "/answering-rule"
		routes["GET "+at] = list.as("list"+of.name+"s", (*call).listRules)
		routes["POST "+at] = edit.as("create"+of.name, (*call).createRule)
		routes["GET "+at+"/{id}"] = read.as("read"+of.name, (*call).readRule)
		routes["PUT "+at+"/{id}"] = edit.as("update"+of.name, (*call).updateRule)
		routes["DELETE "+at+"/{id}"] = edit.as("delete"+of.name, (*call).deleteRule)
	}
	return routes
}

func (s *Server) newRules() {
	for _, id := range []string{businessRule, afterRule} {
		kind, name := "BusinessHours", "Business Hours"
		if id == afterRule {
			kind, name = "AfterHours", "After Hours"
		}
		own, ours := rule{}, rule{}
		for at, r := range map[string]rule{basePath: own, accountPath: ours} {
			r.set("id", id)
			r.set("uri", s.platform.url+at+"/answering-rule/"+id)
			r.set("type", kind)
			r.set("name", name)
			r.set("enabled", true)
		}
		own.set("callHandlingAction", "ForwardCalls")
		own.set("schedule", map[string]string{"ref": kind})
		own.set("voicemail", map[string]any{"enabled": true, "recipient": map[string]string{"uri": s.platform.url + basePath, "id": extensionID}})
		ours.set("callHandlingAction", "Operator")
		ours.set("schedule", map[string]string{"ref": kind})
		ours.set("extension", map[string]string{"id": extensionID})
		s.rules.user, s.rules.company = append(s.rules.user, own), append(s.rules.company, ours)
	}
}

func (c *call) rulesOf() (list *[]rule, path string) {
	if c.company() {
		return &c.s.rules.company, c.s.platform.url + accountPath + "/answering-rule"
	}
	return &c.s.rules.user, c.s.platform.url + basePath + "/answering-rule"
}

func (c *call) listRules() *apiError {
	q := c.r.URL.Query()
	c.s.rules.mu.Lock()
	rules, path := c.rulesOf()
	list := slices.Clone(*rules)
	c.s.rules.mu.Unlock()
	simple := []string{"id", "uri", "type", "name", "enabled", "calledNumbers", "extension"}
	for i, r := range list {
		if c.company() || q.Get("view") != "Detailed" {
			r = maps.Clone(r)
			maps.DeleteFunc(r, func(name string, _ json.RawMessage) bool { return !slices.Contains(simple, name) })
			list[i] = r
		}
	}
	list = slices.DeleteFunc(list, func(r rule) bool {
		return q.Has("type") && !slices.Contains(q["type"], r.text("type")) || q.Get("enabledOnly") == "true" && string(r["enabled"]) != "true"
	})
	return listAll(c, path, list)
}

// ruleRequest reads a rule and checks what the service checks of it.
func (c *call) ruleRequest(fresh bool) (rule, *apiError) {
	var r rule
	if err := decodeBody(c.r.Body, &r); err != nil {
		return nil, err
	}
	var callers []struct {
		ID string `json:"callerId"`
	}
	var called []struct {
		Number string `json:"phoneNumber"`
	}
	if r["callers"] != nil && json.Unmarshal(r["callers"], &callers) != nil {
		return nil, badParameter("callers")
	}
	if r["calledNumbers"] != nil && json.Unmarshal(r["calledNumbers"], &called) != nil {
		return nil, badParameter("calledNumbers")
	}
	name := r.text("name")
	kind := r.text("type")
	switch {
	case fresh && kind != "Custom" && (kind != "" || !c.company()):
		return nil, refuse(http.StatusBadRequest, "AWR-108", "Only custom rule can be created")
	case fresh && strings.TrimSpace(name) == "":
		return nil, badParameter("name")
	case utf8.RuneCountInString(name) > maxRuleName:
		return nil, refuse(http.StatusBadRequest, "AWR-179", "[name] is too long: up to 127 symbols supported")
	case fresh && len(callers) == 0 && len(called) == 0 && r["schedule"] == nil:
		return nil, refuse(http.StatusBadRequest, "AWR-111", "At least one condition should be specified")
	}
	seen := map[string]bool{}
	for _, k := range callers {
		if seen[k.ID] {
			return nil, refuse(http.StatusBadRequest, "AWR-107", "More than one caller with the same [callerId]")
		}
		seen[k.ID] = true
	}
	clear(seen)
	for _, k := range called {
		if seen[k.Number] {
			return nil, refuse(http.StatusBadRequest, "AWR-113", "More than one called number with the same [calledNumbers.phoneNumber]")
		}
		seen[k.Number] = true
	}
	if c.company() && r["extension"] != nil && r.text("callHandlingAction") != "Bypass" && r.text("callHandlingAction") != "" {
		return nil, refuse(http.StatusBadRequest, "AWR-173", "[extension] can be specified for [Bypass] call handling action only")
	}
	return r, nil
}

func (c *call) createRule() *apiError {
	r, err := c.ruleRequest(true)
	if err != nil {
		return err
	}
	b := &c.s.rules
	b.mu.Lock()
	defer b.mu.Unlock()
	list, path := c.rulesOf()
	b.serial++
	id := itoa(8_540_000 + b.serial*4)
	r.set("id", id)
	r.set("uri", path+"/"+id)
	r.set("type", "Custom")
	if r["enabled"] == nil {
		r.set("enabled", true)
	}
	*list = append(*list, r)
	writeJSON(c.w, http.StatusOK, r)
	return nil
}

// ruleIndex finds the rule that the path names. The caller holds the lock.
func (c *call) ruleIndex() (list *[]rule, i int, refused *apiError) {
	list, _ = c.rulesOf()
	i = slices.IndexFunc(*list, func(r rule) bool { return r.text("id") == c.r.PathValue("id") })
	if i < 0 {
		return nil, 0, notFound("ruleId")
	}
	return list, i, nil
}

func (c *call) readRule() *apiError {
	c.s.rules.mu.Lock()
	defer c.s.rules.mu.Unlock()
	list, i, err := c.ruleIndex()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, (*list)[i])
	return nil
}

func (c *call) updateRule() *apiError {
	change, err := c.ruleRequest(false)
	if err != nil {
		return err
	}
	c.s.rules.mu.Lock()
	defer c.s.rules.mu.Unlock()
	list, i, err := c.ruleIndex()
	if err != nil {
		return err
	}
	now := maps.Clone((*list)[i])
	if kind := change.text("type"); kind != "" && kind != now.text("type") {
		return refuse(http.StatusBadRequest, "AWR-164", "Rule type cannot be changed")
	}
	for _, own := range []string{"id", "uri", "type"} {
		delete(change, own)
	}
	maps.Copy(now, change)
	(*list)[i] = now
	writeJSON(c.w, http.StatusOK, now)
	return nil
}

func (c *call) deleteRule() *apiError {
	c.s.rules.mu.Lock()
	defer c.s.rules.mu.Unlock()
	list, i, err := c.ruleIndex()
	if err != nil {
		return err
	}
	if (*list)[i].text("type") != "Custom" {
		return refuse(http.StatusForbidden, "AWR-110", "Business Hours/After Hours rule cannot be deleted")
	}
	*list = slices.Delete(slices.Clone(*list), i, i+1)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
