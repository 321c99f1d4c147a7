package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"switchboard/api"
)

// MaxGreeting is the most that a recorded greeting may weigh, in bytes.
const MaxGreeting = 20 << 20

// StandardGreeting is one that the service has ready (DictionaryGreetingInfo).
type StandardGreeting struct {
	ID         ID     `json:"id"`
	Name       string `json:"name"`
	Type       string `json:"type"`      // Introductory Announcement Voicemail …
	UsageType  string `json:"usageType"` // UserExtensionAnsweringRule CompanyAnsweringRule …
	Category   string `json:"category"`  // Music Message RingTones None
	Text       string `json:"text"`
	ContentURI string `json:"contentUri"`
}

// CustomGreeting is one that somebody recorded (CustomUserGreetingInfo,
// CustomCompanyGreetingInfo).
type CustomGreeting struct {
	ID            ID     `json:"id"`
	URI           string `json:"uri"`
	Type          string `json:"type"`
	ContentType   string `json:"contentType"` // audio/mpeg audio/wav
	ContentURI    string `json:"contentUri"`
	AnsweringRule struct {
		ID ID `json:"id"`
	} `json:"answeringRule"`
}

// NewGreeting is a recorded greeting on its way to the service.
type NewGreeting struct {
	Type     string // Introductory Voicemail …; of the company: Company StartRecording …
	Rule     ID     // the answering rule that plays it; the company's may have none
	Language ID     // of the company's only; "": the default
	File     Enclosure
	Progress func(sent, total int64) // told as for Fax
}

const greetingDictionary = "/restapi/v1.0/dictionary/greeting"

// StandardGreetings lists the greetings that are ready (listStandardGreetings,
// Medium), of one type or with "" of all.
func (c *Client) StandardGreetings(ctx context.Context, kind string) ([]StandardGreeting, []BrokenRecord, error) {
	q := url.Values{}
	words(q, map[string]string{"type": kind})
	return everyPage[StandardGreeting](ctx, c, api.Request{Op: "listStandardGreetings", Path: greetingDictionary, Query: q, Group: api.Medium})
}

// StandardGreeting reads one (readStandardGreeting, Medium).
func (c *Client) StandardGreeting(ctx context.Context, id ID) (StandardGreeting, error) {
	var g StandardGreeting
	const op = "readStandardGreeting"
	if !id.usable() {
		return g, notAnID(op, id)
	}
	_, err := c.Do(ctx, api.Request{Op: op, Path: greetingDictionary + "/" + string(id), Group: api.Medium}, &g)
	return g, err
}

// AddGreeting records a greeting of the user (createCustomUserGreeting, Heavy),
// which the answering rule plays from then on. Not repeated by itself.
func (c *Client) AddGreeting(ctx context.Context, g NewGreeting) (CustomGreeting, error) {
	const op = "createCustomUserGreeting"
	if !g.Rule.usable() {
		return CustomGreeting{}, notAnID(op, g.Rule)
	}
	g.Language = ""
	return c.addGreeting(ctx, g, api.Request{Op: op, Path: extension + "/greeting", Group: api.Heavy})
}

// AddCompanyGreeting records a greeting of the company (createCompanyGreeting,
// Medium). Not repeated by itself.
func (c *Client) AddCompanyGreeting(ctx context.Context, g NewGreeting) (CustomGreeting, error) {
	const op = "createCompanyGreeting"
	if g.Rule != "" && !g.Rule.usable() {
		return CustomGreeting{}, notAnID(op, g.Rule)
	}
	return c.addGreeting(ctx, g, api.Request{Op: op, Path: account + "/greeting", Group: api.Medium})
}

func (c *Client) addGreeting(ctx context.Context, g NewGreeting, r api.Request) (CustomGreeting, error) {
	f := g.File
	if f.ContentType == "" {
		f.ContentType = map[string]string{".mp3": "audio/mpeg", ".wav": "audio/wav"}[strings.ToLower(path.Ext(f.Name))]
	}
	var err error
	switch {
	case g.Type == "":
		err = errors.New("a greeting without a type")
	case f.Size <= 0 || f.Body == nil:
		err = fmt.Errorf("%w: %.80q is empty", ErrNoFile, f.Name)
	case f.ContentType != "audio/mpeg" && f.ContentType != "audio/wav":
		err = fmt.Errorf("%w as a greeting, only MP3 and WAV: %.80q", ErrFileType, f.Name)
	case f.Size > MaxGreeting:
		err = fmt.Errorf("%w: %d bytes, at most %d", ErrFileTooLarge, f.Size, MaxGreeting)
	}
	if err != nil {
		return CustomGreeting{}, fmt.Errorf("RingCentral %s: %w", r.Op, err)
	}
	type ruleOf struct {
		ID ID `json:"id"`
	}
	body := struct {
		Type     string  `json:"type"`
		Rule     *ruleOf `json:"answeringRule,omitempty"`
		Language ID      `json:"languageId,omitempty"`
	}{Type: g.Type, Language: g.Language}
	if g.Rule != "" {
		body.Rule = &ruleOf{g.Rule}
	}
	p, err := newParts(body, []Enclosure{f}, g.Progress)
	if err != nil {
		return CustomGreeting{}, fmt.Errorf("RingCentral %s: %w", r.Op, err)
	}
	r.Method, r.Body, r.ContentType, r.Length = http.MethodPost, p.open, p.kind, p.length
	var made CustomGreeting
	_, err = c.Do(ctx, r, &made)
	return made, p.settle(err)
}
