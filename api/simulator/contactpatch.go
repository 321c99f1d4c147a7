package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// patchContact changes those members that are sent; null removes one.
func (c *call) patchContact() *apiError {
	var sent map[string]json.RawMessage
	if err := decodeBody(c.r.Body, &sent); err != nil {
		return err
	}
	b := c.s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	i, old, err := c.contactIndex()
	if err != nil {
		return err
	}
	fields := maps.Clone(old)
	for _, name := range contactMembers() {
		v, ok := sent[name]
		switch {
		case !ok:
			continue
		case string(v) == "null", string(v) == `""`:
			delete(fields, name)
			continue
		}
		if isAddress := strings.HasSuffix(name, "Address"); isAddress != (v[0] == '{') || !isAddress && v[0] != '"' {
			return badParameter(name)
		}
		fields[name] = v
	}
	if len(fields) == 0 {
		return badParameter("firstName")
	}
	b.put(i, fields)
	writeJSON(c.w, http.StatusOK, c.s.wireContact(i, fields))
	return nil
}
