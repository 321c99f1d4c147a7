package store

import (
	"fmt"
	"strings"
	"time"
)

// ID names one item on this machine. Its upper 43 bits are the item's time in
// Unix milliseconds and its lower 20 bits come from the service's own id, so
// IDs sort by time, a window of rows is a range of IDs, and an item keeps its
// ID when the database is rebuilt from the service.
type ID int64

const idBits = 20

// base32 without letters that look alike, so an ID can be read out aloud.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// String is the form people and scripts see: 13 letters and digits. (An int64
// does not survive JSON readers that decode numbers as float64.)
func (id ID) String() string {
	var b [13]byte
	u := uint64(id)
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = idAlphabet[u&31]
		u >>= 5
	}
	return string(b[:])
}

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	if len(s) != 13 {
		return 0, fmt.Errorf("item id %q: want 13 letters and digits", s)
	}
	var u uint64
	for _, r := range strings.ToLower(s) {
		i := strings.IndexRune(idAlphabet, r)
		if i < 0 {
			return 0, fmt.Errorf("item id %q: %q does not occur in an id", s, r)
		}
		if u >= 1<<58 { // no room for five bits more
			return 0, fmt.Errorf("item id %q: too large", s)
		}
		u = u<<5 | uint64(i)
	}
	return ID(u), nil
}

// Time is when the item came in, as the ID keeps it.
func (id ID) Time() time.Time { return time.UnixMilli(int64(id) >> idBits) }

// FirstID is the smallest ID an item of that time can have.
func FirstID(t time.Time) ID { return ID(t.UnixMilli() << idBits) }

// MarshalText and UnmarshalText make an ID a string in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (id *ID) UnmarshalText(b []byte) (err error) { *id, err = ParseID(string(b)); return err }

// Kind is what an item is.
type Kind uint8

// The kinds of item. MMS is an SMS with pictures or files. The remote id of a call
// begins with "call:", that of a post with "post:", so that they never meet a message's.
const (
	Voicemail Kind = iota + 1
	Fax
	SMS
	MMS
	Pager
	Call  // an entry of the call log
	Post  // a post in a chat
	Email // its remote id begins with "mail:"
)

var kindNames = [...]string{"", "voicemail", "fax", "sms", "mms", "pager", "call", "post", "email"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Direction says who sent an item.
type Direction uint8

// Inbound came to us; Outbound is ours.
const (
	Inbound Direction = iota + 1
	Outbound
)

func (d Direction) String() string {
	switch d {
	case Inbound:
		return "inbound"
	case Outbound:
		return "outbound"
	}
	return "unknown"
}

// MarshalText writes the direction's name.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// State is how far triage of an item has come. It is ours, not the service's.
type State uint8

// The states (Open is the function). A snoozed item is open again once its time has come.
const (
	StateOpen State = iota
	Done
	Snoozed
	Filed // never was work: an answered call, a post
)

func (s State) String() string { return [...]string{"open", "done", "snoozed", "filed"}[s%4] }

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Availability is the service's life cycle of a message.
type Availability uint8

// Alive can be deleted, Deleted restored, Purged neither.
const (
	Alive Availability = iota
	Deleted
	Purged
)

func (a Availability) String() string { return [...]string{"alive", "deleted", "purged"}[a%3] }

// MarshalText writes the availability's name.
func (a Availability) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Transcript says how much of a voicemail's transcript there is.
type Transcript uint8

// The transcript states (spec VoiceMailTranscriptionStatus).
const (
	NoTranscript       Transcript = iota // not a voicemail
	TranscriptNotReady                   // in progress
	TranscriptComplete
	TranscriptPartial // covers the beginning only
	TranscriptFailed
	TranscriptTimedOut
	TranscriptNotOffered // the account's plan has none
	TranscriptUnknown
)

func (t Transcript) String() string {
	return [...]string{"", "not ready", "complete", "partial", "failed", "timed out", "not offered", "unknown"}[t%8]
}

// MarshalText writes the state's name.
func (t Transcript) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Delivery is what became of something sent.
type Delivery uint8

// The delivery states. A fax may be Sent or Delivered at its end.
const (
	DeliveryNone Delivery = iota
	Queued
	Sent
	Delivered
	DeliveryFailed
	SendingFailed
	Received
)

func (d Delivery) String() string {
	return [...]string{"", "queued", "sent", "delivered", "delivery failed", "sending failed", "received"}[d%7]
}

// Failed reports whether it did not arrive.
func (d Delivery) Failed() bool { return d == DeliveryFailed || d == SendingFailed }

// MarshalText writes the state's name.
func (d Delivery) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText; what it does not know is DeliveryNone.
func (d *Delivery) UnmarshalText(b []byte) error {
	*d = DeliveryNone
	for k := Queued; k <= Received; k++ {
		if k.String() == string(b) {
			*d = k
		}
	}
	return nil
}

// Party is one end of a message. Any field may be empty: a blocked caller has
// none of them.
type Party struct {
	Name      string   `json:"name"`
	Number    string   `json:"number"` // E.164 where it could be told, else as given
	Extension string   `json:"extension,omitempty"`
	Email     string   `json:"email,omitempty"`
	Location  string   `json:"location,omitempty"`
	Delivery  Delivery `json:"delivery,omitempty"` // of this recipient
	Fault     string   `json:"fault,omitempty"`    // the service's code for why it failed
	Why       string   `json:"why,omitempty"`      // the same in words

	// Of who is read, never of who is stored: whom the number belongs to by the contacts.
	Contact int64  `json:"-"` // the contact; 0: none, or not to be told which
	Known   string `json:"-"` // its name; of several, how many and which: "2 contacts: Ana Lima, Ben Ito"
}

// Blocked reports whether the caller withheld everything.
func (p Party) Blocked() bool {
	return p.Name == "" && p.Number == "" && p.Extension == "" && p.Email == ""
}

// Display is the name the service gave, else that of the contacts, else the number, else
// "Blocked caller".
func (p Party) Display() string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Known != "":
		return p.Known
	case p.Number != "":
		return p.Number
	case p.Extension != "":
		return "ext. " + p.Extension
	case p.Email != "":
		return p.Email
	}
	return "Blocked caller"
}

