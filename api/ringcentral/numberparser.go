package ringcentral

import (
	"context"
	"fmt"
	"net/http"
	"unicode/utf8"

	"switchboard/api"
)

// What the number parser takes at once.
const (
	maxParsed     = 64 // numbers of a request
	maxParsedText = 64 // characters of each
)

// ParsedNumber is what the service makes of a text that may be a phone number.
type ParsedNumber struct {
	Details struct {
		Extension string `json:"extensionNumber"`
		AreaCode  string `json:"areaCode"`
		Status    string `json:"status"` // Valid Possible Invalid; "" for extensions and services
		Country   struct {
			ISOCode     string `json:"isoCode"`
			Name        string `json:"name"`
			CallingCode string `json:"callingCode"`
		} `json:"country"`
		// SpecialService is set for 911, 411 and the like.
		SpecialService *struct {
			Type string `json:"type"` // Emergency DirectoryAssistance …
		} `json:"specialService"`
	} `json:"numberDetails"`
	// Formats has more than one entry where the text can mean several things.
	Formats []NumberFormat `json:"formats"`
}

// NumberFormat is one spelling of what a text may mean.
type NumberFormat struct {
	Category      string `json:"category"` // Regular TollFree Extension ShortCode
	E164          string `json:"e164"`
	National      string `json:"national"`
	International string `json:"international"`
	Dialable      string `json:"dialable"`
}

// ParseNumbers lets the service read texts as phone numbers of the account's
// country (parsePhoneNumberV2, Light), 64 at a time. There is one answer for
// each, in order.
func (c *Client) ParseNumbers(ctx context.Context, texts []string) ([]ParsedNumber, error) {
	const op = "parsePhoneNumberV2"
	for _, s := range texts {
		if n := utf8.RuneCountInString(s); n == 0 || n > maxParsedText {
			return nil, fmt.Errorf("RingCentral %s: %w: %d characters, at most %d", op, ErrNumber, n, maxParsedText)
		}
	}
	out := make([]ParsedNumber, 0, len(texts))
	for rest := texts; len(rest) > 0; {
		some := rest[:min(maxParsed, len(rest))]
		rest = rest[len(some):]
		body := struct {
			Strings []string `json:"originalStrings"`
			Source  string   `json:"contextSource"`
		}{some, "Account"}
		var answer struct {
			Results []ParsedNumber `json:"results"`
		}
		_, err := c.Do(ctx, api.Request{
			Op: op, Method: http.MethodPost, Path: "/restapi/v2/number-parser/parse", Body: body, Group: api.Light, Safe: true,
		}, &answer)
		if err != nil {
			return nil, err
		}
		if len(answer.Results) != len(some) {
			return nil, &api.Error{
				Service: c.Name(), Op: op, Method: http.MethodPost,
				Err: fmt.Errorf("%w: %d answers for %d numbers", api.ErrBadBody, len(answer.Results), len(some)),
			}
		}
		out = append(out, answer.Results...)
	}
	return out, nil
}
