package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// salvage carries what can be read of a damaged database over into a new one.
type salvage struct {
	s    *Store
	ctx  context.Context
	from string
	rows map[string]int
	lost bool // some of it could not be read
	// older says that tables of later formats cannot be told: the file is of an
	// older one, or its first page was lost.
	older bool
}

// salvaged are the tables worth reading, what matters most first, each with the
// column its rows are kept by. The full text is made anew, downloads start over.
var salvaged = []struct{ name, key string }{
	{"accounts", "id"},
	{"ledger", "seq"},
	{"archived", "item"},
	{"unwanted", "attachment"},
	{"ops", "id"},
	{"op_items", ""},
	{"notices", "id"},
	{"attachments", "id"},
	{"thumbs", ""},
	{"items", "id"},
	{"bodies", "item"},
	{"file_texts", "attachment"},
	{"uses", ""},
	{"remembered", ""},
	{"saves", "id"},
	{"deeds", "op"},
	{"drafts", "chat"},
	{"sends", "op"},
	{"message_drafts", "id"},
	{"chats", "id"},
	{"posts", "item"},
	{"people", ""},
	{"members", ""},
	{"contacts", "id"},
	{"watched", ""},
	{"shared", ""},
	{"calls", "item"},
	{"mails", "item"},
}

// into makes the new database at path, whole and on disk when it returns.
func (v *salvage) into(path string) error {
	v.rows = map[string]int{}
	to, err := newDB(v.ctx, path, len(migrations))
	if err != nil {
		return err
	}
	defer to.Close()
	from, remove, err := v.source()
	if err != nil {
		return err
	}
	defer remove()
	if from != nil {
		defer from.Close()
		for _, t := range salvaged {
			if err := v.table(from, to, t.name, t.key); err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
		}
	}
	return v.derive(to)
}

// source opens the damaged file for reading. When its first page is beyond reading,
// a copy with a new first page is opened instead, since all else may be well.
func (v *salvage) source() (db *sql.DB, remove func(), err error) {
	if db := v.try(v.from); db != nil {
		return db, func() {}, nil
	}
	copied := v.s.file() + ".salvage"
	remove = func() { _ = removeDB(copied) }
	if err := v.graft(copied); err != nil {
		if _, kind := classify(err, v.s.opts.Dir); errors.Is(kind, ErrDiskFull) {
			remove()
			return nil, nil, err
		}
		v.s.log.Warn("the damaged database cannot be read at all", "err", err)
		v.lost = true
		return nil, remove, nil
	}
	if db := v.try(copied); db != nil {
		v.older = true
		return db, remove, nil
	}
	v.lost = true
	return nil, remove, nil
}

