package command

import (
	"context"

	"switchboard/store"
)

// itemJSON is an item as scripts get it. Fields are only ever added. Nothing
// is null: a text that is not there is "", a list is [].
type itemJSON struct {
	ID           string           `json:"id"` // 13 letters and digits, stable
	RemoteID     string           `json:"remote_id"`
	Account      string           `json:"account"`
	Service      string           `json:"service"`
	Mailbox      string           `json:"mailbox"`
	Kind         string           `json:"kind"`
	Direction    string           `json:"direction"`
	From         partyJSON        `json:"from"`
	To           []partyJSON      `json:"to"`
	Time         string           `json:"time"` // RFC 3339, UTC
	Read         bool             `json:"read"`
	State        string           `json:"state"`        // open, done or snoozed
	Until        string           `json:"until"`        // when a snooze ends, else ""
	Availability string           `json:"availability"` // alive, deleted or purged
	Delivery     string           `json:"delivery"`     // of something sent, else ""
	Duration     int              `json:"duration"`     // seconds, 0 when it has none
	Pages        int              `json:"pages"`
	Transcript   string           `json:"transcript"` // how much of one there is
	Attachments  []attachmentJSON `json:"attachments"`
	Subject      string           `json:"subject"`
	Text         string           `json:"text"` // transcript, message text or cover page
	Notes        []noteJSON       `json:"notes"`
	Journal      []journalJSON    `json:"journal"`  // who did what, oldest first
	Held         bool             `json:"held"`     // not to be removed from this machine
	Archived     bool             `json:"archived"` // the service has it no longer and nobody deleted it: it is only here
	Claim        string           `json:"claim"`
	Labels       []string         `json:"labels"`
	Priority     bool             `json:"priority"`
	Private      bool             `json:"private"`
	Conversation string           `json:"conversation"`
	Pending      bool             `json:"pending"` // a change waits to be sent
	Outcome      string           `json:"outcome"` // of a call: missed, answered, voicemail ...; else ""
	Linked       string           `json:"linked"`  // id of the message a call left, or of the call that left a message
	Call         *callJSON        `json:"call,omitempty"`
	// MoreFiles says whether the service has attachments to tell of that it was not asked
	// about yet: "" (no), "wanting" (it will be) or "on demand" (there are probably none).
	MoreFiles string    `json:"more_files"`
	Protected bool      `json:"copy_protected"` // what is in its chat is not meant to leave it
	Mail      *mailJSON `json:"mail,omitempty"`
}

// mailJSON is what an e-mail has besides; words of the service are as they are.
type mailJSON struct {
	MessageID  string   `json:"message_id"`          // the service's, which may change
	InternetID string   `json:"internet_message_id"` // of the e-mail's header, which stays
	MailboxID  string   `json:"mailbox_id"`
	Address    string   `json:"mailbox_email"`
	Cc         int      `json:"cc"` // how many of "to", the last ones, have a copy
	Status     string   `json:"status"`
	Owner      string   `json:"owner"`
	Tags       []string `json:"tags"`
	Body       bool     `json:"body_offered"` // the service gives the text of this e-mail
}

func mailFields(it store.Item) *mailJSON {
	m := it.Mail
	if m == nil {
		return nil
	}
	j := &mailJSON{
		MessageID: store.CleanLine(m.Message), InternetID: store.CleanLine(m.Internet), MailboxID: store.CleanLine(m.Box),
		Address: store.CleanLine(m.Address), Cc: m.Cc, Status: store.CleanLine(m.Status), Owner: store.CleanLine(m.Owner),
		Tags: make([]string, 0, len(m.Tags)), Body: !m.NoBody,
	}
	for _, t := range m.Tags {
		j.Tags = append(j.Tags, store.CleanLine(t))
	}
	return j
}

// callJSON is what the service says of a call; its words are as they are.
type callJSON struct {
	Company    bool      `json:"company"` // a colleague's
	Session    string    `json:"session"`
	Telephony  string    `json:"telephony_session"`
	Type       string    `json:"type"` // Voice or Fax
	Action     string    `json:"action"`
	Result     string    `json:"result"`
	Reason     string    `json:"reason"`
	Transport  string    `json:"transport"`
	Through    string    `json:"through"`     // the queue or colleague it came for
	Recording  string    `json:"recording"`   // id; "" when there is none
	Returned   string    `json:"returned"`    // when it was answered or returned later, "" when not yet
	ReturnedBy string    `json:"returned_by"` // at whose telephone
	ReturnedID string    `json:"returned_id"` // by which call
	Legs       []legJSON `json:"legs"`
}

type legJSON struct {
	Type      string    `json:"type"`
	Master    bool      `json:"master"`
	Direction string    `json:"direction"`
	Action    string    `json:"action"`
	Result    string    `json:"result"`
	Reason    string    `json:"reason"`
	From      partyJSON `json:"from"`
	To        partyJSON `json:"to"`
	Time      string    `json:"time"`
	Duration  int       `json:"duration"` // seconds
}

