package emailgistics

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// fields are the members of an object whose names and types are not certain. A
// member is found by its exact name, or else by one that differs in case or
// underscores only.
type fields struct {
	exact map[string]json.RawMessage
	loose map[string]json.RawMessage
}

func newFields(m map[string]json.RawMessage) fields { return fields{exact: m} }

func plainName(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// first returns the first of the members that is there and not null.
func (f *fields) first(names ...string) json.RawMessage {
	for _, n := range names {
		if raw := f.exact[n]; !isNull(raw) {
			return raw
		}
	}
	if f.loose == nil {
		f.loose = make(map[string]json.RawMessage, len(f.exact))
		for n, raw := range f.exact {
			f.loose[plainName(n)] = raw
		}
	}
	for _, n := range names {
		if raw := f.loose[plainName(n)]; !isNull(raw) {
			return raw
		}
	}
	return nil
}

func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}

func (f *fields) text(names ...string) string { return text(f.first(names...)) }

// text reads a string, or a number or truth value as it is written.
func text(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		var s string
		_ = json.Unmarshal(raw, &s) // "" when it is not
		return s
	case '{', '[', 'n':
		return ""
	}
	return string(raw)
}

// truth reads a truth value; nil when there is none.
func (f *fields) truth(names ...string) *bool {
	b, err := strconv.ParseBool(strings.ToLower(f.text(names...)))
	if err != nil {
		return nil
	}
	return &b
}

func (f *fields) time(names ...string) time.Time { return moment(f.text(names...)) }

// moment reads a time as the service writes it: RFC 3339, or the same without a
// zone, which means UTC. Zero: it is none.
func moment(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// person reads somebody in any of the forms in use: an address,
// {"emailAddress":{"name","address"}}, {"name","address"} or "Name <address>".
func person(raw json.RawMessage) Person {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return named(text(raw))
	}
	f := newFields(m)
	var inner map[string]json.RawMessage
	if json.Unmarshal(f.first("emailAddress"), &inner) == nil && len(inner) > 0 {
		f = newFields(inner)
	}
	return Person{
		Name:    f.text("name", "displayName", "userName"),
		Address: f.text("address", "email", "emailAddress", "userEmail"),
	}
}

// named reads "Name <address>", an address, or a name.
func named(s string) Person {
	s = strings.TrimSpace(s)
	if n, rest, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(rest, ">") {
		return Person{Name: strings.Trim(strings.TrimSpace(n), `"`), Address: strings.TrimSuffix(rest, ">")}
	}
	if strings.Contains(s, "@") {
		return Person{Address: s}
	}
	return Person{Name: s}
}

// people reads a list of persons, or a single one.
func people(raw json.RawMessage) []Person {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var out []Person
	for _, r := range list {
		if p := person(r); p != (Person{}) {
			out = append(out, p)
		}
	}
	return out
}

// labels reads a list of names or ids: strings, or objects with the one or the other.
func labels(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		if s := text(raw); s != "" {
			return []string{s}
		}
		list = []json.RawMessage{raw}
	}
	var out []string
	for _, r := range list {
		s := text(r)
		var m map[string]json.RawMessage
		if s == "" && json.Unmarshal(r, &m) == nil {
			f := newFields(m)
			s = f.text("userName", "tagName", "displayName", "name", "userEmail", "email", "userId", "tagId", "id")
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
