package simulator

import (
	"net/http"
	"strings"

	"switchboard/api/simulator/corpus"
)

type versionInfo struct {
	URI     string `json:"uri"`
	Version string `json:"versionString"`
	Release string `json:"releaseDate"`
	Part    string `json:"uriString"`
}

func (c *call) version() versionInfo {
	return versionInfo{
		URI: c.s.platform.url + "/restapi/v1.0", Version: "1.0.59",
		Release: "2026-08-13T00:00:00.000Z", Part: "v1.0",
	}
}

func (c *call) readVersions() *apiError {
	writeJSON(c.w, http.StatusOK, struct {
		URI      string        `json:"uri"`
		Versions []versionInfo `json:"apiVersions"`
		Server   string        `json:"serverVersion"`
		Revision string        `json:"serverRevision"`
	}{c.s.platform.url + "/restapi", []versionInfo{c.version()}, "26.3.1", "simulator"})
	return nil
}

func (c *call) readVersion() *apiError {
	if c.r.PathValue("version") != "v1.0" {
		return notFound("apiVersion")
	}
	writeJSON(c.w, http.StatusOK, c.version())
	return nil
}

// readStatus is no longer documented, but the service's own client still asks
// it whether limited mode is over.
func (c *call) readStatus() *apiError {
	if c.s.limited.Load() {
		return &apiError{
			status: http.StatusServiceUnavailable, code: "CMN-211",
			message: "Service is in limited mode: only reading is possible",
		}
	}
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
	return nil
}

type toggle struct {
	Enabled bool `json:"enabled"`
}

type feature struct {
	Enabled bool   `json:"enabled"`
	Name    string `json:"featureName"`
	Reason  string `json:"reason,omitempty"`
}

type extensionInfo struct {
	ID      int64  `json:"id"`
	URI     string `json:"uri"`
	Account struct {
		ID  string `json:"id"`
		URI string `json:"uri"`
	} `json:"account"`
	Contact struct {
		FirstName string `json:"firstName"`
		LastName  string `json:"lastName"`
		Name      string `json:"name"`
		Company   string `json:"company"`
		Email     string `json:"email"`
		Phone     string `json:"businessPhone"`
	} `json:"contact"`
	Number      string `json:"extensionNumber"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Status      string `json:"status"`
	Hidden      bool   `json:"hidden"`
	Setup       string `json:"setupWizardState"`
	Permissions struct {
		Admin         toggle `json:"admin"`
		International toggle `json:"internationalCalling"`
	} `json:"permissions"`
	Features []feature `json:"serviceFeatures"`
	Regional struct {
		Country  country  `json:"homeCountry"`
		Timezone timezone `json:"timezone"`
		Language locale   `json:"language"`
		Greeting locale   `json:"greetingLanguage"`
		Format   locale   `json:"formattingLocale"`
		Clock    string   `json:"timeFormat"`
	} `json:"regionalSettings"`
}

type country struct {
	ID      string `json:"id"`
	URI     string `json:"uri"`
	Name    string `json:"name"`
	ISO     string `json:"isoCode"`
	Calling string `json:"callingCode"`
}

type timezone struct {
	ID          string `json:"id"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Bias        string `json:"bias"`
}

type locale struct {
	ID   string `json:"id"`
	Code string `json:"localeCode"`
	Name string `json:"name"`
}

func (c *call) readExtension() *apiError {
	base := c.s.platform.url + "/restapi/v1.0"
	e := extensionInfo{
		ID: 178009114, URI: c.s.platform.url + basePath,
		Number: corpus.OwnerExtension, Name: corpus.OwnerName,
		Type: "User", Status: "Enabled", Setup: "Completed",
	}
	e.Account.ID, e.Account.URI = accountID, base+"/account/"+accountID
	e.Contact.FirstName, e.Contact.LastName, e.Contact.Name = "Front", "Desk", corpus.OwnerName
	e.Contact.Company, e.Contact.Email = corpus.OwnerCompany, "front.desk@harborstreet.example"
	e.Contact.Phone = corpus.OwnerNumber
	for _, name := range []string{"Fax", "FaxReceiving", "MMS", "Pager", "PagerReceiving", "RingOut", "SMS", "SMSReceiving", "Voicemail", "VoicemailToText"} {
		f := feature{Enabled: true, Name: name}
		if text := strings.HasPrefix(name, "SMS") || name == "MMS"; text && c.s.hipaa.Load() {
			f.Enabled, f.Reason = false, "AccountLimitation"
		}
		e.Features = append(e.Features, f)
	}
	hipaa := feature{Enabled: c.s.hipaa.Load(), Name: "HipaaCompliance"}
	if !hipaa.Enabled {
		hipaa.Reason = "AccountLimitation"
	}
	e.Features = append(e.Features, hipaa)
	r := &e.Regional
	r.Country = country{ID: "1", URI: base + "/dictionary/country/1", Name: "United States", ISO: "US", Calling: "1"}
	r.Timezone = timezone{
		ID: "58", URI: base + "/dictionary/timezone/58", Name: "US/Pacific",
		Description: "Pacific Time (US & Canada)", Bias: "-480",
	}
	english := locale{ID: "1033", Code: "en-US", Name: "English (United States)"}
	r.Language, r.Greeting, r.Format, r.Clock = english, english, english, "12h"
	writeJSON(c.w, http.StatusOK, e)
	return nil
}
