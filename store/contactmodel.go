package store

import (
	"context"
	"encoding/json"
	"time"
)

// ContactSource says which list a contact is in.
type ContactSource uint8

// The sources.
const (
	Personal  ContactSource = iota + 1 // the address book of the extension
	Directory                          // the company directory: people and queues
)

// PhoneNumber is a number with what it is for.
type PhoneNumber struct {
	Kind   string `json:"kind"`   // "mobile", "business", "home", "fax", "extension", ...
	Number string `json:"number"` // normalised, see NormalNumber; an extension as it is
}

// Contact is a person or a place that can be called. Text is clean.
type Contact struct {
	ID         int64         `json:"id"` // row on this machine
	Account    int64         `json:"-"`
	Source     ContactSource `json:"-"`
	Remote     string        `json:"remote_id"` // the service's id; "" while it has none yet
	Extension  string        `json:"extension,omitempty"`
	First      string        `json:"first_name,omitempty"`
	Middle     string        `json:"middle_name,omitempty"`
	Last       string        `json:"last_name,omitempty"`
	Nick       string        `json:"nick_name,omitempty"`
	Name       string        `json:"name"` // as shown and sorted: made of the others, or given
	Company    string        `json:"company,omitempty"`
	Job        string        `json:"job_title,omitempty"`
	Department string        `json:"department,omitempty"`
	Numbers    []PhoneNumber `json:"numbers"`
	Emails     []string      `json:"emails,omitempty"`
	Web        string        `json:"web_page,omitempty"`
	Birthday   string        `json:"birthday,omitempty"`         // 2006-01-02
	Address    []string      `json:"addresses,omitempty"`        // each on one line
	Postal     []Postal      `json:"postal_addresses,omitempty"` // the same, in parts
	Notes      string        `json:"notes,omitempty"`            // of the address book, not of the ledger
	Status     string        `json:"status,omitempty"`           // of the directory: Enabled, Disabled, NotActivated
	Type       string        `json:"type,omitempty"`             // of the directory: User, Department, ...
	Favorite   bool          `json:"favorite"`
	Duplicates int           `json:"duplicates,omitempty"` // others with the same number or e-mail address
	Pending    bool          `json:"pending,omitempty"`    // a change has not reached the service yet
	Modified   time.Time     `json:"-"`
}

// Match is whom a number belongs to. More than one name is shown as such, never guessed.
type Match struct {
	Name    string   // the name all agree on; "" when there is none or they differ
	Contact int64    // of that name: the first contact; 0: none
	Names   []string // when they differ: all of them, at most five
	Count   int      // how many contacts have the number
}

// ContactQuery selects contacts.
type ContactQuery struct {
	Text      string        // words and digits, as typed; prefixes of names, companies, numbers, e-mail addresses
	Source    ContactSource // 0: all
	Favorites bool
	Account   int64 // 0: all
}

// ContactWindow is a part of the list of contacts, by name.
type ContactWindow struct {
	Rows       []Contact
	Start, End bool
	Generation uint64
}

// Contacts, in contacts.go:
//
//	ContactWindow(ctx, q ContactQuery, at int64, before, after int) (ContactWindow, error) // at: a contact's ID, 0 from the start, -1 from the end
//	CountContacts(ctx, q ContactQuery, stop int) (n int, exact bool, err error)
//	Contact(ctx, id int64) (Contact, error)
//	Match(ctx, account int64, parties []Party) ([]Match, error) // by normalised number, extension and alias; one look for all
//	SaveContact(ctx, c Contact) (Op, error)      // ID 0: a new one; undoable
//	DeleteContact(ctx, id int64) (Op, error)     // undoable
//	SetFavorite(ctx, id int64, on bool) (Op, error)
//	DuplicatesOf(ctx, id int64) ([]Contact, error)
//	ImportVCards(ctx, account int64, r io.Reader) (ImportReport, error)
//	ExportVCards(ctx, q ContactQuery, w io.Writer) (n int, err error)

