package groups

import (
	"unicode"

	"switchboard/store"
	"switchboard/ui/kit"
)

// mostTyped is how many characters are taken: more than can be posted, so that what is
// too long can be seen and cut.
const mostTyped = 4 * store.MaxPostText

// editor is the text of a post, with the names that are mentioned in it.
type editor struct{ kit.Editor }

// insert puts text at the cursor. What is pasted is cleaned as all text from outside is.
func (e *editor) insert(s string) {
	e.Limit = mostTyped
	e.Insert(store.Clean(s))
}

// mention is the beginning of a name behind an @ that the cursor is in, and where the @ is.
func (e *editor) mention() (prefix string, from int, ok bool) {
	const most = 40
	for i := e.At - 1; i >= 0 && e.At-i <= most; i-- {
		switch r := e.Value[i]; {
		case r == '\n':
			return "", 0, false
		case r == '@':
			if i > 0 && (unicode.IsLetter(e.Value[i-1]) || unicode.IsDigit(e.Value[i-1])) {
				return "", 0, false
			}
			return string(e.Value[i+1 : e.At]), i, true
		}
	}
	return "", 0, false
}
