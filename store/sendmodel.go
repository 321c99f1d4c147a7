package store

import (
	"context"
	"errors"
	"time"
)

// VerbSend sends a message or a fax. Taken back, it is cancelled: here as long as it has
// not left, at the service as long as a fax waits there for its time.
const VerbSend Verb = "send"

// SendKind is what is sent.
type SendKind string

// The kinds of what is sent. A text with files, or to several numbers, goes out as MMS.
const (
	SendText  SendKind = "text"
	SendPager SendKind = "pager"
	SendFax   SendKind = "fax"
)

// Recipient is somebody a message goes to: a number for a text or a fax, an extension
// for a pager message.
type Recipient struct {
	Name      string `json:"name,omitempty"`
	Number    string `json:"number,omitempty"` // as typed, or E.164
	Extension string `json:"extension,omitempty"`
}

// NewMessage is something to be sent.
type NewMessage struct {
	Kind    SendKind
	Account string      // Account.Key; "": the only or first one that is connected
	From    string      // own number, E.164; "": the remembered or default one. Of a fax the service chooses it
	To      []Recipient // of a fax that is sent on again (Resend) none: to whom it went before
	Text    string      // the text, or the words on the cover page
	Files   []string    // paths; their content is copied into the store before Send returns
	Resend  ID          // a fax sent on unchanged, by reference
	Cover   string      // id of a cover page; "": the account's default; CoverNone: none
	Fine    bool        // a fax in high resolution
	At      time.Time   // when to send a fax; zero: once it can no longer be taken back
	Answers ID          // the item that is answered; its journal says so
	Draft   int64       // the draft it comes from, forgotten once it is recorded
	Typed   string      `json:",omitempty"` // of a draft: the beginning of one more recipient

	names map[string]string // of files that are kept under another name, by path
}

// CoverNone is NewMessage.Cover of a fax without a cover page.
const CoverNone = "none"

// MessageCheck says what a message comes to.
type MessageCheck struct {
	Characters int    // as the service counts them
	Most       int    // how many of those there may be
	Segments   int    // parts a text is cut into on its way; 0: not a text
	Unicode    bool   // a character outside the GSM alphabet makes the parts short
	MMS        bool   // it goes out as MMS
	Files      int    // how many
	Bytes      int64  // of all files together
	MostBytes  int64  // how many of those there may be; 0: files are not possible
	Words      string // for people: "160 characters, 1 part"
}

// Sender is a number of one's own.
type Sender struct {
	Number  string `json:"number"` // E.164
	Label   string `json:"label,omitempty"`
	Kind    string `json:"kind,omitempty"` // for people: "direct number", "company number"
	Text    bool   `json:"text"`           // can send SMS
	MMS     bool   `json:"mms"`
	Abroad  bool   `json:"abroad"` // can send SMS to other countries
	Fax     bool   `json:"fax"`
	Call    bool   `json:"call"` // can be shown to who is called
	Primary bool   `json:"primary"`
	Default bool   `json:"default"` // what is taken for texts when none is named: see UseSender
}

// Cover is a cover page of a fax.
type Cover struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// MessageDraft is something that is being written.
type MessageDraft struct {
	ID      int64     // 0: a post, of which each chat has one at most
	At      time.Time // last change
	Words   string    // "Text to Ana Lima: Hello"
	Message NewMessage
	Chat    int64  // of a post: the chat it is for; Message has no more than its text and files
	Title   string // of that chat
	Post    Draft
}

// SendProgress is how far an upload is.
type SendProgress struct {
	Op          int64
	Item        ID
	Done, Total int64 // bytes of the files
}

// What may be tested for with errors.Is.
var (
	// ErrTooLate means that what was sent can no longer be taken back.
	ErrTooLate = errors.New("it is too late to take it back")
	// ErrCannotTell means that the service cannot say whether something was sent.
	ErrCannotTell = errors.New("the service cannot tell whether it was sent")
)

// Outgoing is a message as a service gets it.
type Outgoing struct {
	Kind    SendKind
	From    string
	To      []Recipient
	Text    string
	Files   []OutFile
	Resend  string // what the service calls the fax that is sent on
	Cover   string
	Fine    bool
	At      time.Time // zero: at once
	ReplyOn string    // what the service calls the pager message that is answered
}

// OutFile is a file of an Outgoing.
type OutFile struct {
	Path string // of the copy in the data folder
	Name string
	Type string // content type
	Size int64
}

// Sought is what a service is asked for after a request without an answer.
type Sought struct {
	Outgoing
	Since time.Time // the first request began
	Last  time.Time // the last request began
	Known []string  // what is no answer: messages that are known to be others
}

// SendService is a Service that sends messages.
type SendService interface {
	// CheckOutgoing finds, without asking anybody, what the service would refuse, in
	// words for people. own are the numbers of one's own, nil where they are not known.
	CheckOutgoing(m Outgoing, own []Sender) (MessageCheck, error)
	// SendOutgoing sends, once, and gives the message as it stands at the service.
	// progress is told the bytes of the files sent; it may be nil.
	SendOutgoing(ctx context.Context, m Outgoing, progress func(done, total int64)) (Incoming, error)
	// FindSent looks in the service's list of sent messages for one that was sent
	// without an answer. Where the list cannot tell, the error is ErrCannotTell.
	FindSent(ctx context.Context, q Sought) (found Incoming, ok bool, err error)
	// CancelSent deletes a fax that waits for its time. Where it went out already, or is
	// about to (late) and was not deleted before, the error is ErrTooLate: deleted then,
	// it would go out all the same. It may be repeated.
	CancelSent(ctx context.Context, remote string, late bool) error
	// OwnNumbers are the numbers of one's own.
	OwnNumbers(ctx context.Context) ([]Sender, error)
	// CoverPages are those a fax can have.
	CoverPages(ctx context.Context) ([]Cover, error)
}
