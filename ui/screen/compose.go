package screen

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"switchboard/store"
)

// Letter is what the composer is opened with. Its zero value has a person asked what it
// is to be.
type Letter struct {
	Kind    store.SendKind
	Account string // Account.Key
	To      []store.Recipient
	Own     []string // numbers of one's own that what is answered came in on
	Text    string
	Files   []LetterFile
	Answers store.ID   // what is answered
	About   string     // what is answered or sent on, for the title: "voicemail from Ana Lima"
	Canned  bool       // the canned replies are shown at once
	Resend  store.ID   // a fax that is sent on by reference
	Whole   string     // what that is: "fax from Ana Lima, 3 pages"
	Retry   store.ID   // the message that failed and is sent once more
	Anew    LetterFile // the fax as a file, for when it is to have a cover page after all
}

// LetterFile is a file to be sent: one that lies somewhere, or one that is made once
// somebody wants to send it.
type LetterFile struct {
	Path  string
	Words string // what it is, where that is more than its name
	Name  string // under which it is written, where Write makes it
	// Write makes the file; nil: Path has it.
	Write func(ctx context.Context, w io.Writer) error
}

// Sheets are the pages of a file as a person looks at them: those picked, turned, and
// with what was put on them.
type Sheets struct {
	Words string // what is different from the file: "page 2 turned"; "": nothing
	// Write writes them as a PDF.
	Write func(ctx context.Context, w io.Writer) error
}

// RecipientName is what a recipient is called.
func RecipientName(r store.Recipient) string {
	switch {
	case r.Name != "":
		return r.Name
	case r.Number != "":
		return Number(r.Number)
	}
	return "ext. " + r.Extension
}

// RecipientWhere is the number or the extension of a recipient.
func RecipientWhere(r store.Recipient) string {
	if r.Number != "" {
		return Number(r.Number)
	}
	return "ext. " + r.Extension
}

// SendKindName is what is sent, as it begins a title.
func SendKindName(k store.SendKind) string {
	switch k {
	case store.SendFax:
		return "Fax"
	case store.SendPager:
		return "Page to colleagues"
	}
	return "Text"
}

// Until is how long something can still be done, for the end of a sentence: "until
// 15:04:10" where it is soon, else with hour and day.
func Until(t, now time.Time, loc *time.Location) string {
	if t.Sub(now) < 10*time.Minute {
		return "until " + t.In(loc).Format("15:04:05")
	}
	return "until " + Clock(t, now, loc)
}

// Numbered joins things in a sentence: "Ana", "Ana and Ben", "Ana, Ben and 3 more".
func Numbered(names []string, most int) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n <= most:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), n-most+1)
	}
}

// FillReply puts into a canned reply who it goes to ({name}), the number one can be
// reached at ({number}) and when one calls back ({callback}). What is not known leaves
// no gap.
func FillReply(text, name, number, callback string) string {
	for _, v := range [...][2]string{{"{name}", name}, {"{number}", number}, {"{callback}", callback}} {
		if v[1] == "" {
			text = strings.ReplaceAll(text, " "+v[0], "")
		}
		text = strings.ReplaceAll(text, v[0], v[1])
	}
	return strings.TrimSpace(text)
}
