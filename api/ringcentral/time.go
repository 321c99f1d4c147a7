package ringcentral

import (
	"encoding/json"
	"fmt"
	"time"
)

// Time is a moment as the service writes it: RFC 3339 with or without
// fractions, an offset without a colon (+0000), or no zone at all, which is
// UTC. The zero Time stands for a missing one.
type Time struct{ time.Time }

// layout is how times are sent.
const layout = "2006-01-02T15:04:05.000Z"

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		t.Time = time.Time{}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("time %.40q is not text", b)
	}
	p, err := ParseTime(s)
	t.Time = p
	return err
}

// MarshalJSON implements [json.Marshaler].
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + t.UTC().Format(layout) + `"`), nil
}

// ParseTime reads any of the service's spellings, as UTC. "" is the zero time.
func ParseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, l := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %.40q is in no known form", s)
}

// text writes t for a query.
func text(t time.Time) string { return t.UTC().Format(layout) }
