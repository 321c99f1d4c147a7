package emailgistics

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
)

const (
	reportPath = "/api/v1/reports/receivedMessageDetail"
	leastRows  = 50
	mostRows   = 500
	// pageLimit bounds a page: 500 rows of many kilobytes each.
	pageLimit = 64 << 20
)

// body makes the request's body.
func (q *ReportQuery) body(wrapped bool) (any, error) {
	if q.Mailbox == "" {
		return nil, &Fault{Cause: CauseRequest, Op: opReport, Text: "a report needs the id of a mailbox"}
	}
	b := maps.Clone(q.More)
	if b == nil {
		b = map[string]any{}
	}
	b["mailboxId"] = q.Mailbox
	b["activityType"] = q.Activity
	if q.Activity == "" {
		b["activityType"] = Received
	}
	// The times are whole seconds: the window must not become smaller than asked.
	if !q.From.IsZero() {
		b["activityStart"] = stamp(q.From)
	}
	if !q.Until.IsZero() {
		b["activityEnd"] = stamp(q.Until.Add(time.Second - 1))
	}
	if len(q.Statuses) > 0 {
		b["statuses"] = q.Statuses
	}
	if q.Conversation != "" {
		b["conversationId"] = q.Conversation
	}
	if wrapped {
		return map[string]any{"parameters": b}, nil
	}
	return b, nil
}

// stamp writes a time as the service wants it: a bare date is refused.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func (q *ReportQuery) query() url.Values {
	v := url.Values{"max": {strconv.Itoa(mostRows)}}
	if q.Max > 0 {
		v.Set("max", strconv.Itoa(min(max(q.Max, leastRows), mostRows)))
	}
	if len(q.FieldGroups) > 0 {
		v.Set("fieldGroup", strings.Join(q.FieldGroups, ","))
	}
	if q.Details {
		v.Set("includeDetails", "true")
	}
	return v
}

func (c *Client) startReport(ctx context.Context, q ReportQuery) (Run, error) {
	body, err := q.body(c.wrapped)
	if err != nil {
		return Run{}, err
	}
	place, err := c.shared.begin()
	if err != nil {
		return Run{}, err
	}
	var env envelope
	_, err = c.rest.Do(ctx, api.Request{
		Op: opReport, Method: http.MethodPost, Path: reportPath, Query: q.query(), Body: body, Group: account, Limit: pageLimit,
	}, &env)
	if err != nil {
		if !api.IsUnknown(err) {
			c.shared.ended(place) // it did not start
		}
		return Run{}, c.judge(ctx, err, asked{op: opReport, ref: Ref{Mailbox: q.Mailbox}})
	}
	c.notice(opReport, ScopeReporting, nil)
	c.notice(opReport, ScopeRead, nil)
	page, err := c.open(&env, "")
	if page.Self != "" {
		c.shared.rename(place, runKey(page.Self))
	}
	if err != nil {
		c.shared.ended(runKey(page.Self))
		return Run{Link: page.Self}, err
	}
	if page.Self == "" {
		return Run{}, fmt.Errorf("%s %s: %w: the report was started, but the answer has no link to it", name, opReport, api.ErrBadBody)
	}
	c.follow(page)
	return Run{Link: page.Self, Page: page}, nil
}

func (c *Client) page(ctx context.Context, link string) (Page, error) {
	at, err := c.own(link)
	if err != nil {
		return Page{}, fmt.Errorf("%s %s: %w", name, opResults, err)
	}
	var env envelope
	_, err = c.rest.Do(ctx, api.Request{Op: opResults, Path: at, Group: account, Limit: pageLimit}, &env)
	if err != nil {
		err = c.judge(ctx, err, asked{op: opResults, scope: ScopeReporting})
		if CauseOf(err) == CauseGone {
			c.shared.ended(runKey(at))
		}
		return Page{}, err
	}
	page, err := c.open(&env, at)
	if err != nil {
		var f *Fault
		if errors.As(err, &f) && f.Cause == CauseReport {
			c.shared.ended(runKey(at))
		}
		return page, err
	}
	c.follow(page)
	return page, nil
}

// follow keeps count of the runs that go on.
func (c *Client) follow(p Page) {
	if p.Status == StatusRunning {
		c.shared.running(runKey(p.Self))
		return
	}
	c.shared.ended(runKey(p.Self))
}

// envelope is what every asynchronous call answers. The request that an answer
// repeats (_links.origin) is not read at all.
type envelope struct {
	Links struct {
		Self href `json:"self"`
		Next href `json:"next"`
		Prev href `json:"prev"`
	} `json:"_links"`
	Status   string          `json:"status"`
	Progress json.RawMessage `json:"progress"`
	Result   json.RawMessage `json:"result"`
	Error    json.RawMessage `json:"error"`
}

