package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// either holds the query parameters that are a number or one of some words
// ("perPage=max"). The library reads the text before it looks at the choice and
// then finds that it is no number, so they are checked here.
type either map[*openapi3.Schema]openapi3.SchemaRefs

// take moves such choices out of the document.
func (e either) take(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			for _, p := range o.Parameters {
				if p.Value == nil || p.Value.In != "query" || p.Value.Schema == nil {
					continue
				}
				s := p.Value.Schema.Value
				if _, known := e[s]; known || !slices.ContainsFunc(s.OneOf, is("integer")) || !slices.ContainsFunc(s.OneOf, is("string")) {
					continue
				}
				e[s] = s.OneOf
				s.OneOf, s.Type = nil, &openapi3.Types{"string"}
			}
		}
	}
}

func is(kind string) func(*openapi3.SchemaRef) bool {
	return func(r *openapi3.SchemaRef) bool { return r.Value != nil && r.Value.Type.Is(kind) }
}

// check validates the parameters of a request that take moved out.
func (e either) check(r *http.Request, o *openapi3.Operation) error {
	q := r.URL.Query()
	for _, p := range o.Parameters {
		if p.Value == nil || p.Value.Schema == nil || !q.Has(p.Value.Name) {
			continue
		}
		choices, ours := e[p.Value.Schema.Value]
		if !ours {
			continue
		}
		var v any = q.Get(p.Value.Name)
		if n, err := strconv.ParseFloat(q.Get(p.Value.Name), 64); err == nil {
			v = n
		}
		if !slices.ContainsFunc(choices, func(s *openapi3.SchemaRef) bool { return s.Value.VisitJSON(v) == nil }) {
			return fmt.Errorf("parameter %q in query: %v is none of the choices", p.Value.Name, v)
		}
	}
	return nil
}

// mendCodes reads error codes out of what the document says of them, which is
// how another program prints its constants: "ErrorCode{code='ADG-122', …}".
func mendCodes(doc *openapi3.T) {
	for _, ref := range doc.Components.Schemas {
		if ref.Value == nil || ref.Value.Properties["errorCode"] == nil {
			continue
		}
		list := ref.Value.Properties["errorCode"].Value.Enum
		for i, v := range list {
			printed, _ := v.(string)
			if rest, ok := strings.CutPrefix(printed, "ErrorCode{code='"); ok {
				list[i], _, _ = strings.Cut(rest, "'")
			}
		}
	}
}
