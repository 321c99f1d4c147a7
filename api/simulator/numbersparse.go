package simulator

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

const maxParseNumbers, maxParseText = 64, 64

type parsedCountry struct {
	ISO     string `json:"isoCode"`
	Name    string `json:"name"`
	Calling string `json:"callingCode"`
}

type parsedService struct {
	Type    string `json:"type"`
	Pattern string `json:"pattern"`
}

type parsedDetails struct {
	Extension  string         `json:"extensionNumber,omitempty"`
	Service    *parsedService `json:"specialService,omitempty"`
	Country    *parsedCountry `json:"country,omitempty"`
	Area       string         `json:"areaCode,omitempty"`
	Subscriber string         `json:"subscriberNumber,omitempty"`
	Status     string         `json:"status,omitempty"`
}

type parsedFormat struct {
	Category      string `json:"category,omitempty"`
	E164          string `json:"e164,omitempty"`
	National      string `json:"national,omitempty"`
	International string `json:"international,omitempty"`
	Dialable      string `json:"dialable"`
}

type parsedNumber struct {
	Details parsedDetails  `json:"numberDetails"`
	Formats []parsedFormat `json:"formats"`
}

func (c *call) parseNumbers() *apiError {
	var req struct {
		Strings []string `json:"originalStrings"`
		Source  string   `json:"contextSource"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	if n := len(req.Strings); n == 0 || n > maxParseNumbers || !slices.Contains([]string{"", "Default", "Account"}, req.Source) {
		return badParameter("originalStrings")
	}
	answer := struct {
		Context struct {
			Country parsedCountry `json:"country"`
		} `json:"context"`
		Results []parsedNumber `json:"results"`
	}{}
	answer.Context.Country = parsedCountry{"US", "United States", "1"}
	for _, s := range req.Strings {
		if n := utf8.RuneCountInString(s); n == 0 || n > maxParseText {
			return badParameter("originalStrings")
		}
		answer.Results = append(answer.Results, parseNumber(s))
	}
	writeJSON(c.w, http.StatusOK, answer)
	return nil
}

// callingCodes are the countries that the parser knows besides its own.
func callingCodes() []parsedCountry {
	return []parsedCountry{
		{"GB", "United Kingdom", "44"},
		{"DE", "Germany", "49"},
		{"FR", "France", "33"},
		{"ES", "Spain", "34"},
		{"MX", "Mexico", "52"},
		{"IN", "India", "91"},
		{"JP", "Japan", "81"},
		{"AU", "Australia", "61"},
	}
}

// parseNumber reads a text as a number of the United States, or of any country
// with its +.
func parseNumber(s string) parsedNumber {
	d := digits(s)
	plus := strings.HasPrefix(strings.TrimSpace(s), "+")
	services := map[string]string{"911": "Emergency", "411": "DirectoryAssistance", "711": "TelecommunicationRelay", "611": "CustomerSupport"}
	switch {
	case services[d] != "":
		return parsedNumber{parsedDetails{Service: &parsedService{services[d], d}}, []parsedFormat{{Dialable: d}}}
	case d == "":
		return parsedNumber{parsedDetails{Status: "Invalid"}, []parsedFormat{{Dialable: s}}}
	case !plus && len(d) < 5:
		return parsedNumber{parsedDetails{Extension: d}, []parsedFormat{{Category: "Extension", Dialable: d}}}
	case !plus && len(d) < 7:
		return parsedNumber{parsedDetails{Subscriber: d}, []parsedFormat{{Category: "ShortCode", Dialable: d}}}
	case plus && d[0] != '1':
		return parseForeign(d)
	}
	full := digits(e164(s))
	p := parsedNumber{Details: parsedDetails{Country: &parsedCountry{"US", "United States", "1"}, Status: "Invalid"}}
	f := parsedFormat{Category: "Regular", Dialable: "+" + full}
	if len(full) == 11 && full[1] > '1' && full[4] > '1' {
		p.Details.Status, p.Details.Area, p.Details.Subscriber = "Valid", full[1:4], full[7:]
		f.E164 = "+" + full
		f.National = "(" + full[1:4] + ") " + full[4:7] + "-" + full[7:]
		f.International = "+1 " + full[1:4] + "-" + full[4:7] + "-" + full[7:]
		if slices.Contains([]string{"800", "833", "844", "855", "866", "877", "888"}, full[1:4]) {
			f.Category = "TollFree"
		}
	}
	p.Formats = []parsedFormat{f}
	return p
}

func parseForeign(d string) parsedNumber {
	p := parsedNumber{Details: parsedDetails{Status: "Invalid"}}
	f := parsedFormat{Category: "Regular", Dialable: "+" + d}
	for _, k := range callingCodes() {
		if rest, ok := strings.CutPrefix(d, k.Calling); ok && len(rest) >= 6 && len(d) <= 15 {
			p.Details.Status, p.Details.Country, p.Details.Subscriber = "Valid", &k, rest
			f.E164, f.National, f.International = "+"+d, "0"+rest, "+"+k.Calling+" "+rest
		}
	}
	p.Formats = []parsedFormat{f}
	return p
}
