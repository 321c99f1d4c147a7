package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxErrorBody = 64 << 10
	maxMessage   = 400
	maxDetails   = 20
	maxRetry     = time.Hour
)

// DecodeError turns an answer's status, headers and body into an [Error]. It
// reads the errors[] envelope, a top-level errorCode, OAuth's envelope, and
// makes do with empty and HTML bodies. unsafe says that the request must not
// be repeated blindly, which makes a gateway's 5xx an unknown outcome.
func DecodeError(service, op, method string, status int, header http.Header, body []byte) *Error {
	e := &Error{Service: service, Op: op, Method: method, Status: status}
	if header == nil {
		header = http.Header{}
	}
	e.RequestID = requestID(header)
	e.RetryAfter = retryAfter(header, time.Now())
	e.envelope(body)
	if e.Message == "" {
		e.Message = bodyWords(status, header, body)
	}
	if status == http.StatusForbidden && e.Permission == "" {
		e.Permission = bracketed(e.Message)
	}
	e.Unknown = !repeatable(method) && unknownStatus(status)
	return e
}

// unknownStatus lists the answers that do not say whether the request was
// carried out. A 503 is a refusal.
func unknownStatus(status int) bool {
	return status >= 500 && status != http.StatusServiceUnavailable && status != http.StatusNotImplemented
}

// envelope reads what the body tells, field by field: a member of an
// unexpected type is left out instead of losing the rest.
func (e *Error) envelope(body []byte) {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return
	}
	e.Code = plain(text(top["errorCode"]), 64)
	if e.Code == "" {
		e.Code = plain(text(top["code"]), 64)
	}
	e.Message = plain(text(top["message"]), maxMessage)
	e.Parameter = plain(text(top["parameterName"]), 100)
	e.Permission = plain(text(top["permissionName"]), 100)
	var list []map[string]json.RawMessage
	if json.Unmarshal(top["errors"], &list) != nil {
		list = nil
	}
	for _, item := range list[:min(len(list), maxDetails)] {
		d := Detail{
			Code:      plain(text(item["errorCode"]), 64),
			Message:   plain(text(item["message"]), maxMessage),
			Parameter: plain(text(item["parameterName"]), 100),
		}
		e.Details = append(e.Details, d)
		if e.Permission == "" {
			e.Permission = plain(text(item["permissionName"]), 100)
		}
	}
	e.nested(top["error"])
	if oauth := plain(text(top["error"]), 64); oauth != "" {
		e.Code = oauth
		if m := plain(text(top["error_description"]), maxMessage); m != "" {
			e.Message = m
		}
	}
	if len(e.Details) == 0 {
		return
	}
	first := e.Details[0]
	// The top-level code may be of an older style ("InvalidParameter") beside
	// an inner "CMN-102"; the inner one is the one that is documented.
	if e.Code == "" || !strings.Contains(e.Code, "-") && strings.Contains(first.Code, "-") && text(top["error"]) == "" {
		e.Code = first.Code
	}
	if e.Message == "" {
		e.Message = first.Message
	}
	if e.Parameter == "" {
		e.Parameter = first.Parameter
	}
}

// nested reads an error that is an object of its own, {"code":…, "message":…}. What
// stands beside it is left alone: _links.origin.body echoes the request.
func (e *Error) nested(raw json.RawMessage) {
	var inner map[string]json.RawMessage
	if json.Unmarshal(raw, &inner) != nil {
		return
	}
	if code := plain(text(inner["code"]), 64); code != "" {
		e.Code = code
	}
	if m := plain(text(inner["message"]), maxMessage); m != "" {
		e.Message = m
	}
}

// text reads a JSON string or number as text, anything else as nothing.
func text(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
		return ""
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw)
	}
	return ""
}

// plain makes text from outside fit for one line of an error: no control or
// formatting characters, no secrets, no more than limit bytes.
func plain(s string, limit int) string {
	if len(s) > 4*limit {
		s = s[:4*limit]
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = Redact(strings.Join(strings.Fields(s), " "))
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// bodyWords describes an error body that carries no message of its own.
func bodyWords(status int, header http.Header, body []byte) string {
	words := statusWords(status)
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0:
		return words
	case isHTML(header, trimmed):
		return words + ", answered with a web page instead of data"
	}
	return words
}

func isHTML(header http.Header, body []byte) bool {
	if strings.Contains(strings.ToLower(header.Get("Content-Type")), "html") {
		return true
	}
	return len(body) > 0 && body[0] == '<'
}

// bracketed returns the name in "…needs to have [ReadMessages] permission…".
func bracketed(message string) string {
	if !strings.Contains(strings.ToLower(message), "permission") {
		return ""
	}
	_, rest, ok := strings.Cut(message, "[")
	if !ok {
		return ""
	}
	name, _, ok := strings.Cut(rest, "]")
	if !ok {
		return ""
	}
	return strings.TrimSpace(name)
}

func requestID(h http.Header) string {
	for _, name := range []string{"RCRequestId", "X-Request-Id"} {
		if v := h.Get(name); v != "" {
			return plain(v, 100)
		}
	}
	return ""
}

// retryAfter reads Retry-After in seconds or as a date (RFC 9110, 10.2.3), at
// most an hour. 0 means that the header says nothing useful.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		if n <= 0 {
			return 0
		}
		return time.Duration(min(n, int64(maxRetry/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return min(at.Sub(now), maxRetry)
	}
	return 0
}

// readError consumes an error answer.
func (c *Client) readError(cl *call, resp *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	// Reading on lets the connection be used again; a long body is not worth it.
	_ = resp.Body.Close()
	e := DecodeError(c.name, cl.Op, cl.method(), resp.StatusCode, resp.Header, body)
	e.RequestID = idOf(resp)
	if cl.safe {
		e.Unknown = false
	}
	if e.RetryAfter > 0 {
		e.RetryAfter = retryAfter(resp.Header, c.clock.Now())
	}
	return e
}
