package store

// mailTables keep what is known of an e-mail beside its item, and which items the
// service has more to tell of. The index items_messages is made anew so that e-mails
// are messages too.
const mailTables = `
ALTER TABLE items ADD COLUMN bare INTEGER NOT NULL DEFAULT 0; -- a Bare
CREATE INDEX items_bare ON items (account, id) WHERE bare = 1;

DROP INDEX items_messages;
CREATE INDEX items_messages ON items (id) WHERE kind NOT IN (6, 7);

CREATE TABLE mails (
	item     INTEGER PRIMARY KEY,
	account  INTEGER NOT NULL,
	internet TEXT NOT NULL DEFAULT '',   -- the Message-ID of its header: it stays when the service's id does not
	box      TEXT NOT NULL DEFAULT '',   -- which mailbox it is in: its e-mail address, or its id where that is not known
	detail   TEXT NOT NULL DEFAULT '{}'  -- JSON MailDetail
) STRICT;
CREATE INDEX mails_internet ON mails (account, internet) WHERE internet <> '';

-- Items of which more was asked for and not told, or that a person waits for.
CREATE TABLE details (
	item    INTEGER PRIMARY KEY,
	account INTEGER NOT NULL,
	wanted  INTEGER NOT NULL DEFAULT 0, -- when a person asked; 0: nobody has
	lost    INTEGER NOT NULL DEFAULT 0, -- when its name was found to be unknown at the service; 0: it is known
	tries   INTEGER NOT NULL DEFAULT 0,
	next    INTEGER NOT NULL DEFAULT 0,
	fault   TEXT NOT NULL DEFAULT ''    -- why it could not be told
) STRICT;
CREATE INDEX details_account ON details (account, item);
`

// Bare says whether a service has attachments to tell of that it was not asked about
// yet: some list messages without them.
type Bare uint8

// What is known of the attachments that are not here.
const (
	NotBare  Bare = iota // all of them are here
	Wanting              // they are asked for in the background, newest items first
	OnDemand             // there are probably none: they are asked for once a person opens the item
)

func (b Bare) String() string { return [...]string{"", "wanting", "on demand", ""}[b%4] }

// MarshalText writes the state's name.
func (b Bare) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// MailDetail is what an e-mail has that other items do not.
type MailDetail struct {
	Message  string   `json:"message_id,omitempty"`          // the service's id, which may change when the e-mail is moved
	Internet string   `json:"internet_message_id,omitempty"` // the Message-ID of its header, which stays
	Box      string   `json:"mailbox_id,omitempty"`          // the service's id of the mailbox
	Address  string   `json:"mailbox_email,omitempty"`       // the mailbox's e-mail address
	Cc       int      `json:"cc,omitempty"`                  // how many of Item.To, the last ones, have a copy
	Status   string   `json:"status,omitempty"`              // how it stands at the service, in its own word: open, snoozed, closed
	Owner    string   `json:"owner,omitempty"`               // whom the service has assigned it to
	Tags     []string `json:"tags,omitempty"`                // the service's, by name
	// NoBody says that the service does not give the text of an e-mail: that Item.Text is
	// empty then does not mean that nothing was written.
	NoBody bool `json:"no_body,omitempty"`
}
