package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// putSendEcho shows a message that is on its way, and gives its item.
func (s *Store) putSendEcho(ctx context.Context, tx *sql.Tx, acc Account, st sendState, now time.Time) (ID, error) {
	m := st.Message
	in := Incoming{
		Remote: echoPrefix + rand.Text()[:16], Direction: Outbound, Time: now, Text: m.Text, Read: true, Delivery: Queued,
		From: Party{Name: acc.Name, Number: m.From},
	}
	for _, to := range m.To {
		in.To = append(in.To, Party{Name: to.Name, Number: to.Number, Extension: to.Extension, Delivery: Queued})
	}
	file := SourceDocument
	switch {
	case m.Kind == SendPager:
		in.Kind = Pager
	case m.Kind == SendFax:
		in.Kind = Fax
		in.Resolution = map[bool]string{true: "High", false: "Low"}[m.Fine]
	case len(st.Files) > 0:
		in.Kind, file = MMS, MMSAttachment
	default:
		in.Kind = SMS
	}
	for i, f := range st.Files {
		in.Attachments = append(in.Attachments, Attachment{Remote: "~" + strconv.Itoa(i), Kind: file, Type: f.Type, Name: f.Name, Size: f.Size})
	}
	if m.Resend != 0 {
		if err := resendEcho(tx, m.Resend, &in); err != nil {
			return 0, err
		}
	}
	if m.Answers != 0 { // it belongs to the same conversation
		err := tx.QueryRow(`SELECT b.conversation FROM bodies b JOIN items i ON i.id = b.item WHERE b.item = ? AND i.kind = ? AND i.account = ?`,
			int64(m.Answers), int64(in.Kind), acc.ID).Scan(&in.Conversation)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	b := ingest{s: s, ctx: ctx, tx: tx, acc: acc}
	if err := b.run(s.prepare(acc, []Incoming{in})); err != nil {
		return 0, err
	}
	if len(b.res.IDs) != 1 {
		return 0, errors.New("the message could not be shown")
	}
	id := b.res.IDs[0]
	_, err := tx.Exec(`UPDATE items SET pending = 1 WHERE id = ?`, int64(id))
	return id, err
}

// resendEcho makes the echo of a fax that is sent on look like that.
func resendEcho(tx *sql.Tx, original ID, in *Incoming) error {
	var who string
	var direction Direction
	err := tx.QueryRow(`SELECT i.pages, i.direction, b.resolution, b.parties FROM items i JOIN bodies b ON b.item = i.id WHERE i.id = ?`, int64(original)).
		Scan(&in.Pages, &direction, &in.Resolution, &who)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if _, to := readParties(who); len(in.To) == 0 && direction == Outbound {
		for _, p := range to {
			p.Delivery, p.Fault, p.Why = Queued, "", ""
			in.To = append(in.To, p)
		}
	}
	return err
}

// nameEcho gives an echo the name the service has for it: from now on it is that
// message. If that one is here already, the echo goes, and what was decided about it
// holds for the message.
func (s *Store) nameEcho(tx *sql.Tx, account int64, item ID, remote string) (ID, error) {
	var real int64
	err := tx.QueryRow(`SELECT id FROM items WHERE account = ? AND remote = ?`, account, remote).Scan(&real)
	switch {
	case err == nil && ID(real) == item:
		return item, nil
	case err == nil:
		return ID(real), s.mergeEcho(tx, item, ID(real), remote)
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	for _, q := range []string{
		`UPDATE items SET remote = ?1, modified = 0, kept = 0 WHERE id = ?2`,
		`UPDATE ledger SET remote = ?1 WHERE item = ?2`,
		`UPDATE op_items SET remote = ?1 WHERE item = ?2`,
		`DELETE FROM attachments WHERE item = ?2 AND remote LIKE '~%' AND ?1 <> ''`,
	} {
		if _, err := tx.Exec(q, remote, int64(item)); err != nil {
			return 0, err
		}
	}
	return item, nil
}

// mergeEcho puts a message in the place of its echo.
func (s *Store) mergeEcho(tx *sql.Tx, echo, real ID, remote string) error {
	for _, q := range []string{
		`UPDATE ledger SET item = ?1, remote = ?3 WHERE item = ?2`,
		`UPDATE OR IGNORE op_items SET item = ?1, remote = ?3 WHERE item = ?2`,
		`UPDATE sends SET item = ?1 WHERE item = ?2 AND ?3 <> ''`,
	} {
		if _, err := tx.Exec(q, int64(real), int64(echo), remote); err != nil {
			return err
		}
	}
	if err := s.removeSendEcho(tx, echo); err != nil {
		return err
	}
	return s.refold(tx, real)
}

// removeSendEcho takes away an echo; a message the service has stays.
func (s *Store) removeSendEcho(tx *sql.Tx, item ID) error {
	var remote string
	err := tx.QueryRow(`SELECT remote FROM items WHERE id = ?`, int64(item)).Scan(&remote)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !isEcho(remote) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, q := range []string{
		`DELETE FROM attachments WHERE item = ?`, `DELETE FROM bodies WHERE item = ?`, `DELETE FROM search WHERE rowid = ?`,
		`DELETE FROM items WHERE id = ?`,
	} {
		if _, err := tx.Exec(q, int64(item)); err != nil {
			return err
		}
	}
	return nil
}

// markEcho shows how an echo stands: its delivery, and why it failed if it did.
func (s *Store) markEcho(tx *sql.Tx, item ID, d Delivery, why string) error {
	var who, remote string
	err := tx.QueryRow(`SELECT b.parties, i.remote FROM bodies b JOIN items i ON i.id = b.item WHERE b.item = ?`, int64(item)).Scan(&who, &remote)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !isEcho(remote) {
		return nil
	}
	if err != nil {
		return err
	}
	from, to := readParties(who)
	for i := range to {
		to[i].Delivery, to[i].Why = d, why
	}
	base, pending := Done, 0
	if d.Failed() {
		base = StateOpen // somebody has to look
	}
	if d == Queued {
		pending = 1
	}
	if _, err := tx.Exec(`UPDATE bodies SET parties = ? WHERE item = ?`, partiesJSON(from, to), int64(item)); err != nil {
		return err
	}
	var text string
	if err := tx.QueryRow(`SELECT text FROM bodies WHERE item = ?`, int64(item)).Scan(&text); err != nil {
		return err
	}
	shown := preview(failedFirst(Incoming{Direction: Outbound, Delivery: d, To: to}, text), "")
	_, err = tx.Exec(`UPDATE items SET delivery = ?, base = ?, pending = ?, preview = ? WHERE id = ?`, int64(d), int64(base), pending, shown, int64(item))
	if err != nil {
		return err
	}
	_, err = s.refoldColumns(tx, item)
	return err
}

// becomeSent puts what the service said of a message in the place of its echo.
func (s *Store) becomeSent(ctx context.Context, tx *sql.Tx, account int64, op int64, item ID, in Incoming) error {
	in.Remote = CleanLine(in.Remote)
	acc, err := scanAccount(tx.QueryRow(selectAccount+` WHERE id = ?`, account))
	if err != nil {
		return err
	}
	var remote string
	err = tx.QueryRow(`SELECT remote FROM items WHERE id = ?`, int64(item)).Scan(&remote)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id = ?`, int64(item)); err != nil {
		return err
	}
	if isEcho(remote) {
		if _, err := s.nameEcho(tx, account, item, in.Remote); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE sends SET remote = ?, unsure = 0 WHERE op = ?`, in.Remote, op); err != nil {
		return err
	}
	if in.Kind != 0 {
		b := ingest{s: s, ctx: ctx, tx: tx, acc: acc}
		if err := b.run(s.prepare(acc, []Incoming{in})); err != nil {
			return err
		}
	}
	_, err = tx.Exec(`UPDATE sends SET item = coalesce((SELECT id FROM items WHERE account = ?1 AND remote = ?2), item) WHERE op = ?3`, account, in.Remote, op)
	return err
}

// adoptEchoes finds, among messages that come in, those that are what was sent here
// without a word of it having come back yet. Their echoes become them.
func (b *ingest) adoptEchoes(ps []record) error {
	var mine []*record
	for i := range ps {
		if p := &ps[i]; !p.Tombstone && p.Direction == Outbound && p.Kind <= Pager && !isEcho(p.Remote) {
			mine = append(mine, p)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	open, err := openSends(b.tx, b.acc.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	for _, d := range open {
		for i, p := range mine {
			if p == nil || !d.couldBe(b.s, &p.Incoming) {
				continue
			}
			var n int
			err := b.tx.QueryRow(`SELECT (SELECT count(*) FROM items WHERE account = ?1 AND remote = ?2) + (SELECT count(*) FROM sends WHERE account = ?1 AND remote = ?2)`,
				b.acc.ID, p.Remote).Scan(&n)
			if err != nil {
				return err
			}
			if n > 0 {
				continue
			}
			mine[i] = nil
			if err := b.s.adoptEcho(b.tx, b.acc.ID, d, p.Remote); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// openSend is a send of which it is not known what the service calls it.
type openSend struct {
	op    int64
	item  ID
	state OpState
	first time.Time
	st    sendState
}

// openSends are those of an account, oldest first.
func openSends(tx *sql.Tx, account int64) ([]openSend, error) {
	rows, err := tx.Query(`SELECT d.op, d.item, o.state, d.first, d.payload FROM sends d JOIN ops o ON o.id = d.op
		WHERE d.account = ? AND d.remote = '' AND d.cancels = 0 AND d.first > 0 AND o.state IN (1, 2, 5) ORDER BY d.op`, account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []openSend
	for rows.Next() {
		var d openSend
		var first int64
		var payload string
		if err := rows.Scan(&d.op, (*int64)(&d.item), &d.state, &first, &payload); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(payload), &d.st); err != nil {
			return nil, fmt.Errorf("reading what is being sent: %w", err)
		}
		d.first = fromMilli(first)
		out = append(out, d)
	}
	return out, rows.Err()
}

// clocksApart is how far the service's clock may be from this machine's, where nothing
// better is known.
const clocksApart = 10 * time.Minute

// couldBe reports whether a message may be what was sent.
func (d openSend) couldBe(s *Store, in *Incoming) bool {
	if in.Time.Before(d.first.Add(-clocksApart)) {
		return false
	}
	for _, known := range d.st.Before {
		if known == in.Remote {
			return false
		}
	}
	return s.outgoing(d.st).Same(*in)
}

// adoptEcho lets an echo become a message that came in. Of what waits for word of it,
// that is the word; what is under way just now hears it from the answer.
func (s *Store) adoptEcho(tx *sql.Tx, account int64, d openSend, remote string) error {
	if _, err := s.nameEcho(tx, account, d.item, remote); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE sends SET remote = ?, unsure = 0 WHERE op = ?`, remote, d.op); err != nil {
		return err
	}
	if d.state != OpUnknown {
		return nil
	}
	if _, err := tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id = ?`, int64(d.item)); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, error = '', next = 0, owner = '', lease = 0 WHERE id = ?`, int64(OpConfirmed), d.op)
	return err
}

// refusesEchoes says why what is on its way out is not deleted.
func refusesEchoes(tx *sql.Tx, c Change, ts []target) error {
	if c.Verb != VerbDelete {
		return nil
	}
	for _, t := range ts {
		if !isEcho(t.remote) {
			continue
		}
		var open bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM sends d JOIN ops o ON o.id = d.op WHERE d.item = ? AND o.state IN (0, 1, 5))`, int64(t.id)).Scan(&open)
		if err != nil {
			return err
		}
		if open {
			return fmt.Errorf("%s is still on its way out: undo takes it back", t.words())
		}
	}
	return nil
}
