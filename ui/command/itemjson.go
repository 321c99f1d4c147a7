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
	Availability string           `json:"availability"` // alive, deleted or purged
	Delivery     string           `json:"delivery"`     // of something sent, else ""
	Duration     int              `json:"duration"`     // seconds, 0 when it has none
	Pages        int              `json:"pages"`
	Transcript   string           `json:"transcript"` // how much of one there is
	Attachments  []attachmentJSON `json:"attachments"`
	Subject      string           `json:"subject"`
	Text         string           `json:"text"` // transcript, message text or cover page
	Notes        []noteJSON       `json:"notes"`
	Claim        string           `json:"claim"`
	Labels       []string         `json:"labels"`
	Priority     bool             `json:"priority"`
	Private      bool             `json:"private"`
	Conversation string           `json:"conversation"`
	Pending      bool             `json:"pending"` // a change waits to be sent
}

type partyJSON struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Extension string `json:"extension"`
	Location  string `json:"location"`
	Delivery  string `json:"delivery"`
	Fault     string `json:"fault"`
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
		Read: it.Read, State: it.State.String(), Availability: it.Availability.String(), Delivery: it.Delivery.String(),
		Duration: int(it.Duration.Seconds()), Pages: it.Pages, Transcript: it.Row.Transcript.String(),
		Attachments: make([]attachmentJSON, 0, len(it.Attachments)),
		Subject:     store.CleanLine(it.Subject), Text: store.Clean(it.Text),
		Notes: make([]noteJSON, 0, len(it.NoteList)), Claim: store.CleanLine(it.Claim),
		Labels: append([]string{}, it.Labels...), Priority: it.Priority, Private: it.Private,
		Conversation: store.CleanLine(it.Conversation), Pending: it.Pending,
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
	return partyJSON{
		Name: store.CleanLine(p.Name), Number: store.CleanLine(p.Number), Extension: store.CleanLine(p.Extension),
		Location: store.CleanLine(p.Location), Delivery: p.Delivery.String(), Fault: store.CleanLine(p.Fault),
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