// Row is an item as a list shows it: one query, no second look-up.
type Row struct {
	ID           ID            `json:"id"`
	Account      int64         `json:"-"` // row in accounts
	Mailbox      string        `json:"mailbox"`
	Kind         Kind          `json:"kind"`
	Direction    Direction     `json:"direction"`
	Time         time.Time     `json:"time"`
	Who          Party         `json:"who"`     // the other side
	Preview      string        `json:"preview"` // one clean line, at most 160 cells' worth; of what a search found, the part with its words
	Duration     time.Duration `json:"-"`
	Pages        int           `json:"pages,omitempty"`
	Read         bool          `json:"read"`
	State        State         `json:"state"`
	Until        time.Time     `json:"-"` // end of a snooze
	Availability Availability  `json:"availability"`
	Delivery     Delivery      `json:"delivery"`
	Transcript   Transcript    `json:"transcript"`
	Files        int           `json:"files"`          // attachments, text parts not counted
	Bare         Bare          `json:"bare,omitempty"` // whether there are others that the service has not been asked about
	Kept         int           `json:"kept"`           // of those, how many are on this machine
	Notes        int           `json:"notes"`
	Claim        string        `json:"claim,omitempty"` // who has it
	Labels       []string      `json:"labels,omitempty"`
	Pending      bool          `json:"pending"`                  // a change of it has not reached the service yet
	Outcome      CallOutcome   `json:"outcome,omitempty"`        // of a call
	Company      bool          `json:"company,omitempty"`        // a colleague's call
	Linked       ID            `json:"linked,omitempty"`         // of a call the voicemail or fax it left, and the other way round
	Reply        ID            `json:"reply,omitempty"`          // the call that answered or returned this one
	ReplyBy      string        `json:"replied_by,omitempty"`     // whose telephone that was
	Held         bool          `json:"held,omitempty"`           // not to be removed from this machine
	Dropped      time.Time     `json:"-"`                        // when the service was first seen without it although nobody had deleted it; zero: it has it
	Deleted      time.Time     `json:"-"`                        // when it went to the trash, at the earliest
	Protected    bool          `json:"copy_protected,omitempty"` // of a post: what is in its chat is not meant to leave it
}

