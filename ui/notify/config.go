package notify

import (
	"path"
	"slices"
	"strings"
	"time"

	"switchboard/store"
)

// The kinds of news.
const (
	Voicemail = "voicemail"
	Fax       = "fax"
	Text      = "text" // SMS, MMS and pager messages
	Email     = "email"
	Call      = "call"    // a missed one
	Ringing   = "ringing" // a call, as long as it rings
	Mention   = "mention" // a post that names the person, or is to them alone
	Post      = "post"    // any other post
)

// Kinds are all kinds of news.
func Kinds() []string { return []string{Ringing, Voicemail, Fax, Text, Email, Call, Mention, Post} }

// How much a notification tells of what came in.
const (
	ContentNone = "none" // how many, of which kind
	ContentWho  = "who"  // and from whom
	ContentText = "text" // and how it begins
)

// Config is what a person wants to be told, and how.
type Config struct {
	Bell    bool
	Title   bool     // the count in the window's title
	Desktop string   // a name of [Ways], "auto" or "off"
	Command []string // a program that shows {title} and {text}; nil: none
	Content string   // a Content constant; "": none

	Kinds     []string            // nil: all but Post
	Mailboxes map[string][]string // by name or pattern: kinds for that mailbox instead
	Quiet     []Quiet
	Repeat    time.Duration // tells again so long as something is unseen; 0: once
	Loss      bool          // tells of a lost connection, and of its return
	Grace     time.Duration // for so long a loss is nobody's news
}

// Default is what a person gets who has not said anything: the count in the title.
func Default() Config {
	return Config{Title: true, Desktop: "off", Content: ContentNone, Loss: true, Grace: time.Minute}
}

// Silent reports whether nothing is told but by the title.
func (c Config) Silent() bool {
	return !c.Bell && (c.Desktop == "" || c.Desktop == "off") && len(c.Command) == 0
}

// kind is which kind of news an arrival is.
func kind(a store.Arrival) string {
	switch a.Row.Kind {
	case store.Voicemail:
		return Voicemail
	case store.Fax:
		return Fax
	case store.Email:
		return Email
	case store.Call:
		return Call
	case store.Post:
		if a.Mention {
			return Mention
		}
		return Post
	}
	return Text
}

// wants reports whether a kind of news of a mailbox is to be told. A mailbox is known
// by its name and by its account's key.
func (c Config) wants(kind, mailbox, account string) bool {
	kinds := c.Kinds
	if kinds == nil {
		kinds = []string{Ringing, Voicemail, Fax, Text, Email, Call, Mention}
	}
	best := -1
	for pattern, own := range c.Mailboxes {
		for _, name := range []string{mailbox, account} {
			// The longest pattern that fits is the most particular one.
			if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(name)); ok && len(pattern) > best {
				kinds, best = own, len(pattern)
			}
		}
	}
	return slices.Contains(kinds, kind)
}