func callFields(it store.Item) *callJSON {
	if it.Call == nil {
		return nil
	}
	c := it.Call
	j := &callJSON{
		Company: it.Company, Session: c.Session, Telephony: c.Telephony, Type: c.Type, Action: c.Action, Result: c.Result, Reason: c.Reason,
		Transport: c.Transport, Through: store.CleanLine(c.Behalf), Recording: c.Recording, Legs: make([]legJSON, 0, len(c.Legs)),
	}
	if it.Answer != nil {
		j.Returned, j.ReturnedBy, j.ReturnedID = stamp(it.Answer.Time), store.CleanLine(it.Answer.By), it.Answer.ID.String()
	}
	for _, l := range c.Legs {
		j.Legs = append(j.Legs, legJSON{
			Type: l.Type, Master: l.Master, Direction: l.Direction.String(), Action: l.Action, Result: l.Result, Reason: l.Reason,
			From: party(l.From), To: party(l.To), Time: stamp(l.Start), Duration: int(l.Duration.Seconds()),
		})
	}
	return j
}

type partyJSON struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Extension string `json:"extension"`
	Email     string `json:"email"`
	Location  string `json:"location"`
	Contact   string `json:"contact"`    // whom the contacts know by the number: a name, or how many and which
	ContactID string `json:"contact_id"` // of that one contact, as in person:ID; "": none, or several
	Delivery  string `json:"delivery"`
	Fault     string `json:"fault"`
	Why       string `json:"why,omitempty"` // the fault in words
}

// attachmentJSON tells in Bytes what arrived, once it is kept here; before,
// what the service claims, or -1 where it claims nothing.
type attachmentJSON struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	ContentType string `json:"content_type"`
	Name        string `json:"name"`
	Bytes       int64  `json:"bytes"`
	State       string `json:"state"`
	SHA256      string `json:"sha256"`
	Duration    int    `json:"duration"`

	Text   []string `json:"text"`    // what it says, page by page, where that was read
	TextBy string   `json:"text_by"` // what read it
}

type noteJSON struct {
	At    string `json:"at"`
	Actor string `json:"actor"`
	Text  string `json:"text"`
}

func toJSON(it store.Item) itemJSON {
	j := itemJSON{
		ID: it.ID.String(), RemoteID: store.CleanLine(it.Remote), Account: it.AccountKey, Service: it.Service,
		Mailbox: store.CleanLine(it.Mailbox), Kind: it.Kind.String(), Direction: it.Direction.String(),
		From: party(it.From), To: make([]partyJSON, 0, len(it.To)), Time: stamp(it.Time),
		Read: it.Read, State: it.State.String(), Until: stamp(it.Until), Availability: it.Availability.String(), Delivery: it.Delivery.String(),
		Duration: int(it.Duration.Seconds()), Pages: it.Pages, Transcript: it.Row.Transcript.String(),
		Attachments: make([]attachmentJSON, 0, len(it.Attachments)),
		Subject:     store.CleanLine(it.Subject), Text: store.Clean(it.Text),
		Journal: journalOf(it.Journal), Held: it.Held, Archived: !it.Dropped.IsZero(),
		Notes: make([]noteJSON, 0, len(it.NoteList)), Claim: store.CleanLine(it.Claim),
		Labels: append([]string{}, it.Labels...), Priority: it.Priority, Private: it.Private,
		Conversation: store.CleanLine(it.Conversation), Pending: it.Pending,
		Outcome: it.Outcome.String(), Call: callFields(it),
		MoreFiles: it.Bare.String(), Protected: it.Protected, Mail: mailFields(it),
	}
	if it.Linked != 0 {
		j.Linked = it.Linked.String()
	}
	for _, p := range it.To {
		j.To = append(j.To, party(p))
	}
	for _, at := range it.Attachments {
		aj := attachment(at)
		for _, t := range it.FileText {
			if t.Attachment == at.ID {
				aj.Text, aj.TextBy = append(aj.Text, t.Pages...), store.CleanLine(t.By)
			}
		}
		j.Attachments = append(j.Attachments, aj)
	}
	for _, n := range it.NoteList {
		j.Notes = append(j.Notes, noteJSON{At: stamp(n.At), Actor: store.CleanLine(n.Actor), Text: store.Clean(n.Text)})
	}
	return j
}

func party(p store.Party) partyJSON {
	id := ""
	if p.Contact != 0 {
		id = itoa(p.Contact)
	}
	return partyJSON{
		Contact: store.CleanLine(p.Known), ContactID: id,
		Name: store.CleanLine(p.Name), Number: store.CleanLine(p.Number), Extension: store.CleanLine(p.Extension), Email: store.CleanLine(p.Email),
		Location: store.CleanLine(p.Location), Delivery: p.Delivery.String(), Fault: store.CleanLine(p.Fault),
		Why: store.CleanLine(p.Why),
	}
}

func attachment(at store.Attachment) attachmentJSON {
	n := at.Size
	if at.State == store.Kept {
		n = at.Bytes
	}
	kind := at.Sniffed
	if kind == "" {
		kind = at.Type
	}
	return attachmentJSON{
		ID: itoa(at.ID), Kind: store.CleanLine(string(at.Kind)), ContentType: store.CleanLine(kind),
		Name: store.CleanLine(at.Name), Bytes: n, State: at.State.String(), SHA256: at.SHA256,
		Duration: int(at.Duration.Seconds()), Text: []string{},
	}
}

// items reads the items of rows, in their order. One that went away between
// the list and the look is left out.
func items(ctx context.Context, st *store.Store, rows []store.Row, each func(store.Item) error) error {
	for _, r := range rows {
		it, err := st.Item(ctx, r.ID)
		if isNotFound(err) {
			continue
		}
		if err == nil {
			err = each(it)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
