package screen

import (
	"regexp"
	"strings"
	"time"

	"switchboard/store"
)

// Query reads a query as people type it on the screen. A comparison may stand
// without its colon (dur<3 is dur:<3), and a length means recordings: a text or
// a fax, which has none, is not shorter than three seconds. Text in quotes
// stays as it is.
func Query(text string, now time.Time, loc *time.Location) (store.Query, error) {
	parts := strings.Split(text, `"`)
	short := regexp.MustCompile(`(^|\s)(-?)(dur|pages)([<>=])`)
	length := regexp.MustCompile(`(^|\s)dur:`)
	recordings := false
	for i := 0; i < len(parts); i += 2 {
		parts[i] = short.ReplaceAllString(parts[i], "$1$2$3:$4")
		recordings = recordings || length.MatchString(parts[i])
	}
	q, err := store.ParseQuery(strings.Join(parts, `"`), now, loc)
	if err != nil || !recordings {
		return q, err
	}
	voice, err := store.ParseQuery("in:voicemail", now, loc)
	return q.And(voice), err
}
