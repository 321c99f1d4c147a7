package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// strong returns tag if it is a strong entity tag (RFC 9110, 8.8.3), else "".
// Only such a tag promises that two parts belong together byte by byte.
func strong(tag string) string {
	tag = strings.TrimSpace(tag)
	if len(tag) < 2 || len(tag) > 512 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		return ""
	}
	for _, b := range []byte(tag[1 : len(tag)-1]) {
		if b < 0x21 || b == '"' || b == 0x7f {
			return ""
		}
	}
	return tag
}

// identity is what tells two versions apart within one run when there is no
// strong tag: enough for parts that the server itself insists on.
func identity(resp *http.Response) string {
	return resp.Header.Get("ETag") + " " + resp.Header.Get("Last-Modified")
}

// contentRange reads "bytes 0-99/1234", "bytes 0-99/*" and "bytes */1234"
// (RFC 9110, 14.4). What is not told is -1.
func contentRange(v string) (first, last, total int64, err error) {
	bad := fmt.Errorf("%w: Content-Range %q", ErrBadBody, plain(v, 60))
	unit, rest, ok := strings.Cut(strings.TrimSpace(v), " ")
	span, size, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || !strings.EqualFold(unit, "bytes") {
		return -1, -1, -1, bad
	}
	total = -1
	if size != "*" {
		if total, err = digits(size); err != nil {
			return -1, -1, -1, bad
		}
	}
	if span == "*" {
		return -1, -1, total, nil
	}
	a, b, ok := strings.Cut(span, "-")
	first, err1 := digits(a)
	last, err2 := digits(b)
	if !ok || err1 != nil || err2 != nil || last < first || total >= 0 && last >= total {
		return -1, -1, -1, bad
	}
	return first, last, total, nil
}

func digits(s string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 62)
	return int64(n), err
}
