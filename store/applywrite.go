package store

import "database/sql"

// The statements with which a batch is taken in.

const insertItem = `INSERT INTO items (id, account, remote, kind, direction, modified, mailbox, who, number, extension, location, preview,
	duration, pages, read, availability, deleted, delivery, transcript, base, state, files, kept, outcome, company, bare)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const insertBody = `INSERT OR REPLACE INTO bodies (item, parties, subject, text, raw, conversation, resolution, flags)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

// What was fetched of a file stays, whatever the service says of it later.
const insertFile = `INSERT INTO attachments (item, ord, remote, kind, type, name, size, duration, width, height, uri)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (item, remote) DO UPDATE SET ord = excluded.ord, kind = excluded.kind, type = excluded.type, name = excluded.name,
		size = excluded.size, duration = excluded.duration, width = excluded.width, height = excluded.height, uri = excluded.uri`

const insertText = `INSERT INTO search (rowid, who, number, text, files, notes) VALUES (?, ?, ?, ?, ?, ?)`

func (b *ingest) prepare() error {
	for _, st := range []struct {
		to  **sql.Stmt
		sql string
	}{{&b.item, insertItem}, {&b.body, insertBody}, {&b.file, insertFile}, {&b.text, insertText}, {&b.mail, insertMail}} {
		var err error
		if *st.to, err = b.tx.Prepare(st.sql); err != nil { //nolint:sqlclosecheck // close closes them
			return err
		}
	}
	return nil
}

func (b *ingest) close() {
	for _, st := range []*sql.Stmt{b.item, b.body, b.file, b.text, b.mail, b.was, b.had} {
		if st != nil {
			st.Close()
		}
	}
}

// row asks for one row with a statement that not every batch needs, made by the first that does.
func (b *ingest) row(st **sql.Stmt, query string, args ...any) scanner {
	if *st == nil {
		made, err := b.tx.Prepare(query) //nolint:sqlclosecheck // close closes it
		if err != nil {
			return failed{err}
		}
		*st = made
	}
	return (*st).QueryRow(args...)
}
