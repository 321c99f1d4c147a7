package mailboxes

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Shared mailboxes that one sign-in opens at once, as those of an Emailgistics key: each is
// a row under its account. Who works in one and which tags it has are rows under it while
// the cursor is on it or on one of them, and where they fit the filter.

// inner are the rows of an account's shared mailboxes.
func (m *Model) inner(b store.MailboxState) (out []row) {
	seen := map[string]int{}
	unique := func(key string) string { // a service may tell two things by one id
		if seen[key]++; seen[key] > 1 {
			return fmt.Sprint(key, " ", seen[key])
		}
		return key
	}
	for _, in := range b.Boxes {
		r := row{key: unique("in " + b.Key + " " + in.ID + "/"), is: box, in: in}
		whole := m.filter == "" || m.fits(in.Name, in.Email)
		r.open = strings.HasPrefix(m.cursor.Key(), r.key)
		open := r.open || m.filter != ""
		rows := []row{r}
		head := "Users"
		for _, u := range in.Users {
			if open && (m.filter == "" || m.fits(u.Name, u.Email)) {
				rows = append(rows, row{key: unique(r.key + "u" + u.ID), is: user, in: in, user: u, sub: head})
				head = ""
			}
		}
		head = "Tags"
		for _, t := range in.Tags {
			if open && (m.filter == "" || m.fits(t.Name, t.Color)) {
				rows = append(rows, row{key: unique(r.key + "t" + t.ID), is: tag, in: in, tag: t, sub: head})
				head = ""
			}
		}
		if whole || len(rows) > 1 {
			out = append(out, rows...)
		}
	}
	return out
}

// boxLine is a row of a shared mailbox, of who works in it, or of a tag.
func (m *Model) boxLine(r row, w int, cursor, focused bool) string {
	s := m.env.Styles
	const state = 9
	name, second, active, indent := nameOf(r), r.in.Email, r.in.Active, 8
	switch r.is {
	case user:
		indent, second, active = 10, r.user.Email, r.user.Active
	case tag:
		indent, second, active = 10, screen.ColorWords(r.tag.Color), r.tag.Active
	}
	if second == name {
		second = ""
	}
	words, strong, look := "active", s.Strong, s.Text
	if !active {
		words, strong, look = "inactive", s.Dim, s.Warn
	}
	nw := min(max(w*26/100, 18), 36) + 9
	aw := min(max(w-nw-1-state, 0), 48)
	if second == "" { // the name may need the room
		nw, aw = nw+aw, 0
	}
	return strong.On(cursor, focused).S(kit.Fit(kit.Space(indent)+kit.Cut(name, max(nw-indent, 0)), min(nw, w))+kit.Space(min(max(w-nw, 0), 1))) +
		s.Dim.On(cursor, focused).S(kit.Fit(second, aw)) + look.On(cursor, focused).S(kit.Fit(" "+words, max(w-nw-1-aw, 0)))
}

// about is what there is to say about a shared mailbox whose users and tags are shown.
func (m *Model) about(r row) string {
	var parts []string
	if r.in.TimeZone != "" {
		parts = append(parts, "time zone "+r.in.TimeZone)
	}
	if len(r.in.Users) == 0 {
		parts = append(parts, "nobody works in it")
	}
	if len(r.in.Tags) == 0 {
		parts = append(parts, "it has no tags")
	}
	return strings.Join(parts, ", ")
}

// nameOf is what a row of a shared mailbox is called: by what there is.
func nameOf(r row) string {
	switch r.is {
	case user:
		return cmp.Or(r.user.Name, r.user.Email, r.user.ID)
	case tag:
		return cmp.Or(r.tag.Name, r.tag.ID)
	}
	return cmp.Or(r.in.Name, r.in.Email, r.in.ID)
}

// showBox shows what came to a shared mailbox; on a row of a user or a tag, what of it is
// assigned to that one or has that tag.
func (m *Model) showBox(r row) tea.Cmd {
	place, ok := store.QueryName(cmp.Or(r.in.Email, r.in.Name, r.in.ID))
	name, named := store.QueryName(nameOf(r))
	if !ok || !named {
		m.env.Host.Say("It has no name to look for")
		return nil
	}
	query, title := "in:email mailbox:"+place, nameOf(row{is: box, in: r.in})
	switch r.is {
	case user:
		query, title = query+" owner:"+name, "Assigned to "+nameOf(r)+" in "+title
	case tag:
		query, title = query+" tag:"+name, "Tagged "+nameOf(r)+" in "+title
	default:
		title = "Everything in " + title
	}
	return m.env.Host.Show(query, title)
}

// noChoice says why one of these rows is not read apart.
func noChoice(is kind) string {
	switch is {
	case box:
		return "it is read with its account; an administrator of the service chooses which mailboxes the key opens"
	case user:
		return "that is somebody who works in a mailbox; Enter shows what is assigned to them"
	case tag:
		return "that is a tag of a mailbox; Enter shows what has it"
	}
	return ""
}
