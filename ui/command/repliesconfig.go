package command

import (
	"strings"
	"unicode"

	"switchboard/store"
)

// longestReply is how many characters a canned reply has at most: a text takes no more.
const longestReply = 1000

// readReplies takes the table [replies]: canned replies under the digits that put them
// in, and callback, which {callback} in them stands for.
//
//	[replies]
//	callback = "before 17:00"
//	1 = "Hello {name}, we got your message and call you back {callback}."
func (c *Config) readReplies(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [replies]", v)
		return
	}
	texts := map[byte]string{}
	known := map[string]func(string, any){"callback": r.text1(&c.Callback)}
	for d := byte('1'); d <= '9'; d++ {
		known[string(d)] = func(key string, v any) {
			s, ok := v.(string)
			switch {
			case !ok:
				r.wrong(key, "a text in quotes", v)
			case strings.TrimSpace(s) == "":
				r.failf(key, "", "is empty")
			case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) || store.Clean(s) != s:
				r.failf(key, "", "has characters that cannot be sent")
			case len([]rune(s)) > longestReply:
				r.failf(key, "", "is longer than %d characters", longestReply)
			default:
				r.checkBraces(key, s)
				texts[d] = s
			}
		}
	}
	r.table(t, key, known)
	// A gap would have the digits on the screen not be those of the file.
	for d := byte('1'); d <= '9' && r.err == nil; d++ {
		if s, ok := texts[d]; ok {
			if len(c.Replies) != int(d-'1') {
				r.failf(key+"."+string(d), "number them 1, 2, 3 without a gap", "there is no %d before it", len(c.Replies)+1)
				return
			}
			c.Replies = append(c.Replies, s)
		}
	}
}

// checkBraces finds what stands in braces and is filled in by nobody.
func (r *reader) checkBraces(key, s string) {
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			return
		}
		name, after, ok := strings.Cut(rest, "}")
		switch {
		case !ok:
			return
		case name != "name" && name != "number" && name != "callback":
			r.failf(key, "known: {name}, {number}, {callback}", "{%s} is filled in by nobody", name)
			return
		}
		s = after
	}
}