// href is a link, in the documented form {"href","method"} or as a bare string.
type href struct{ at, method string }

// UnmarshalJSON implements [json.Unmarshaler]. A link of another form is none.
func (h *href) UnmarshalJSON(raw []byte) error {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) == nil {
		h.at, h.method = text(m["href"]), text(m["method"])
		return nil
	}
	h.at = text(raw)
	return nil
}

// open reads an envelope. asked is the link that was followed, "" for a run that was just started.
func (c *Client) open(env *envelope, asked string) (Page, error) {
	p := Page{Status: strings.ToLower(env.Status), Total: -1, Self: asked}
	if f, err := strconv.ParseFloat(text(env.Progress), 64); err == nil {
		p.Progress = int(min(max(f, 0), 100))
	}
	op := opResults
	if asked == "" {
		op = opReport
		self, err := c.link(env.Links.Self)
		if err != nil {
			return p, fmt.Errorf("%s %s: the link to the report: %w", name, op, err)
		}
		p.Self = self
	}
	if p.Status == StatusError {
		return p, failedRun(op, env.Error)
	}
	if p.Status == "" {
		return p, fmt.Errorf("%s %s: %w: no status", name, op, api.ErrBadBody)
	}
	if p.Status == StatusDone {
		p.Progress = 100
	}
	next, err := c.link(env.Links.Next)
	if err != nil { // leaving it out would look like the end of the report
		return p, fmt.Errorf("%s %s: the link to the next page: %w", name, op, err)
	}
	p.Next = next
	p.Prev, _ = c.link(env.Links.Prev) // nothing is lost without it
	return p, p.fill(op, env.Result)
}

// fill reads the rows.
func (p *Page) fill(op string, raw json.RawMessage) error {
	if isNull(raw) {
		return nil
	}
	var result struct {
		Data   []json.RawMessage `json:"data"`
		Total  json.RawMessage   `json:"total"`
		Cutoff json.RawMessage   `json:"dataCutoffTimestamp"`
	}
	if err := json.Unmarshal(raw, &result); err != nil {
		return fmt.Errorf("%s %s: %w: the result: %w", name, op, api.ErrBadBody, err)
	}
	if n, err := strconv.Atoi(text(result.Total)); err == nil {
		p.Total = n
	}
	p.Cutoff = moment(text(result.Cutoff))
	p.Rows = make([]Row, 0, len(result.Data))
	for _, d := range result.Data {
		r, broken := row(d)
		if broken != nil {
			p.Broken = append(p.Broken, *broken)
			continue
		}
		p.Rows = append(p.Rows, r)
	}
	return nil
}

// failedRun is the error of a run that ended with one.
func failedRun(op string, raw json.RawMessage) *Fault {
	var e struct {
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	_ = json.Unmarshal(raw, &e)
	f := &Fault{Cause: CauseReport, Op: op, Text: "the report ended with an error; it can be started again"}
	words := strings.Join(strings.Fields(text(e.Message)), " ")
	if code := text(e.Code); code != "" {
		words = strings.TrimSpace(words + " [" + clip(code, 60) + "]")
	}
	if words != "" {
		f.Text += ": " + clip(words, 300)
	}
	return f
}

// link checks one that the service gave.
func (c *Client) link(h href) (string, error) {
	switch {
	case h.at == "":
		return "", nil
	case h.method != "" && !strings.EqualFold(h.method, http.MethodGet):
		return "", fmt.Errorf("%w: a link to be followed with %s", api.ErrBadBody, clip(h.method, 20))
	}
	return c.own(h.at)
}

// own makes a link absolute and refuses one that leads away from the configured
// origin: whoever follows it sends the key along.
func (c *Client) own(link string) (string, error) {
	base, err := url.Parse(c.BaseURL())
	if err != nil {
		return "", err
	}
	u, err := base.Parse(strings.TrimSpace(link))
	if err != nil {
		return "", fmt.Errorf("%w: not a URL", api.ErrBadBody)
	}
	if u.User != nil || originOf(u) != originOf(base) {
		return "", fmt.Errorf("%w: it leads to %s://%s, the API key goes to %s only", api.ErrHostNotAllowed, clip(u.Scheme, 20), clip(u.Host, 120), base.Host)
	}
	u.Fragment = ""
	return u.String(), nil
}

// originOf writes scheme, host and port in one spelling.
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	switch {
	case port != "":
	case scheme == "https":
		port = "443"
	case scheme == "http":
		port = "80"
	}
	return scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") + ":" + port
}

// runKey names a run by its link: the same for all of its pages.
func runKey(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return string(bytes.TrimRight([]byte(u.EscapedPath()), "/"))
}