// Item is everything known of one message.
type Item struct {
	Row
	Remote       string // the service's own id
	Service      string
	AccountKey   string
	From         Party
	To           []Party
	Modified     time.Time
	Conversation string
	Text         string // SMS text, transcript, fax cover text: cleaned, may have line breaks
	Raw          string // the same before joined emoji and the like were folded; for copy and export
	Subject      string
	Resolution   string // High or Low, of a fax
	Priority     bool
	Private      bool // must not be forwarded
	Attachments  []Attachment
	FileText     []FileText // of those that were read, in the order of Attachments
	NoteList     []Note
	Journal      []Entry
	Mail         *MailDetail // of an e-mail
	Call         *CallDetail // of a call
	Answer       *CallAnswer // the call that answered or returned this one, or the one that left this message
}

// Note is a remark of a colleague.
type Note struct {
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	Text  string    `json:"text"`
}

// AttachmentKind says what the service calls it.
type AttachmentKind string

// The attachment kinds (spec MessageAttachmentInfo).
const (
	AudioRecording     AttachmentKind = "AudioRecording"
	AudioTranscription AttachmentKind = "AudioTranscription"
	TextPart           AttachmentKind = "Text"
	SourceDocument     AttachmentKind = "SourceDocument"
	RenderedDocument   AttachmentKind = "RenderedDocument"
	MMSAttachment      AttachmentKind = "MmsAttachment"
	PostedFile         AttachmentKind = "File" // of a post (spec TMMessageAttachmentInfo)

	MailFile      AttachmentKind = "fileAttachment"      // of an e-mail, in Microsoft Graph's words
	MailItem      AttachmentKind = "itemAttachment"      // another e-mail, an appointment or a contact
	MailReference AttachmentKind = "referenceAttachment" // a link to a file kept elsewhere
)

// FileState is where the content of an attachment stands.
type FileState uint8

// The file states.
const (
	Remote  FileState = iota // on the service only
	Waiting                  // a job to fetch it is queued
	Fetching
	Paused // cancelled by the person; the part file is kept
	Kept   // whole, on this machine, SHA-256 known
	Faulty // the last try failed; Fault says why
	Gone   // the service no longer has it
)

func (s FileState) String() string {
	return [...]string{"remote", "waiting", "fetching", "paused", "kept", "failed", "gone"}[s%7]
}

// MarshalText writes the state's name.
func (s FileState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Attachment is one file of an item. Size is what the service claims and is
// only a hint (-1: it does not say); Bytes is what arrived.
type Attachment struct {
	ID       int64          `json:"id"` // row on this machine
	Item     ID             `json:"item"`
	Remote   string         `json:"remote_id"`
	Kind     AttachmentKind `json:"kind"`
	Type     string         `json:"content_type"`           // as declared
	Sniffed  string         `json:"sniffed_type,omitempty"` // as found in the content
	Name     string         `json:"name"`                   // cleaned; may be empty
	Size     int64          `json:"size"`
	Bytes    int64          `json:"bytes"`
	Duration time.Duration  `json:"-"`
	Width    int            `json:"width,omitempty"`
	Height   int            `json:"height,omitempty"`
	URI      string         `json:"-"`
	Thumbs   []Thumb        `json:"-"` // of what comes in: smaller pictures that the service offers; see [Store.FetchThumb]
	State    FileState      `json:"state"`
	SHA256   string         `json:"sha256,omitempty"`
	Fault    string         `json:"fault,omitempty"`
}

// IsText reports whether the attachment is only the text of the message again,
// which lists do not count as a file.
func (a Attachment) IsText() bool { return a.Kind == TextPart || a.Kind == AudioTranscription }

// Account is one mailbox of one service.
type Account struct {
	ID      int64     `json:"-"`
	Key     string    `json:"key"` // "ringcentral:<account>:<extension>"
	Service string    `json:"service"`
	Name    string    `json:"name"` // person or mailbox
	Number  string    `json:"number,omitempty"`
	Since   time.Time `json:"since"`   // first sign-in here; older read messages are taken as done
	Synced  time.Time `json:"synced"`  // last complete sync
	History bool      `json:"history"` // the whole history has been fetched
}
