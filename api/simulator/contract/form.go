package contract

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

const formType = "application/x-www-form-urlencoded"

// form validates a form against its schema. The library's own decoder knows
// plain objects only, and the token request is one of several.
func form(op *openapi3.Operation, sent string) error {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return nil
	}
	kind := op.RequestBody.Value.Content.Get(formType)
	if kind == nil || kind.Schema == nil {
		return fmt.Errorf("the document knows no form here")
	}
	values, err := url.ParseQuery(sent)
	if err != nil {
		return fmt.Errorf("parse the form: %w", err)
	}
	if len(values) == 0 && !op.RequestBody.Value.Required {
		return nil
	}
	object := map[string]any{}
	for name, list := range values {
		object[name] = list[0]
		if n, err := strconv.ParseFloat(list[0], 64); err == nil && number(kind.Schema.Value, name, 0) {
			object[name] = n
		}
	}
	return kind.Schema.Value.VisitJSON(object, openapi3.DisablePatternValidation(), openapi3.MultiErrors())
}

// number finds whether a schema wants a number for a property.
func number(s *openapi3.Schema, name string, depth int) bool {
	if s == nil || depth > 8 {
		return false
	}
	if p := s.Properties[name]; p != nil && p.Value != nil {
		return p.Value.Type.Is("integer") || p.Value.Type.Is("number")
	}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, r := range refs {
			if number(r.Value, name, depth+1) {
				return true
			}
		}
	}
	return false
}
