package ringcentral

import (
	"context"

	"switchboard/api"
)

// Extension is the signed-in user (GetExtensionInfoResponse).
type Extension struct {
	ID               ID               `json:"id"`
	ExtensionNumber  string           `json:"extensionNumber"`
	Name             string           `json:"name"`
	Type             string           `json:"type"`
	Status           string           `json:"status"`
	Contact          Contact          `json:"contact"`
	Account          Account          `json:"account"`
	Permissions      Permissions      `json:"permissions"`
	ServiceFeatures  []ServiceFeature `json:"serviceFeatures"`
	RegionalSettings RegionalSettings `json:"regionalSettings"`
}

// Contact is how the user is reached.
type Contact struct {
	FirstName     string `json:"firstName"`
	LastName      string `json:"lastName"`
	Company       string `json:"company"`
	Email         string `json:"email"`
	BusinessPhone string `json:"businessPhone"`
}

// Account is the company's account.
type Account struct {
	ID ID `json:"id"`
}

// Permissions are the two that the extension's record carries.
type Permissions struct {
	Admin                Enabled `json:"admin"`
	InternationalCalling Enabled `json:"internationalCalling"`
}

// Enabled is a switch.
type Enabled struct {
	Enabled bool `json:"enabled"`
}

// ServiceFeature says whether the plan has a feature, and why not.
type ServiceFeature struct {
	FeatureName string `json:"featureName"`
	Enabled     bool   `json:"enabled"`
	Reason      string `json:"reason"`
}

// RegionalSettings are the user's country, zone and language.
type RegionalSettings struct {
	HomeCountry struct {
		ID      ID     `json:"id"`
		Name    string `json:"name"`
		ISOCode string `json:"isoCode"`
	} `json:"homeCountry"`
	Timezone struct {
		ID   ID     `json:"id"`
		Name string `json:"name"` // IANA name
	} `json:"timezone"`
	Language struct {
		LocaleCode string `json:"localeCode"`
	} `json:"language"`
	TimeFormat string `json:"timeFormat"` // 12h 24h
}

// Has reports whether the plan has a feature, such as VoicemailToText. known is
// false when the service does not mention it.
func (e Extension) Has(feature string) (enabled, known bool) {
	for _, f := range e.ServiceFeatures {
		if f.FeatureName == feature {
			return f.Enabled, true
		}
	}
	return false, false
}

// Extension returns the signed-in user (readExtension, Light).
func (c *Client) Extension(ctx context.Context) (Extension, error) {
	var e Extension
	_, err := c.Do(ctx, api.Request{Op: "readExtension", Path: extension, Group: api.Light}, &e)
	return e, err
}
