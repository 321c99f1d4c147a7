package screen

import (
	"context"
	"io"
	"strings"

	"switchboard/store"
)

// ContactStore is what screens ask of the contacts.
type ContactStore interface {
	ContactWindow(ctx context.Context, q store.ContactQuery, at int64, before, after int) (store.ContactWindow, error)
	CountContacts(ctx context.Context, q store.ContactQuery, stop int) (n int, exact bool, err error)
	Contact(ctx context.Context, id int64) (store.Contact, error)
	DuplicatesOf(ctx context.Context, id int64) ([]store.Contact, error)
	Match(ctx context.Context, account int64, parties []store.Party) ([]store.Match, error)
	SaveContact(ctx context.Context, c store.Contact) (store.Op, error)
	DeleteContact(ctx context.Context, id int64) (store.Op, error)
	SetFavorite(ctx context.Context, id int64, on bool) (store.Op, error)
	ImportVCards(ctx context.Context, account int64, r io.Reader) (store.ImportReport, error)
	ExportVCards(ctx context.Context, q store.ContactQuery, w io.Writer) (n int, err error)
	ExportContacts(ctx context.Context, ids []int64, w io.Writer) (n int, err error)
	ContactIDs(ctx context.Context, q store.ContactQuery, most int) ([]int64, error)
	ContactOf(ctx context.Context, op int64) (int64, error)
	Together(ctx context.Context, ops []int64, words string) error
	Feeds() []store.FeedStatus
}

// ContactSource is which list a contact is in, in at most eight cells.
func ContactSource(c store.Contact) string {
	if c.Source == store.Personal {
		return "personal"
	}
	return "company"
}

// SourceWords is the same as a sentence says it.
func SourceWords(c store.Contact) string {
	if c.Source == store.Personal {
		return "in your own contacts"
	}
	return "in the company directory"
}

// ContactName is what a contact is called; one without a name is called by what it has.
func ContactName(c store.Contact) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Company != "":
		return c.Company
	case len(c.Numbers) > 0:
		return Number(c.Numbers[0].Number)
	case len(c.Emails) > 0:
		return c.Emails[0]
	}
	return "no name"
}

// NumberKind is what a number is for, as people say it.
func NumberKind(kind string) string {
	switch k := strings.ToLower(kind); k {
	case "":
		return "phone"
	case "extension":
		return "ext."
	default:
		return k
	}
}

// NumberOf is a number of a contact as people read it.
func NumberOf(n store.PhoneNumber) string {
	if strings.EqualFold(n.Kind, "extension") {
		return n.Number
	}
	return Number(n.Number)
}

// Dialled is the numbers of a contact that can be called, its extension among them; the
// first one is the one to call unasked. A fax line comes last.
func Dialled(c store.Contact) []store.PhoneNumber {
	var out, fax []store.PhoneNumber
	ext := false
	for _, n := range c.Numbers {
		switch k := strings.ToLower(n.Kind); {
		case n.Number == "":
		case strings.Contains(k, "fax"):
			fax = append(fax, n)
		default:
			ext = ext || k == "extension" || n.Number == c.Extension
			out = append(out, n)
		}
	}
	if c.Extension != "" && !ext {
		out = append(out, store.PhoneNumber{Kind: "extension", Number: c.Extension})
	}
	return append(out, fax...)
}

// CardText is a contact as lines of text, for copying.
func CardText(c store.Contact) string {
	var b strings.Builder
	line := func(name, value string) {
		if value == "" {
			return
		}
		if name != "" {
			b.WriteString(name + ": ")
		}
		b.WriteString(value + "\n")
	}
	line("", ContactName(c))
	line("", strings.Join(nonEmpty(c.Job, c.Department), ", "))
	if c.Company != ContactName(c) {
		line("", c.Company)
	}
	for _, n := range Dialled(c) {
		line(NumberKind(n.Kind), NumberOf(n))
	}
	for _, e := range c.Emails {
		line("", e)
	}
	line("", c.Web)
	for _, a := range c.Address {
		line("", a)
	}
	line("Birthday", c.Birthday)
	line("", c.Notes)
	return strings.TrimRight(b.String(), "\n")
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
