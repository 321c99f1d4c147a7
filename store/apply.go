package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// ingest is one run of Apply inside its transaction.
type ingest struct {
	s   *Store
	ctx context.Context
	tx  *sql.Tx
	acc Account
	res Applied

	item, body, file, text, mail *sql.Stmt
	was, had                     *sql.Stmt // of updates; see row

	fresh []*record // to be indexed
	stale []ID      // to be indexed anew
	calls []joining // that may belong together

	arrived bool  // something came in that people are to be told of
	room    *room // how full the mailbox was before; nil: not asked yet
}

func (b *ingest) run(ps []record) error {
	if err := b.adoptEchoes(ps); err != nil {
		return err
	}
	if err := b.followMoves(ps); err != nil {
		return err
	}
	known, err := b.known(ps)
	if err != nil {
		return err
	}
	if err := b.place(ps, known); err != nil {
		return err
	}
	salvaged, err := b.leftovers()
	if err != nil {
		return err
	}
	if err := b.prepare(); err != nil {
		return err
	}
	defer b.close()
	for i := range ps {
		if err := b.ctx.Err(); err != nil {
			return err // the program ends: nothing is lost, and nobody waits for the rest
		}
		p := &ps[i]
		old, ok := known[p.Remote]
		switch {
		case p.Tombstone && ok:
			err = b.bury(old, p.Availability)
		case p.Tombstone:
			// Never seen here, so there is nothing to bury.
		case ok:
			err = b.update(p, old)
		default:
			err = b.insert(p, salvaged)
		}
		if err != nil {
			return fmt.Errorf("message %s: %w", p.Remote, err)
		}
	}
	if err := b.joinCalls(); err != nil {
		return fmt.Errorf("joining calls: %w", err)
	}
	if err := b.tidyArrivals(); err != nil {
		return err
	}
	return b.index()
}

// index adds the texts of a batch, all at once: any statement between two of them
// that may have to be taken back in part makes the full-text index write out what it
// has gathered, and costs more than all the rest.
func (b *ingest) index() error {
	for _, p := range b.fresh {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if _, err := b.text.Exec(int64(p.id), p.doc.who, p.doc.number, p.doc.text, p.doc.files, p.doc.notes); err != nil {
			return fmt.Errorf("indexing message %s: %w", p.Remote, err)
		}
	}
	return b.s.reindexAll(b.tx, b.stale)
}

// stored is what an update has to know of the row that is there.
type stored struct {
	id           ID
	modified     int64
	read         bool
	availability Availability
	delivery     Delivery
	transcript   Transcript
	base         State
	pending      int
	dropped      bool // see items.dropped
}

// known reads which of the records are there already, in one query.
func (b *ingest) known(ps []record) (map[string]stored, error) {
	remotes := make([]string, len(ps))
	for i := range ps {
		remotes[i] = ps[i].Remote
	}
	list, err := json.Marshal(remotes)
	if err != nil {
		return nil, err
	}
	rows, err := b.tx.Query(`SELECT i.remote, i.id, i.modified, i.read, i.availability, i.delivery, i.transcript, i.base, i.pending, i.dropped > 0
		FROM json_each(?) j CROSS JOIN items i ON i.account = ? AND i.remote = j.value`, string(list), b.acc.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]stored{}
	for rows.Next() {
		var remote string
		var o stored
		if err := rows.Scan(&remote, (*int64)(&o.id), &o.modified, &o.read, &o.availability, &o.delivery, &o.transcript, &o.base, &o.pending, &o.dropped); err != nil {
			return nil, err
		}
		known[remote] = o
	}
	return known, rows.Err()
}

