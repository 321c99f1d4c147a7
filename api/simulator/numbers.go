package simulator

import (
	"net/http"
	"slices"
	"strings"

	"switchboard/api/simulator/corpus"
)

// numberRoutes are the phone numbers and what concerns them.
func numberRoutes() map[string]*op {
	const ext = "/restapi/v1.0/account/{account}/extension/{extension}"
	return map[string]*op{
		"GET " + ext + "/phone-number":         (&op{group: "Light", app: "ReadAccounts", user: "ReadUserPhoneNumbers"}).as("listExtensionPhoneNumbers", (*call).listNumbers),
		"POST /restapi/v2/number-parser/parse": (&op{group: "Light"}).as("parsePhoneNumberV2", (*call).parseNumbers),
		"GET " + ext + "/authz-profile":        (&op{group: "Medium"}).as("readAuthorizationProfile", (*call).readAuthz),
		"GET " + ext + "/authz-profile/check":  (&op{group: "Light"}).as("checkUserPermission", (*call).checkAuthz),
	}
}

// ownNumber is a phone number of the account that the user may use.
type ownNumber struct {
	ID       int64      `json:"id"`
	URI      string     `json:"uri"`
	Number   string     `json:"phoneNumber"`
	Label    string     `json:"label,omitempty"`
	Location string     `json:"location,omitempty"`
	Payment  string     `json:"paymentType"`
	Type     string     `json:"type"`
	Usage    string     `json:"usageType"`
	Status   string     `json:"status"`
	Primary  bool       `json:"primary"`
	Features []string   `json:"features"`
	Country  shortPlace `json:"country"`
}

type shortPlace struct {
	ID   string `json:"id"`
	URI  string `json:"uri"`
	Name string `json:"name"`
}

// ownNumbers are the desk's: what each can be used for is different, so that a
// client has to look.
func ownNumbers() []ownNumber {
	local := func(id int64, number, label, kind, usage string, features ...string) ownNumber {
		return ownNumber{ID: id, Number: number, Label: label, Location: "San Mateo, CA", Payment: "Local", Type: kind, Usage: usage, Status: "Normal", Features: features}
	}
	list := []ownNumber{
		local(33620001, corpus.OwnerNumber, "Front desk", "VoiceFax", "DirectNumber", "CallerId", "SmsSender", "MmsSender"),
		local(33620002, "+16505550111", "Delivery", "VoiceFax", "DirectNumber", "CallerId", "SmsSender", "MmsSender", "InternationalSmsSender"),
		local(33620003, corpus.OwnerFax, "Fax", "FaxOnly", "DirectNumber", "CallerId"),
		local(33620004, "+16505550102", "", "VoiceFax", "MainCompanyNumber", "CallerId"),
		local(33620005, "+18335550142", "Order line", "VoiceFax", "CompanyNumber", "CallerId", "SmsSender"),
		local(33620006, "+16505550117", "New line", "VoiceFax", "DirectNumber"),
	}
	list[0].Primary = true
	list[4].Payment, list[4].Location = "TollFree", ""
	list[5].Status, list[5].Features = "Pending", []string{}
	return list
}

func (c *call) listNumbers() *apiError {
	q := c.r.URL.Query()
	base := c.s.platform.url
	list := ownNumbers()
	for i := range list {
		n := &list[i]
		n.URI = base + basePath + "/phone-number/" + itoa(n.ID)
		n.Country = shortPlace{"1", base + "/restapi/v1.0/dictionary/country/1", "United States"}
		if c.s.hipaa.Load() {
			n.Features = slices.DeleteFunc(n.Features, func(f string) bool { return strings.HasSuffix(f, "Sender") })
		}
	}
	list = slices.DeleteFunc(list, func(n ownNumber) bool {
		return q.Get("status") != "" && q.Get("status") != n.Status || q.Has("usageType") && !slices.Contains(q["usageType"], n.Usage)
	})
	return listAll(c, base+basePath+"/phone-number", list)
}

type authzEntry struct {
	Permission struct {
		URI  string `json:"uri"`
		ID   string `json:"id"`
		Site string `json:"siteCompatible"`
	} `json:"permission"`
	Role struct {
		URI string `json:"uri"`
		ID  string `json:"id"`
	} `json:"effectiveRole"`
	Scopes []string `json:"scopes"`
}

// userPermissions are what the desk's user may do, unless denied.
func userPermissions() []string {
	return []string{
		"EditBlockedNumbers", "EditCompanyAnsweringRules", "EditMessages", "EditPersonalContacts", "EditUserAnsweringRules",
		"EditUserForwardingFlipNumbers", "FullCompanyCallLog", "Glip", "InternalSMS", "OutboundFaxes", "OutboundSMS", "ReadBlockedNumbers",
		"ReadCallLog", "ReadCallRecording", "ReadCompanyAnsweringRules", "ReadExtensions", "ReadMessageContent", "ReadMessages",
		"ReadPersonalContacts", "ReadPresenceStatus", "ReadUserAnsweringRules", "ReadUserForwardingFlipNumbers", "ReadUserInfo", "ReadUserPhoneNumbers",
	}
}

func (s *Server) authz(id string) (e authzEntry, granted bool) {
	base := s.platform.url + "/restapi/v1.0"
	e.Permission.ID, e.Permission.URI, e.Permission.Site = id, base+"/dictionary/permission/"+id, "Incompatible"
	e.Role.ID, e.Role.URI = "1", base+"/dictionary/user-role/1"
	e.Scopes = []string{"Self"}
	if s.hipaa.Load() && id == "OutboundSMS" {
		return e, false
	}
	return e, slices.Contains(userPermissions(), id) && !s.denied.has(id)
}

// target checks whose permissions are asked for: nobody else's.
func (c *call) target() *apiError {
	if t := c.r.URL.Query().Get("targetExtensionId"); t != "" && t != "~" && t != extensionID {
		return refuse(http.StatusForbidden, "CMN-404", "Attempt to access another extension")
	}
	return nil
}

func (c *call) readAuthz() *apiError {
	if err := c.target(); err != nil {
		return err
	}
	list := []authzEntry{}
	for _, id := range userPermissions() {
		if e, ok := c.s.authz(id); ok {
			list = append(list, e)
		}
	}
	writeJSON(c.w, http.StatusOK, struct {
		URI         string       `json:"uri"`
		Permissions []authzEntry `json:"permissions"`
	}{c.s.platform.url + basePath + "/authz-profile", list})
	return nil
}

func (c *call) checkAuthz() *apiError {
	if err := c.target(); err != nil {
		return err
	}
	id := c.r.URL.Query().Get("permissionId")
	if id == "" {
		return badParameter("permissionId")
	}
	e, granted := c.s.authz(id)
	answer := struct {
		URI        string      `json:"uri"`
		Successful bool        `json:"successful"`
		Details    *authzEntry `json:"details,omitempty"`
	}{c.s.platform.url + basePath + "/authz-profile/check?permissionId=" + id, granted, nil}
	if granted {
		answer.Details = &e
	}
	writeJSON(c.w, http.StatusOK, answer)
	return nil
}
