package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// adopt gives a new item what was known of it before it came: decisions, changes
// on their way, files that are here already.
func (b *ingest) adopt(p *record) error {
	id := int64(p.id)
	if _, err := b.tx.Exec(`UPDATE ledger SET item = ? WHERE account = ? AND remote = ? AND item <> ?`, id, b.acc.Key, p.Remote, id); err != nil {
		return err
	}
	_, err := b.tx.Exec(`UPDATE items SET
		kept = (SELECT count(*) FROM attachments WHERE item = items.id AND state = 4 AND kind NOT IN ('Text', 'AudioTranscription')),
		pending = (SELECT count(*) FROM op_items t JOIN ops o ON o.id = t.op WHERE t.item = items.id AND t.state IN (0, 1, 5) AND o.state IN (0, 1, 5))
		WHERE id = ?`, id)
	if err != nil {
		return err
	}
	if err := b.overlay(p.id, &p.Read, p.Availability); err != nil {
		return err
	}
	notes, err := notesOf(b.tx, []ID{p.id})
	if err != nil {
		return err
	}
	p.doc.notes = notes[p.id]
	var text string
	if err := b.tx.QueryRow(`SELECT `+fileTextOf+` FROM items i WHERE i.id = ?`, id).Scan(&text); err != nil {
		return err
	}
	p.doc.files = words([]string{p.doc.files, text})
	_, err = b.s.refoldColumns(b.tx, p.id)
	return err
}

// transcriptOver keeps a transcript that is here from being called missing by a
// record that was made before it was done.
func (p *record) transcriptOver(o stored) Transcript {
	if o.transcript == TranscriptComplete && (p.Transcript == TranscriptNotReady || p.Transcript == NoTranscript) {
		return o.transcript
	}
	return p.Transcript
}

// differs compares a record with the rows of its item. Text that came in its own
// right (a transcript) stays when the record has none.
func (b *ingest) differs(p *record, o stored) (bool, error) {
	var kind Kind
	var modified int64
	var who Party
	var duration int64
	var pages, files int
	var mailbox, parties, subject, text, raw, conversation, resolution string
	var flags int64
	err := b.row(&b.was, `SELECT i.kind, i.modified, i.who, i.number, i.extension, i.location, i.duration, i.pages, i.files, i.mailbox,
		b.parties, b.subject, b.text, b.raw, b.conversation, b.resolution, b.flags
		FROM items i JOIN bodies b ON b.item = i.id WHERE i.id = ?`, int64(o.id)).
		Scan(&kind, &modified, &who.Name, &who.Number, &who.Extension, &who.Location, &duration, &pages, &files, &mailbox,
			&parties, &subject, &text, &raw, &conversation, &resolution, &flags)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil // its body was lost: here it is again
	}
	if err != nil {
		return false, err
	}
	if p.Text == "" && text != "" {
		p.Text, p.raw = text, raw
		p.preview = p.show()
	}
	p.who.Delivery, p.who.Fault, p.who.Why, p.who.Email = 0, "", "", ""
	same := kind == p.Kind && modified == toMilli(p.Modified) && who == p.who && duration == int64(p.Duration.Seconds()) &&
		pages == p.Pages && files == p.files && mailbox == p.Owner && parties == p.parties && subject == p.Subject && text == p.Text &&
		conversation == p.Conversation && resolution == p.Resolution && p.Private == (flags&flagPrivate != 0) &&
		p.Delivery == o.delivery && p.transcriptOver(o) == o.transcript
	if same && o.pending == 0 && !o.dropped && p.Read == o.read && p.Availability == o.availability {
		return false, nil
	}
	return true, nil
}

// overlay puts changes that have not reached the service back on top of what it
// says, and notes what it says as what to go back to should it refuse them. read is nil
// where it does not say: of what is deleted it tells nothing else.
func (b *ingest) overlay(id ID, read *bool, av Availability) error {
	rows, err := b.tx.Query(`SELECT o.id, o.verb FROM op_items t JOIN ops o ON o.id = t.op
		WHERE t.item = ? AND t.state IN (0, 1, 5) AND o.state IN (0, 1, 5) ORDER BY o.id`, int64(id))
	if err != nil {
		return err
	}
	defer rows.Close()
	var sets []string
	first := map[string]int64{} // column -> the earliest op that changes it
	for rows.Next() {
		var op int64
		var verb string
		if err := rows.Scan(&op, &verb); err != nil {
			return err
		}
		column, value := "read", "1"
		switch verb {
		case "read":
		case "unread":
			value = "0"
		case "delete":
			column, value = "availability", fmt.Sprint(int64(Deleted))
		case "restore":
			column, value = "availability", fmt.Sprint(int64(Alive))
		default:
			continue
		}
		if column == "availability" && av == Purged {
			continue // nothing brings it back
		}
		if _, ok := first[column]; !ok {
			first[column] = op
		}
		sets = append(sets, column+" = "+value)
	}
	if err := rows.Err(); err != nil || len(sets) == 0 {
		return err
	}
	for _, set := range sets { // in order: the last one counts
		if _, err := b.tx.Exec(`UPDATE items SET `+set+` WHERE id = ?`, int64(id)); err != nil {
			return err
		}
	}
	for column, op := range first {
		value := fmt.Sprint(int64(av))
		if column == "read" && read == nil {
			continue
		} else if column == "read" {
			value = fmt.Sprint(*read)
		}
		_, err := b.tx.Exec(`UPDATE op_items SET before = json_set(CASE WHEN json_valid(before) THEN before ELSE '{}' END, '$.`+column+`', json(?))
			WHERE op = ? AND item = ?`, value, op, int64(id))
		if err != nil {
			return err
		}
	}
	return nil
}
