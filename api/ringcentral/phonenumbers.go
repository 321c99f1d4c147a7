package ringcentral

import (
	"context"
	"slices"

	"switchboard/api"
)

// What a phone number can be used for, in UserNumber.Features.
const (
	FeatureCallerID         = "CallerId"
	FeatureSMS              = "SmsSender"
	FeatureMMS              = "MmsSender"
	FeatureInternationalSMS = "InternationalSmsSender"
	FeatureBulkSMS          = "A2PSmsSender"
)

// UserNumber is a phone number that the user may use (UserPhoneNumberInfo).
type UserNumber struct {
	ID           ID       `json:"id"`
	PhoneNumber  string   `json:"phoneNumber"` // E.164
	Label        string   `json:"label"`
	Location     string   `json:"location"` // of a local one in the US: "San Mateo, CA"
	CallerIDName string   `json:"callerIdName"`
	Type         string   `json:"type"`        // VoiceFax VoiceOnly FaxOnly
	UsageType    string   `json:"usageType"`   // DirectNumber MainCompanyNumber CompanyFaxNumber …
	PaymentType  string   `json:"paymentType"` // Local TollFree External …
	Status       string   `json:"status"`      // Normal Pending PortedIn Temporary
	Primary      bool     `json:"primary"`
	Features     []string `json:"features"`
	Country      struct {
		ID   ID     `json:"id"`
		Name string `json:"name"`
	} `json:"country"`
	// Extension is whose number it is, where that is another one than the user's.
	Extension struct {
		ID              ID     `json:"id"`
		ExtensionNumber string `json:"extensionNumber"`
		Name            string `json:"name"`
	} `json:"extension"`
}

// Can reports whether the number has a feature.
func (n UserNumber) Can(feature string) bool { return slices.Contains(n.Features, feature) }

// Ready reports whether the number is in use: not waiting to be set up or moved.
func (n UserNumber) Ready() bool { return n.Status == "" || n.Status == "Normal" }

// PhoneNumbers lists the numbers that the user may call and send from
// (listExtensionPhoneNumbers, Light). On an account without SMS (one under
// HIPAA, say) none of them has FeatureSMS.
func (c *Client) PhoneNumbers(ctx context.Context) ([]UserNumber, []BrokenRecord, error) {
	return everyPage[UserNumber](ctx, c, api.Request{Op: "listExtensionPhoneNumbers", Path: extension + "/phone-number", Group: api.Light})
}
