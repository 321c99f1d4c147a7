package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
)

// cleanMail is what a service says of an e-mail, as it may be kept.
func cleanMail(in *MailDetail, to int) *MailDetail {
	if in == nil {
		return nil
	}
	m := *in
	m.Message, m.Internet = CleanLine(m.Message), CleanLine(m.Internet)
	m.Box, m.Address = CleanLine(m.Box), CleanLine(m.Address)
	m.Status, m.Owner = CleanLine(m.Status), CleanLine(m.Owner)
	m.Cc = min(max(m.Cc, 0), to)
	m.Tags = slices.Clone(m.Tags[:min(len(m.Tags), maxTags)])
	for i := range m.Tags {
		m.Tags[i] = CleanLine(m.Tags[i])
	}
	return &m
}

const maxTags = 100

// place is which mailbox an e-mail is in, the same for reports, which tell its id, and for
// deliveries, which do not: one e-mail may be in several.
func (m *MailDetail) place() string { return strings.ToLower(cmp.Or(m.Address, m.Box)) }

// firstMail is the state of an e-mail before anybody decides anything: the service says
// that it is dealt with, or that it is not, or it says nothing and what came since the
// sign-in is open.
func (b *ingest) firstMail(p *record) State {
	switch {
	case p.Settled:
		return Done
	case p.Mail.Status != "", p.Time.After(b.acc.Since):
		return StateOpen
	}
	return Done
}

