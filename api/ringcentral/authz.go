package ringcentral

import (
	"context"
	"net/url"

	"switchboard/api"
)

// UserPermission is something that the user may do (ActivePermissionResource).
type UserPermission struct {
	Permission struct {
		ID ID `json:"id"` // "OutboundSMS"
	} `json:"permission"`
	EffectiveRole struct {
		ID ID `json:"id"`
	} `json:"effectiveRole"`
	Scopes []string `json:"scopes"` // Self Account AllExtensions …
}

// UserPermissions lists what the user may do (readAuthorizationProfile,
// Medium).
func (c *Client) UserPermissions(ctx context.Context) ([]UserPermission, error) {
	var profile struct {
		Permissions []UserPermission `json:"permissions"`
	}
	_, err := c.Do(ctx, api.Request{Op: "readAuthorizationProfile", Path: extension + "/authz-profile", Group: api.Medium}, &profile)
	return profile.Permissions, err
}

// HasPermission asks whether the user may do something, such as "OutboundFaxes"
// (checkUserPermission, Light), to the extension target; "": to the own one.
func (c *Client) HasPermission(ctx context.Context, permission string, target ID) (bool, error) {
	q := url.Values{"permissionId": {permission}}
	words(q, map[string]string{"targetExtensionId": string(target)})
	var check struct {
		Successful bool `json:"successful"`
	}
	_, err := c.Do(ctx, api.Request{Op: "checkUserPermission", Path: extension + "/authz-profile/check", Query: q, Group: api.Light}, &check)
	return check.Successful, err
}