// place gives each new record an id that is free. Two messages of one millisecond
// share theirs once in a million; the next free one is taken.
func (b *ingest) place(ps []record, known map[string]stored) error {
	ids := make([]int64, 0, len(ps))
	for i := range ps {
		if _, ok := known[ps[i].Remote]; !ok && !ps[i].Tombstone {
			ids = append(ids, int64(ps[i].id))
		}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	taken := make(map[ID]bool, len(ids))
	rows, err := b.tx.Query(`SELECT i.id FROM json_each(?) j CROSS JOIN items i ON i.id = j.value`, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		taken[ID(id)] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i := range ps {
		p := &ps[i]
		if _, ok := known[p.Remote]; ok || p.Tombstone {
			continue
		}
		for taken[p.id] {
			p.id++
			var n int
			if err := b.tx.QueryRow(`SELECT count(*) FROM items WHERE id = ?`, int64(p.id)).Scan(&n); err != nil {
				return err
			}
			taken[p.id] = taken[p.id] || n > 0
		}
		taken[p.id] = true
	}
	return nil
}

// leftovers reports whether something may be known of items not here yet: entries
// of the ledger, or files and changes saved from a damaged database.
func (b *ingest) leftovers() (yes bool, err error) {
	err = b.tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM ledger) OR EXISTS (SELECT 1 FROM op_items)
		OR EXISTS (SELECT 1 FROM attachments a WHERE a.state = 4 AND a.sha256 <> '')`).Scan(&yes)
	return yes, err
}

// first is the state of an item before anybody decides anything.
func (b *ingest) first(p *record) State {
	switch {
	case p.Call != nil:
		return b.firstCall(p)
	case p.Mail != nil:
		return b.firstMail(p)
	case p.Filed:
		return Filed
	case p.Direction == Outbound:
		if p.Delivery.Failed() {
			return StateOpen
		}
	case !p.Read || p.Time.After(b.acc.Since):
		return StateOpen
	}
	return Done
}

func (b *ingest) insert(p *record, leftovers bool) error {
	id := int64(p.id)
	base := b.first(p)
	if p.Call != nil {
		p.Read = true // the service knows of no unread call: whether it waits is for State to tell
	}
	if p.Mail != nil {
		p.Read = base != StateOpen // likewise: it is kept here
	}
	var deleted int64
	if p.Availability != Alive {
		deleted = b.deletedAt(p)
	}
	_, err := b.item.Exec(id, b.acc.ID, p.Remote, int64(p.Kind), int64(p.Direction), toMilli(p.Modified), p.Owner, p.who.Name, p.who.Number,
		p.who.Extension, p.who.Location, p.preview, int64(p.Duration.Seconds()), p.Pages, p.Read, int64(p.Availability), deleted,
		int64(p.Delivery), int64(p.Transcript), int64(base), int64(base), p.files, 0, int64(p.Outcome), p.Company, int64(p.Bare))
	if err != nil {
		return err
	}
	if p.Call != nil {
		if err := b.putCall(p.id, p.callRow(b.acc.company()), true); err != nil {
			return err
		}
	}
	if p.Mail != nil {
		if err := b.putMail(p); err != nil {
			return err
		}
	}
	if err := b.putBody(p); err != nil {
		return err
	}
	if err := b.putFiles(p); err != nil {
		return err
	}
	if err := b.arrive(p, base); err != nil {
		return err
	}
	b.fresh = append(b.fresh, p)
	b.res.New++
	b.res.IDs = append(b.res.IDs, p.id)
	if leftovers {
		return b.adopt(p)
	}
	return nil
}

func (b *ingest) putBody(p *record) error {
	var flags int64
	if p.Priority {
		flags |= flagPriority
	}
	if p.Private {
		flags |= flagPrivate
	}
	_, err := b.body.Exec(int64(p.id), p.parties, p.Subject, p.Text, p.raw, p.Conversation, p.Resolution, flags)
	return err
}

func (b *ingest) putFiles(p *record) error {
	for i, a := range p.Attachments {
		_, err := b.file.Exec(int64(p.id), i, a.Remote, string(a.Kind), a.Type, a.Name, a.Size,
			int64(a.Duration.Seconds()), a.Width, a.Height, a.URI)
		if err != nil {
			return err
		}
		if err := putThumbs(b.tx, p.id, a.Remote, a.Thumbs); err != nil {
			return err
		}
	}
	return nil
}

// bury marks an item as in the trash of the service, or gone from it. It is not
// removed: what was fetched of it is still a person's to read.
func (b *ingest) bury(o stored, av Availability) error {
	if av == Alive {
		av = Purged // a tombstone that says nothing more
	}
	if o.availability == Purged || o.dropped || (o.availability == av && o.pending == 0) {
		return nil
	}
	if drops, err := b.fellOut(o, av); drops || err != nil {
		return err
	}
	_, err := b.tx.Exec(`UPDATE items SET availability = ?, deleted = CASE deleted WHEN 0 THEN ? ELSE deleted END WHERE id = ?`,
		int64(av), b.buriedAt(), int64(o.id))
	if err == nil && o.pending > 0 {
		err = b.overlay(o.id, nil, av)
	}
	if err == nil {
		err = b.buryCall(o.id)
	}
	b.res.Gone++
	b.res.IDs = append(b.res.IDs, o.id)
	return err
}

// update brings a known item up to date.
func (b *ingest) update(p *record, o stored) error {
	if m := toMilli(p.Modified); m != 0 && m < o.modified || p.Told && m <= o.modified {
		return nil
	}
	p.id = o.id
	base := o.base
	var call callRow
	same := true
	if p.Call != nil {
		var foreign bool
		var err error
		if call, same, foreign, err = b.knownCall(p, o); err != nil || foreign {
			return err
		}
		base = b.firstCall(p)
	}
	if p.Mail != nil {
		var news bool
		var err error
		if base, news, err = b.knownMail(p, o); err != nil {
			return err
		}
		same = !news
	}
	changed, err := b.differs(p, o)
	if err != nil || !changed && same {
		return err
	}
	if p.Direction == Outbound && p.Delivery.Failed() && !o.delivery.Failed() {
		base = StateOpen // it failed after all: somebody has to look
		if err := b.s.tellFailed(b.tx, p); err != nil {
			return err
		}
	}
	_, err = b.tx.Exec(`UPDATE items SET kind = ?, direction = ?, modified = ?, mailbox = ?, who = ?, number = ?, extension = ?, location = ?,
		preview = CASE WHEN ? <> '' THEN ? ELSE preview END, duration = ?, pages = ?, read = ?, availability = ?,
		deleted = CASE WHEN ? = 0 THEN 0 WHEN deleted <> 0 THEN deleted ELSE ? END,
		delivery = ?, transcript = ?, base = ?, files = ?, outcome = ?, company = ?, bare = ?, dropped = 0 WHERE id = ?`,
		int64(p.Kind), int64(p.Direction), max(toMilli(p.Modified), o.modified), p.Owner, p.who.Name, p.who.Number, p.who.Extension, p.who.Location,
		p.preview, p.preview, int64(p.Duration.Seconds()), p.Pages, p.Read, int64(p.Availability), int64(p.Availability), b.deletedAt(p),
		int64(p.Delivery), int64(p.transcriptOver(o)), int64(base), p.files, int64(p.Outcome), p.Company, int64(p.Bare), int64(p.id))
	if err != nil {
		return err
	}
	if p.Call != nil {
		if err := b.putCall(p.id, call, false); err != nil {
			return err
		}
	}
	if p.Mail != nil {
		if err := b.putMail(p); err != nil {
			return err
		}
	}
	if err := b.putBody(p); err != nil {
		return err
	}
	if err := b.putFiles(p); err != nil {
		return err
	}
	if p.transcriptOver(o) != o.transcript { // there is more of it now
		if _, err := b.tx.Exec(`UPDATE attachments SET bytes = 0 WHERE item = ? AND kind = 'AudioTranscription' AND state = 0`, int64(p.id)); err != nil {
			return err
		}
	}
	if o.pending > 0 {
		if err := b.overlay(p.id, &p.Read, p.Availability); err != nil {
			return err
		}
	}
	if _, err := b.s.refoldColumns(b.tx, p.id); err != nil {
		return err
	}
	b.res.Changed++
	b.res.IDs = append(b.res.IDs, p.id)
	b.stale = append(b.stale, p.id)
	return nil
}
