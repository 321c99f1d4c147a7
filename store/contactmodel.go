package store

import "time"

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
	Birthday   string        `json:"birthday,omitempty"` // 2006-01-02
	Address    []string      `json:"addresses,omitempty"`
	Notes      string        `json:"notes,omitempty"`  // of the address book, not of the ledger
	Status     string        `json:"status,omitempty"` // of the directory: Enabled, Disabled, NotActivated
	Type       string        `json:"type,omitempty"`   // of the directory: User, Department, ...
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

// contactTables keep contacts and what they are found by.
const contactTables = ``

// contactFeeds are the feeds of a service that has contacts.
func (s *Store) contactFeeds(svc Service) []feed { return nil }

// contactDeeds are what can be done to contacts.
func contactDeeds() map[Verb]deedInfo { return nil }