// try opens path and sees whether its tables can be told. The file is not written.
func (v *salvage) try(path string) *sql.DB {
	db, err := sql.Open("sqlite", dsn(path, nil, []string{"query_only(1)", "busy_timeout(5000)", "cell_size_check(1)"}))
	if err != nil {
		return nil
	}
	db.SetMaxOpenConns(1)
	var n int
	err = db.QueryRowContext(v.ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('accounts', 'ledger', 'items')`).Scan(&n)
	if err != nil || n < 3 {
		db.Close()
		return nil
	}
	if format, err := formatOf(v.ctx, db); err == nil && format < len(migrations) {
		v.older = true
	}
	return db
}

// table copies the rows of one table: from the front until one cannot be read, then
// from the back, then by looking for single rows in between.
func (v *salvage) table(from, to *sql.DB, name, key string) error {
	columns, err := v.columns(from, to, name)
	if err != nil || len(columns) == 0 && !v.older {
		v.lost = true
		return nil
	}
	if len(columns) == 0 {
		return nil // the file is older than the table
	}
	tx, err := to.BeginTx(v.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	list := strings.Join(columns, ", ")
	put, err := tx.Prepare(`INSERT OR IGNORE INTO ` + name + ` (` + list + `) VALUES (?` + strings.Repeat(`, ?`, len(columns)-1) + `)`)
	if err != nil {
		return err
	}
	defer put.Close()
	c := copier{v: v, from: from, put: put, width: len(columns), table: name}
	if key == "" {
		c.run(`SELECT ` + list + ` FROM ` + name)
	} else {
		c.around(`SELECT `+key+`, `+list+` FROM `+name, key)
	}
	v.rows[name] = c.n
	if c.err != nil {
		return c.err
	}
	return tx.Commit()
}

// columns are those both tables have.
func (v *salvage) columns(from, to *sql.DB, name string) ([]string, error) {
	names := func(db *sql.DB) (list []string, err error) {
		rows, err := db.QueryContext(v.ctx, `SELECT name FROM pragma_table_info(?)`, name)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				return nil, err
			}
			list = append(list, n)
		}
		return list, rows.Err()
	}
	old, err := names(from)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, n := range old {
		have[n] = true
	}
	now, err := names(to)
	if err != nil {
		return nil, err
	}
	var both []string
	for _, n := range now {
		if have[n] {
			both = append(both, n)
		}
	}
	return both, nil
}

// copier copies rows of one table.
type copier struct {
	v     *salvage
	from  *sql.DB
	put   *sql.Stmt
	table string
	width int
	n     int
	last  int64
	err   error // of the new database; reading errors only end a run
}

// run copies what a query gives until it ends or cannot be read further.
func (c *copier) run(query string, args ...any) (whole bool) {
	rows, err := c.from.QueryContext(c.v.ctx, query, args...)
	if err != nil {
		c.v.lost = true
		return false
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return false
	}
	extra := len(names) - c.width // the key, where it was asked for
	vals := make([]any, len(names))
	dest := make([]any, len(names))
	for i := range vals {
		dest[i] = &vals[i]
	}
	for rows.Next() {
		if rows.Scan(dest...) != nil {
			c.v.lost = true
			continue
		}
		if k, ok := vals[0].(int64); ok && extra == 1 {
			c.last = k
		}
		for i, x := range vals {
			if b, ok := x.([]byte); ok {
				vals[i] = string(b)
			}
		}
		res, err := c.put.ExecContext(c.v.ctx, vals[extra:]...)
		if err != nil {
			if _, kind := classify(err, c.v.s.opts.Dir); kind != nil || c.v.ctx.Err() != nil {
				c.err = err
				return false
			}
			c.v.lost = true // the row is garbage: of the wrong type, or without what it must have
			continue
		}
		if k, err := res.RowsAffected(); err == nil {
			c.n += int(k)
		}
	}
	if rows.Err() != nil {
		c.v.lost = true
		return false
	}
	return true
}

// probes bounds how many gaps are looked into, one look each.
const probes = 20000

// around copies a table with a hole in it.
func (c *copier) around(query, key string) {
	if c.run(query+` ORDER BY `+key) || c.err != nil {
		return
	}
	front := c.last
	c.last = 0
	if c.run(query+` ORDER BY `+key+` DESC`) || c.err != nil {
		return
	}
	back := c.last
	if back == 0 || back <= front {
		return
	}
	// Between the two, step in from the front: a page that cannot be read ends a
	// run, and the next one begins behind it. The steps double while nothing comes.
	step := int64(1)
	for at, i := front, 0; i < probes && at < back && c.err == nil; i++ {
		at += step
		c.last = at
		c.run(query+` WHERE `+key+` > ? AND `+key+` < ? ORDER BY `+key, at, back)
		if c.last > at {
			at, step = c.last, 1
		} else if step < (back-front)/64+1 {
			step *= 2
		}
	}
}

// derive makes what follows from the rows: the full text, the counters; and has the
// accounts read anew.
func (v *salvage) derive(to *sql.DB) error {
	tx, err := to.BeginTx(v.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := v.dropGarbled(tx); err != nil {
		return err
	}
	if err := v.refindContacts(tx); err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE accounts SET cursor = '', older = '', history = 0, started = 0`,
		// What is read of chats is read again from their newest posts down: there may be holes.
		`DELETE FROM posts WHERE item NOT IN (SELECT id FROM items)`,
		`UPDATE chats SET looked = 0, top = 0, need = 0, latest = coalesce((SELECT max(item) FROM posts WHERE chat = chats.id), 0)`,
		// A body without its item is of no use; an item without its body gets it with the next sync.
		`DELETE FROM bodies WHERE item NOT IN (SELECT id FROM items)`,
		// Of files whose item was lost, only those that are here are worth keeping.
		`DELETE FROM attachments WHERE item NOT IN (SELECT id FROM items) AND state <> 4`,
		`UPDATE attachments SET state = 0 WHERE state IN (1, 2)`,
		`DELETE FROM thumbs WHERE attachment NOT IN (SELECT id FROM attachments)`,
		`DELETE FROM file_texts WHERE attachment NOT IN (SELECT id FROM attachments)`,
		`UPDATE items SET modified = 0,
			kept = (SELECT count(*) FROM attachments WHERE item = items.id AND state = 4 AND kind NOT IN ('Text', 'AudioTranscription')),
			pending = (SELECT count(*) FROM op_items t JOIN ops o ON o.id = t.op WHERE t.item = items.id AND t.state = 0 AND o.state IN (0, 1, 5))`,
	} {
		if _, err := tx.Exec(q); err != nil {
			return err
		}
	}
	ids, err := allIDs(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := v.s.refoldColumns(tx, id); err != nil {
			return err
		}
	}
	for len(ids) > 0 {
		n := min(len(ids), 500)
		if err := v.s.reindexAll(tx, ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return tx.Commit()
}

func allIDs(tx *sql.Tx) ([]ID, error) {
	rows, err := tx.Query(`SELECT id FROM items ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []ID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, rows.Err()
}

// words say what was carried over.
func (v *salvage) words() string {
	s := fmt.Sprintf("%d accounts, %d decisions, %d changes and %d messages were carried over", v.rows["accounts"], v.rows["ledger"], v.rows["ops"], v.rows["items"])
	if v.lost {
		s += ", some could not be read"
	}
	return s
}
