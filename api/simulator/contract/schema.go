package contract

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
)

// Conforms checks JSON that comes another way than as an answer, such as the body
// of an event, against a schema of the document. what names it in the report.
func (c *Checker) Conforms(what, schema string, raw []byte) bool {
	c.t.Helper()
	s := c.spec.schemas[schema]
	if s == nil || s.Value == nil {
		c.t.Errorf("contract: the official document has no schema %s", schema)
		return false
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		c.t.Errorf("contract: %s is not JSON: %v", what, err)
		return false
	}
	if err := s.Value.VisitJSON(v, openapi3.DisablePatternValidation(), openapi3.MultiErrors(), openapi3.VisitAsResponse()); err != nil {
		c.t.Errorf("contract: %s is no %s: %v\n%.2000s", what, schema, err, raw)
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[schema]++
	return true
}
