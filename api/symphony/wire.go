package symphony

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// decode reads JSON and leaves out members of a type that was not expected instead of
// losing the rest: the service's answers differ from its description here and there.
func decode(raw []byte, out any) error {
	err := json.Unmarshal(raw, out)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) && other.Field != "" {
		return nil
	}
	return err
}

// decodeList reads an array. null is an empty one; what is no T becomes a zero T.
func decodeList[T any](raw []byte) ([]T, error) {
	var list []T
	err := json.Unmarshal(raw, &list)
	var other *json.UnmarshalTypeError
	if raw = bytes.TrimSpace(raw); errors.As(err, &other) && raw[0] == '[' {
		return list, nil
	}
	return list, err
}

// text is a JSON string, or a number or a truth value as text.
type text string

// UnmarshalJSON implements [json.Unmarshaler]. What is no scalar is "".
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b = bytes.TrimSpace(b); {
	case len(b) == 0 || b[0] == '{' || b[0] == '[' || string(b) == "null":
	case b[0] == '"':
		if in := b[1 : len(b)-1]; bytes.IndexByte(in, '\\') < 0 && utf8.Valid(in) {
			*t = text(in) // as most are
			return nil
		}
		s, err := unquote(b)
		if err != nil {
			return err
		}
		*t = text(s)
	default:
		*t = text(b)
	}
	return nil
}

// count is a whole number, bare or as text. Others are 0.
type count int64

// UnmarshalJSON implements [json.Unmarshaler].
func (c *count) UnmarshalJSON(b []byte) error {
	if n, ok := digits(b); ok {
		*c = count(n)
		return nil
	}
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*c = 0
	s := strings.TrimSpace(string(t))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		*c = count(n)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<62 {
		*c = count(f)
	}
	return nil
}

// digits reads what most numbers are.
func digits(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, d := range b {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int64(d-'0')
	}
	return n, true
}

// flag is a truth value, bare, as text or as a number.
type flag bool

// UnmarshalJSON implements [json.Unmarshaler].
func (f *flag) UnmarshalJSON(b []byte) error {
	if *f = string(b) == "true"; *f || string(b) == "false" {
		return nil
	}
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	on, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(string(t))))
	*f = flag(on && err == nil)
	return nil
}

// latest is the year 9999: what is later is no time of a message.
var latest = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()

// moment is a time in milliseconds since 1970, bare or as text. 0, and what is out of any
// reason, is the zero time.
type moment count

// UnmarshalJSON implements [json.Unmarshaler].
func (m *moment) UnmarshalJSON(b []byte) error { return (*count)(m).UnmarshalJSON(b) }

func (m moment) time() time.Time {
	if m <= 0 || int64(m) > latest {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// millis writes t for a query; the zero time, and what is before 1970, is 0.
func millis(t time.Time) string { return strconv.FormatInt(max(t.UnixMilli(), 0), 10) }
