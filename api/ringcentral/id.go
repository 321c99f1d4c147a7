package ringcentral

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"switchboard/api"
)

// ID is an identifier as the service spells it. JSON numbers and strings both
// decode into it, digit by digit; it encodes as a string. "" means none.
type ID string

// maxID is longer than any id seen; RingOut's tokens have some 60 characters.
const maxID = 256

// UnmarshalJSON implements [json.Unmarshaler].
func (id *ID) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) == 0 || string(b) == "null":
		*id = ""
		return nil
	case len(b) > maxID:
		return fmt.Errorf("id of %d bytes", len(b))
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*id = ID(s)
		return nil
	}
	for i, c := range b {
		if (c < '0' || c > '9') && (i > 0 || c != '-') {
			return fmt.Errorf("id %.40q is not a whole number", b)
		}
	}
	*id = ID(b)
	return nil
}

// MarshalJSON implements [json.Marshaler].
func (id ID) MarshalJSON() ([]byte, error) { return json.Marshal(string(id)) }

// Int returns the id as a number, 0 if it is not one that fits.
func (id ID) Int() int64 {
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// String implements [fmt.Stringer].
func (id ID) String() string { return string(id) }

// usable reports whether the id may be part of a path: letters, digits, - and
// _ only. An empty id, a "*" or a "," would turn one message into others, and a
// DELETE without ids empties the mailbox.
func (id ID) usable() bool {
	if id == "" || len(id) > maxID {
		return false
	}
	return strings.IndexFunc(string(id), func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	}) < 0
}

// checked returns ids without repetitions, or [api.ErrNoIDs] if there are none
// or one of them is not an id. Repetitions matter: a second DELETE purges.
func checked(op string, ids []ID) ([]ID, error) {
	if len(ids) == 0 {
		return nil, fmt.Errorf("RingCentral %s: %w", op, api.ErrNoIDs)
	}
	seen := make(map[ID]bool, len(ids))
	out := make([]ID, 0, len(ids))
	for _, id := range ids {
		if !id.usable() {
			return nil, notAnID(op, id)
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out, nil
}

func notAnID(op string, id ID) error {
	return fmt.Errorf("RingCentral %s: %w: %.40q is not an id", op, api.ErrNoIDs, string(id))
}

func joined(ids []ID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(id))
	}
	return b.String()
}
