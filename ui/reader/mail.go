package reader

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/screen"
)

// mail is what the envelope says of an e-mail: how it stands at its service, which is
// told and not changed here.
func (m *Model) mail(p *page) {
	if !m.have || m.item.Mail == nil {
		return
	}
	d := m.item.Mail
	var parts []string
	if d.Status != "" {
		parts = append(parts, d.Status)
	}
	if d.Owner != "" {
		parts = append(parts, "assigned to "+d.Owner)
	}
	if len(parts) > 0 {
		p.field("Status", p.s.Text, strings.Join(parts, ", ")+" at "+screen.ServiceName(m.item.Service))
	}
	if len(d.Tags) > 0 {
		p.field("Tags", p.s.Note, strings.Join(d.Tags, ", "))
	}
}

// title is what is read, and from whom: of an e-mail with its subject, since that is all
// that some services tell of it, of a post with its chat.
func (m *Model) title() string {
	text := screen.Title(m.row) + " " + screen.With(m.row)
	switch {
	case m.row.Kind == store.Email && m.row.Preview != "":
		text += ": " + m.row.Preview
	case m.row.Kind == store.Post && m.row.Direction != store.Outbound && m.have && len(m.item.To) > 0 && m.item.To[0].Name != "":
		text += " in " + m.item.To[0].Name
	}
	return text
}

// protected says of what comes from a chat that nothing is meant to leave it.
func (m *Model) protected(p *page) {
	if m.row.Protected {
		p.field("Copying", p.s.Warn, "copy-protected: nothing is meant to leave its chat")
	}
}

// mailbox is whose mailbox it is, and of which service where there are several.
func (m *Model) mailbox(p *page) {
	text := m.row.Mailbox
	if whose := m.env.Whose(m.row.Account); whose != "" && text != "" {
		text += ", " + whose
	}
	p.field("Mailbox", p.s.Text, text)
}

// toName is what a recipient's line begins with: those at the end of the list may have a
// copy only.
func (m *Model) toName(i, n int) string {
	cc := 0
	if m.item.Mail != nil {
		cc = m.item.Mail.Cc
	}
	switch {
	case i == n-cc && cc > 0:
		return "Cc"
	case i == 0:
		return "To"
	}
	return ""
}

// noText says why there is no text: that nothing was written, or that it is not given.
func (m *Model) noText() string {
	if d := m.item.Mail; d != nil && d.NoBody {
		if why := m.env.Lacks(m.row.Account, store.OfferBody); why != "" {
			return "Not offered: " + why + "."
		}
		return "Not offered: the service does not give the text of a message."
	}
	return "No text."
}

// bareWords says how it stands with files the service has not told of yet; "" when all is
// known.
func (m *Model) bareWords() string {
	switch {
	case m.row.Bare == store.NotBare:
		return ""
	case m.unlisted != "":
		return "The service could not tell which files there are: " + m.unlisted
	}
	return "The service is being asked which files there are"
}

// bare is the place of files that are not known yet.
func (m *Model) bare(p *page) {
	if words := m.bareWords(); words != "" && m.row.Files == 0 {
		p.rule("Files", "")
		p.add(p.s.Dim, words+".")
	}
}
