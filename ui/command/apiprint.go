package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchboard/api"
)

const (
	maxAnswer = 4 << 30 // bytes of an answer that is printed as it comes
	maxPages  = 10_000
)

// apiOnce prints one answer as it is; on a terminal JSON is laid out and what is no
// text is refused.
func (a *app) apiOnce(ctx context.Context, c caller, r api.Request, o *apiCall) error {
	res, err := stream(ctx, c, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if o.include {
		if err := a.apiHead(res.StatusCode, res.Header); err != nil {
			return err
		}
	}
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	isJSON := strings.Contains(kind, "json")
	if !a.env.Terminal(a.out.file()) || (!isJSON && strings.HasPrefix(kind, "text/")) {
		n, err := io.Copy(a.out, io.LimitReader(res.Body, maxAnswer+1))
		if err == nil && n > maxAnswer {
			err = fmt.Errorf("%s: %w", r.Op, api.ErrTooLarge)
		}
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, api.DefaultLimit+1))
	switch {
	case err != nil:
		return err
	case len(raw) > api.DefaultLimit:
		return fmt.Errorf("%s: %w", r.Op, api.ErrTooLarge)
	case len(raw) == 0:
		return nil
	case !isJSON:
		return &usageError{msg: fmt.Sprintf("the answer is %d bytes of %s, nothing for a terminal", len(raw), quote(kind)), try: "... > file"}
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, raw, "", "  ") != nil {
		pretty.Reset()
		pretty.Write(raw)
	}
	return a.shown(pretty.String())
}

// stream asks for an answer as it comes. Of a service that hands over whole ones only, it
// is read first.
func stream(ctx context.Context, c caller, r api.Request) (*http.Response, error) {
	if s, ok := c.(interface {
		Stream(ctx context.Context, r api.Request) (*http.Response, error)
	}); ok {
		return s.Stream(ctx, r)
	}
	var raw []byte
	res, err := c.Do(ctx, r, &raw)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: res.Status, Header: res.Header, Body: io.NopCloser(bytes.NewReader(raw))}, nil
}

// shown prints text of the service on a terminal.
func (a *app) shown(text string) error {
	_, err := io.WriteString(a.out, paragraph(strings.TrimRight(text, "\n"), ""))
	return err
}

func (a *app) apiHead(status int, h http.Header) error {
	lines := []string{fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))}
	for name := range h {
		if name == "Set-Cookie" {
			continue
		}
		lines = append(lines, name+": "+strings.Join(h[name], ", "))
	}
	slices.Sort(lines[1:])
	return a.shown(strings.Join(lines, "\n") + "\n")
}

// page is what answers of many records have in common.
type page struct {
	Records    []json.RawMessage `json:"records"`
	Navigation struct {
		NextPage struct {
			URI string `json:"uri"`
		} `json:"nextPage"`
		NextPageToken string `json:"nextPageToken"`
	} `json:"navigation"`
	Paging struct {
		Page       int `json:"page"`
		TotalPages int `json:"totalPages"`
	} `json:"paging"`
	Links struct { // of Emailgistics
		Next struct {
			Href string `json:"href"`
		} `json:"next"`
	} `json:"_links"`
	Result struct {
		Data []json.RawMessage `json:"data"`
	} `json:"result"`
	list bool // it is an array, which names no next page
}

// readPage reads an answer of many records.
func readPage(raw []byte) (p page, err error) {
	if t := bytes.TrimSpace(raw); len(t) == 0 {
		return p, nil // 204: nothing, and no body
	} else if t[0] == '[' {
		p.list, err = true, json.Unmarshal(t, &p.Records)
	} else {
		err = json.Unmarshal(t, &p)
	}
	if p.Records == nil && p.Result.Data != nil {
		p.Records = p.Result.Data
	}
	return p, err
}

// apiPages prints one answer after the other, as they are, or with --jsonl their
// records, one a line.
func (a *app) apiPages(ctx context.Context, c caller, r api.Request, o *apiCall) error {
	if r.Method != http.MethodGet && o.paginate {
		return usagef("api: --paginate is for GET")
	}
	var whole []json.RawMessage
	for range maxPages {
		var raw []byte
		res, err := c.Do(ctx, r, &raw)
		if err != nil {
			return err
		}
		if o.include {
			if err := a.apiHead(res.Status, res.Header); err != nil {
				return err
			}
		}
		p, err := readPage(raw)
		if err != nil {
			return fmt.Errorf("%s: the answer is no JSON: %w", r.Op, errors.Join(api.ErrBadBody, err))
		}
		switch {
		case len(raw) == 0:
		case o.json:
			whole = append(whole, raw)
		case o.jsonl && p.Records != nil:
			err = printJSON(a.out, o.format, p.Records)
		default:
			err = printJSON(a.out, &format{json: true}, json.RawMessage(raw))
		}
		if err != nil {
			return err
		}
		if o.paginate && p.list {
			a.notef("this answer names no next page; ask for it with skip and limit, or with since")
		}
		if !o.paginate || !p.next(&r) {
			break
		}
	}
	if o.json {
		return printJSON(a.out, &format{json: true}, whole)
	}
	return nil
}

// next makes r ask for the following page, if there is one.
func (p *page) next(r *api.Request) bool {
	switch {
	case p.Navigation.NextPage.URI != "":
		r.Path, r.Query = p.Navigation.NextPage.URI, nil
	case p.Links.Next.Href != "":
		r.Path, r.Query = p.Links.Next.Href, nil
	case p.Navigation.NextPageToken != "":
		r.Query = with(r.Query, "pageToken", p.Navigation.NextPageToken)
	case p.Paging.Page > 0 && p.Paging.Page < p.Paging.TotalPages:
		r.Query = with(r.Query, "page", itoa(int64(p.Paging.Page+1)))
	default:
		return false
	}
	return true
}

func with(q url.Values, name, value string) url.Values {
	if q == nil {
		q = url.Values{}
	}
	q.Set(name, value)
	return q
}
