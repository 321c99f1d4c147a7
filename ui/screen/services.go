package screen

import (
	"context"
	"strings"
	"unicode/utf8"

	"switchboard/store"
	"switchboard/ui/kit"
)

// OfferStore is what screens ask about what only some services give.
type OfferStore interface {
	SameContent(ctx context.Context, attachment int64) ([]store.Seen, error)
	Offered(account int64, o store.Offer) (ok bool, why string)
	WantDetail(ctx context.Context, id store.ID) (more bool, err error)
	WhyBare(ctx context.Context, id store.ID) (string, error)
}

// ServiceName is a service, by Account.Service, as people write it.
func ServiceName(service string) string {
	switch service {
	case "ringcentral":
		return "RingCentral"
	case "symphony":
		return "Symphony"
	case "emailgistics":
		return "Emailgistics"
	}
	return service
}

// ServiceSign is a service in one cell.
func ServiceSign(service string) string {
	r, _ := utf8.DecodeRuneInString(service)
	if r == utf8.RuneError {
		return "?"
	}
	return kit.Cut(strings.ToUpper(string(r)), 1)
}

// Mixed reports whether there are accounts of several services, so that it is worth
// saying of which one something is.
func (e *Env) Mixed() bool {
	first := ""
	for _, s := range e.Services {
		if first != "" && s != first {
			return true
		}
		first = s
	}
	return false
}

// Whose is the name of an account's service where there are several; "" where it goes
// without saying.
func (e *Env) Whose(account int64) string {
	if !e.Mixed() {
		return ""
	}
	return ServiceName(e.Services[account])
}

// Lacks says why an account's service does not offer something, and what to do instead,
// as the end of a sentence; "" where it does.
func (e *Env) Lacks(account int64, o store.Offer) string {
	_, why := store.OfferedBy(e.Services[account], o)
	return why
}

// Refuses tells why an account's service does not offer something, and reports whether
// that is so.
func (e *Env) Refuses(account int64, o store.Offer) bool {
	why := e.Lacks(account, o)
	if why != "" {
		e.Host.Say(Upper(why))
	}
	return why != ""
}

// Offering reports whether any account's service offers something.
func (e *Env) Offering(o store.Offer) bool {
	for _, s := range e.Services {
		if ok, _ := store.OfferedBy(s, o); ok {
			return true
		}
	}
	return len(e.Services) == 0
}

// NoNumber says why somebody cannot be called, as the end of a sentence.
func NoNumber(r store.Row) string {
	switch r.Kind {
	case store.Email:
		return "an e-mail comes without a telephone number"
	case store.Post:
		return "a post comes without a telephone number; b in its chat looks for the one of its author"
	}
	return "the caller's number is withheld"
}

// Upper is a text that begins a sentence.
func Upper(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return ""
	}
	return strings.ToUpper(string(r)) + text[n:]
}

// Box is the mailbox of a row in a list: with the sign of its service where there are
// several.
func (e *Env) Box(r store.Row) string {
	if !e.Mixed() {
		return r.Mailbox
	}
	return ServiceSign(e.Services[r.Account]) + " " + r.Mailbox
}

// SeenWords is a place where the same content was seen, on one line.
func (e *Env) SeenWords(p store.Seen) string {
	text := strings.ToLower(KindName(p.Row.Kind)) + " " + With(p.Row)
	if p.Chat != "" {
		text += " in " + p.Chat
	}
	text += ", " + Clock(p.Row.Time, e.Now(), e.Location)
	if e.Mixed() {
		text += ", " + ServiceName(p.Service)
	}
	if p.Name != "" {
		text += ": " + p.Name
	}
	return text
}
