package symphony

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"switchboard/api"
)

// maxID is longer than any id seen; those of attachments have some 60 characters.
const maxID = 1024

// SafeID writes an id of a stream or a message as paths want it: URL-safe base64 without
// padding. Ids of the API have that form already, but those of attachment lists, receipts
// and the web client are standard base64. Ids without '+', '/' and '=' stay as they are.
func SafeID(id string) string {
	if !strings.ContainsAny(id, "+/=") {
		return id
	}
	return strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(id, "="))
}

// segment writes the id of a stream or a message for use between two slashes of a path.
func segment(op, id string) (string, error) {
	safe := SafeID(id)
	switch {
	case safe == "", safe == ".", safe == "..", len(safe) > maxID:
		return "", notAnID(op, id)
	}
	return url.PathEscape(safe), nil
}

// number reads the id of a user, a whole number that fits 64 bits.
func number(op, id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return 0, notAnID(op, id)
	}
	return n, nil
}

func notAnID(op, id string) error {
	return fmt.Errorf("%s %s: %w: %.40q is not an id", service, op, api.ErrNoIDs, id)
}
