package ringcentral

import (
	"context"
	"encoding/json"
	"net/http"

	"switchboard/api"
)

// PatchContact changes some members of a contact (patchContact, Heavy), by their names at
// the service: a string, an *Address, or nil to remove. What is not named stays as it is.
// It may be repeated.
func (c *Client) PatchContact(ctx context.Context, id ID, fields map[string]any) (PersonalContact, error) {
	body := make(map[string]json.RawMessage, len(fields))
	for name, v := range fields {
		b, err := json.Marshal(v)
		if err != nil {
			return PersonalContact{}, err
		}
		body[name] = b
	}
	return c.contact(ctx, api.Request{Op: "patchContact", Method: http.MethodPatch, Body: body, Safe: true}, id)
}