// followMoves gives e-mails that are here the name the service has for them now: it
// changes when they are moved, and the Message-ID does not. So one that comes under its
// new name is not there twice.
func (b *ingest) followMoves(ps []record) error {
	type name struct{ Remote, Internet, Box string }
	var ask []name
	here := make(map[string]bool, len(ps))
	for i := range ps {
		p := &ps[i]
		here[p.Remote] = true
		if p.Mail != nil && p.Mail.Internet != "" {
			ask = append(ask, name{p.Remote, p.Mail.Internet, p.Mail.place()})
		}
	}
	if len(ask) == 0 {
		return nil
	}
	list, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	rows, err := b.tx.Query(`SELECT i.id, i.remote, j.value ->> 'Remote' FROM json_each(?) j
		CROSS JOIN mails m INDEXED BY mails_internet ON m.account = ? AND m.internet = j.value ->> 'Internet' AND m.internet <> '' AND m.box = j.value ->> 'Box'
		CROSS JOIN items i ON i.id = m.item AND i.remote <> j.value ->> 'Remote'
		WHERE NOT EXISTS (SELECT 1 FROM items x WHERE x.account = m.account AND x.remote = j.value ->> 'Remote') ORDER BY j.key`, string(list), b.acc.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	moved := map[string]ID{}
	taken := map[ID]bool{}
	for rows.Next() {
		var id ID
		var was, now string
		if err := rows.Scan((*int64)(&id), &was, &now); err != nil {
			return err
		}
		if _, ok := moved[now]; !ok && !here[was] && !taken[id] { // one that is told of under both names is there twice
			moved[now], taken[id] = id, true
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for now, id := range moved {
		if err := renameMail(b.tx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// renameMail gives an item the name the service has for it now. Its attachments have
// other names too, and are asked for again.
func renameMail(tx *sql.Tx, item ID, remote string) error {
	for _, q := range []string{
		`UPDATE items SET remote = ?1, bare = iif(bare > 0 OR files > 0, 1, 0) WHERE id = ?2`,
		`UPDATE ledger SET remote = ?1 WHERE item = ?2`,
		`UPDATE op_items SET remote = ?1 WHERE item = ?2`,
		`DELETE FROM details WHERE item = ?2 AND ?1 <> ''`,
	} {
		if _, err := tx.Exec(q, remote, int64(item)); err != nil {
			return err
		}
	}
	return nil
}

// knownMail lays an e-mail over what is here of it: reports and deliveries tell different
// things of one e-mail, and neither takes away what the other told. It gives the state the
// e-mail has at the service, and reports whether anything is new that differs does not see.
func (b *ingest) knownMail(p *record, o stored) (base State, news bool, err error) {
	var was MailDetail
	var raw, who, subject, conversation, owner string
	var bare Bare
	var files, tries int
	err = b.row(&b.had, `SELECT coalesce(m.detail, '{}'), coalesce(t.parties, '{}'), coalesce(t.subject, ''), coalesce(t.conversation, ''), i.mailbox, i.bare, i.files,
		coalesce((SELECT tries FROM details WHERE item = i.id), 0) FROM items i LEFT JOIN mails m ON m.item = i.id LEFT JOIN bodies t ON t.item = i.id WHERE i.id = ?`, int64(o.id)).
		Scan(&raw, &who, &subject, &conversation, &owner, &bare, &files, &tries)
	if err != nil {
		return o.base, false, err
	}
	if json.Unmarshal([]byte(raw), &was) != nil {
		was = MailDetail{} // of a damaged row: it is written anew
	}
	base = o.base
	if p.Mail.Status != "" && p.Mail.Status != was.Status {
		if base = StateOpen; p.Settled {
			base = Done
		}
	}
	from, to := readParties(who)
	p.From = overParty(p.From, from)
	if len(p.To) == 0 {
		p.To, p.Mail.Cc = to, was.Cc
	}
	p.Subject, p.Conversation = cmp.Or(p.Subject, subject), cmp.Or(p.Conversation, conversation)
	m := p.Mail
	if p.Owner == b.acc.Name || p.Owner == m.Address && owner != "" && owner != b.acc.Name {
		p.Owner = owner // its name was not told
	}
	m.Internet, m.Box, m.Address = cmp.Or(m.Internet, was.Internet), cmp.Or(m.Box, was.Box), cmp.Or(m.Address, was.Address)
	m.Status, m.Owner = cmp.Or(m.Status, was.Status), cmp.Or(m.Owner, was.Owner)
	if m.Tags == nil {
		m.Tags = was.Tags
	}
	m.NoBody = m.NoBody && was.NoBody
	p.who, p.parties = p.other(), partiesJSON(p.From, p.To)
	p.preview = p.show()
	p.Read = o.read // it is kept here alone
	if len(p.Attachments) == 0 {
		p.files = files
	}
	// Attachments that are here change only when the e-mail is moved; those that could
	// not be had wait for a person.
	if bare != OnDemand || p.Bare == NotBare || tries > 0 {
		p.Bare = bare
	}
	return base, base != o.base || p.Bare != bare || !reflect.DeepEqual(*m, was), nil
}

// overParty is a party of whom one may have told more than another.
func overParty(now, was Party) Party {
	if now.Blocked() {
		return was
	}
	if now.Email == was.Email {
		now.Name = cmp.Or(now.Name, was.Name)
	}
	return now
}

const insertMail = `INSERT INTO mails (item, account, internet, box, detail) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT (item) DO UPDATE SET internet = excluded.internet, box = excluded.box, detail = excluded.detail`

// putMail writes what an e-mail has that other items do not.
func (b *ingest) putMail(p *record) error {
	detail, err := json.Marshal(p.Mail)
	if err != nil {
		return err
	}
	_, err = b.mail.Exec(int64(p.id), b.acc.ID, p.Mail.Internet, p.Mail.place(), string(detail))
	return err
}

// mailOf adds to an item what is known of the e-mail it is.
func mailOf(tx *sql.Tx, it *Item) error {
	if it.Kind != Email {
		return nil
	}
	var detail string
	err := tx.QueryRow(`SELECT detail FROM mails WHERE item = ?`, int64(it.ID)).Scan(&detail)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	it.Mail = &MailDetail{}
	if json.Unmarshal([]byte(detail), it.Mail) != nil {
		it.Mail = &MailDetail{} // of a damaged row, or of none
	}
	return nil
}
