package contract

import (
	"maps"

	"github.com/getkin/kin-openapi/openapi3"
)

// mendPatch lets the partial update of a contact have nulls: the words of the document
// say that a null removes a value, and its schema, which it shares with the full update,
// does not allow one.
func mendPatch(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		o := item.Patch
		if o == nil || o.OperationID != "patchContact" || o.RequestBody == nil || o.RequestBody.Value == nil {
			continue
		}
		media := o.RequestBody.Value.Content.Get("application/json")
		if media == nil || media.Schema == nil || media.Schema.Value == nil {
			continue
		}
		schema := *media.Schema.Value
		schema.Properties = maps.Clone(schema.Properties)
		for name, p := range schema.Properties {
			value := *p.Value
			value.Nullable = true
			schema.Properties[name] = &openapi3.SchemaRef{Value: &value}
		}
		media.Schema = &openapi3.SchemaRef{Value: &schema}
	}
}