// Kinds of numbers that the address book has room for, one of each. A directory entry
// has others besides.
const (
	NumberMobile      = "mobile"
	NumberBusiness    = "business"
	NumberBusiness2   = "business 2"
	NumberHome        = "home"
	NumberHome2       = "home 2"
	NumberFax         = "business fax"
	NumberCompany     = "company"
	NumberAssistant   = "assistant"
	NumberCar         = "car"
	NumberOther       = "other"
	NumberOtherFax    = "other fax"
	NumberCallback    = "callback"
	NumberDirect      = "direct" // of the directory
	maxContactEmails  = 3
	maxContactPostals = 3
)

// NumberKinds are the kinds of numbers a person can give a contact, in the order in
// which they are shown.
func NumberKinds() []string {
	return []string{
		NumberMobile, NumberBusiness, NumberBusiness2, NumberHome, NumberHome2, NumberCompany, NumberOther,
		NumberAssistant, NumberCar, NumberCallback, NumberFax, NumberOtherFax,
	}
}

// Postal is a postal address in parts.
type Postal struct {
	Kind    string `json:"kind"` // home, business, other
	Street  string `json:"street,omitempty"`
	City    string `json:"city,omitempty"`
	State   string `json:"state,omitempty"`
	Zip     string `json:"zip,omitempty"`
	Country string `json:"country,omitempty"`
}

// ContactService is a [Service] that keeps contacts. Its errors are as Service's.
type ContactService interface {
	// PullContacts reads a part of the address book: what changed since cursor, or
	// all of it without one. page is the Next of the part before.
	PullContacts(ctx context.Context, cursor, page string) (PulledContacts, error)
	// PullDirectory reads a page of the company directory, from 1. With the tag that
	// came with the page before, it may be told that nothing has changed.
	PullDirectory(ctx context.Context, page int, tag string) (PulledDirectory, error)
	// PullFavorites reads the favourites, in their order.
	PullFavorites(ctx context.Context) ([]FavoriteRef, error)
}

// PulledContacts is a part of an answer of ContactService.PullContacts.
type PulledContacts struct {
	Records []IncomingContact
	Next    string // there is more; "" with the last part
	Cursor  string // where the next increment starts; with the last part
	Reset   bool   // the cursor or the page has expired: start over. Nothing was read
}

// PulledDirectory is a page of the directory.
type PulledDirectory struct {
	Records []IncomingContact
	Tag     string // of this page as it is
	Same    bool   // the page is as it was when the tag was given; no records
	Next    int    // 0: this was the last
}

// IncomingContact is a contact as a service tells it. Its text need not be clean.
type IncomingContact struct {
	Contact
	Gone   bool            // it was deleted; only Remote is there
	Broken bool            // it exists, but could not be read; only Remote is there
	Extra  json.RawMessage // what only the adapter understands, for making it anew
}

// FavoriteRef names a favourite.
type FavoriteRef struct {
	Source ContactSource
	Remote string
}

// ContactState is the payload of VerbContact: how a contact is to be.
type ContactState struct {
	Exists  bool            `json:"exists"`
	Contact Contact         `json:"contact"`
	Extra   json.RawMessage `json:"extra,omitempty"`
	// Fields are what of it changes: the JSON names of Contact, and "number:KIND",
	// "email:N" and "address:KIND" for those of which there are several.
	Fields []string `json:"fields,omitempty"`
}

// FavoriteState is the payload of VerbFavorite.
type FavoriteState struct {
	Contact int64         `json:"contact"`
	Source  ContactSource `json:"source"`
	Remote  string        `json:"remote"` // filled in when it is sent
	On      bool          `json:"on"`
}

// The verbs of contacts.
const (
	VerbContact  Verb = "contact"  // payload ContactState
	VerbFavorite Verb = "favorite" // payload FavoriteState
)
