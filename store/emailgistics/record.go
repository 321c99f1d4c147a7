package emailgistics

import (
	"cmp"
	"slices"
	"strings"

	eg "switchboard/api/emailgistics"
	"switchboard/store"
)

// prefix begins the remote id of every message.
const prefix = "mail:"

// incoming is a report's row as the store takes it in.
func (m *Mailbox) incoming(t task, r eg.Row) store.Incoming {
	box, _ := m.box(cmp.Or(r.MailboxID, t.Box))
	status := r.Status
	switch {
	case status != "":
	case t.Activity == eg.Closed, !r.Closed.IsZero():
		status = "closed"
	case len(t.Statuses) > 0: // it is one of those that were asked for
		status = t.Statuses[0]
	}
	in := message(r.MessageID, r.Subject, r.From, r.To, r.Cc)
	in.Time = r.Received
	if in.Time.IsZero() { // the row does not say; it is here once all the same
		in.Time = m.clock.Now()
	}
	in.Conversation = r.ConversationID
	in.Owner = cmp.Or(box.Name, box.Email)
	in.Settled = status == "closed"
	in.Bare = store.Wanting
	if r.HasAttachments != nil && !*r.HasAttachments {
		in.Bare = store.OnDemand // inline pictures do not count there
	}
	in.Mail.Internet, in.Mail.Status = r.InternetMessageID, status
	in.Mail.Box, in.Mail.Address = cmp.Or(r.MailboxID, t.Box), box.Email
	in.Mail.Owner, in.Mail.Tags, in.Mail.NoBody = strings.Join(people(box, r.Owners), ", "), tags(box, r.Tags), true
	return in
}

// people puts names in the place of users' ids or addresses, which is what a report may tell.
func people(box eg.Mailbox, list []string) []string {
	out := slices.Clone(list)
	for i, id := range out {
		if k := slices.IndexFunc(box.Users, func(u eg.User) bool { return u.ID == id || u.Email != "" && strings.EqualFold(u.Email, id) }); k >= 0 {
			out[i] = cmp.Or(box.Users[k].Name, box.Users[k].Email, id)
		}
	}
	return out
}

// tags is people for a message's tags.
func tags(box eg.Mailbox, list []string) []string {
	out := slices.Clone(list)
	for i, id := range out {
		if k := slices.IndexFunc(box.Tags, func(t eg.Tag) bool { return t.ID == id }); k >= 0 {
			out[i] = cmp.Or(box.Tags[k].Name, id)
		}
	}
	return out
}

// Incoming is webhook deliveries as store.TakeDeliveries takes them. Events other than
// "received" tell of no new message, and are left out.
func Incoming(list []eg.Delivery) []store.Incoming {
	out := make([]store.Incoming, 0, len(list))
	for _, d := range list {
		if d.ID == "" || d.Event != "" && !strings.EqualFold(d.Event, "received") {
			continue
		}
		out = append(out, delivered(d))
	}
	return out
}

func delivered(d eg.Delivery) store.Incoming {
	from := d.From
	if from == (eg.Person{}) {
		from = d.Sender
	}
	in := message(d.ID, d.Subject, from, d.To, d.Cc)
	in.Time = d.Received
	if in.Time.IsZero() {
		in.Time = d.Timestamp
	}
	in.Conversation, in.Owner, in.Text = d.ConversationID, d.Mailbox, d.Text
	in.Bare = store.OnDemand
	if d.HasAttachments {
		in.Bare = store.Wanting
	}
	in.Mail.Internet, in.Mail.Address, in.Mail.NoBody = d.InternetMessageID, d.Mailbox, !d.HasText
	return in
}

func message(id, subject string, from eg.Person, to, cc []eg.Person) store.Incoming {
	in := store.Incoming{
		Remote: prefix + id, Kind: store.Email, Direction: store.Inbound, Subject: subject, From: party(from),
		Mail: &store.MailDetail{Message: id, Cc: len(cc)},
	}
	for _, list := range [][]eg.Person{to, cc} {
		for _, p := range list {
			in.To = append(in.To, party(p))
		}
	}
	return in
}

func party(p eg.Person) store.Party {
	name := strings.TrimSpace(p.Name)
	if strings.EqualFold(name, p.Address) {
		name = ""
	}
	return store.Party{Name: name, Email: strings.TrimSpace(p.Address)}
}
