package ringcentral_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"switchboard/api/simulator"
)

// BenchmarkSync reads a whole mailbox of the simulator, transcripts included, with
// rate limits off and the simulator on the same processors. Beside it, in the same
// run, the rows that this left are put into an empty database of the same tables,
// indexes and full-text index by the same driver: what no sync through it can beat.
// testdata/import-rate.sh does so with the sqlite3 shell.
func BenchmarkSync(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if testing.Short() { // it is only to be seen that it still runs
		sizes = []int{2000}
	}
	for _, n := range sizes {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			for b.Loop() {
				d := open(b, simulator.Config{Messages: n})
				start := time.Now()
				rep := d.sync()
				took := time.Since(start)
				if rep.New != n {
					b.Fatalf("%d new messages, want %d", rep.New, n)
				}
				d.Store.Close()
				plain := copyRows(b, filepath.Join(d.Dir(), "switchboard.db"))
				b.ReportMetric(float64(n)/took.Seconds(), "messages/s")
				b.ReportMetric(float64(n)/plain.Seconds(), "plain-rows/s")
				b.ReportMetric(plain.Seconds()/took.Seconds(), "of-plain")
			}
		})
	}
}

// copyRows inserts the messages of a store into a new database, row by row in one
// transaction a table, and says how long that took.
func copyRows(b *testing.B, from string) time.Duration {
	b.Helper()
	open := func(path string) *sql.DB {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(1)
		return db
	}
	src, dst := open(from), open(filepath.Join(b.TempDir(), "plain.db"))
	schema := texts(b, src, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ('items', 'bodies', 'attachments', 'search')`)
	for _, s := range schema {
		if _, err := dst.Exec(s); err != nil {
			b.Fatal(err)
		}
	}
	var took time.Duration
	for _, t := range []struct{ table, columns, query string }{
		{"items", "", `SELECT * FROM items`},
		{"bodies", "", `SELECT * FROM bodies`},
		{"attachments", "", `SELECT * FROM attachments`},
		{"search", "(rowid, who, number, text, files, notes)", `SELECT i.id, i.who || ' ' || i.location, i.number, b.subject || ' ' || b.text,
			coalesce((SELECT group_concat(name, ' ') FROM attachments WHERE item = i.id), ''), ''
			FROM items i JOIN bodies b ON b.item = i.id ORDER BY i.id`},
	} {
		rows := all(b, src, t.query)
		start := time.Now()
		insert(b, dst, "INSERT INTO "+t.table+" "+t.columns+" VALUES (?"+strings.Repeat(", ?", len(rows[0])-1)+")", rows)
		took += time.Since(start)
	}
	return took
}

func insert(b *testing.B, db *sql.DB, query string, rows [][]any) {
	b.Helper()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	st, err := tx.Prepare(query)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range rows {
		if _, err := st.Exec(r...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

func texts(b *testing.B, db *sql.DB, query string) (out []string) {
	b.Helper()
	for _, r := range all(b, db, query) {
		out = append(out, r[0].(string))
	}
	return out
}

func all(b *testing.B, db *sql.DB, query string) (out [][]any) {
	b.Helper()
	rows, err := db.Query(query)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		r := make([]any, len(columns))
		to := make([]any, len(columns))
		for i := range r {
			to[i] = &r[i]
		}
		if err := rows.Scan(to...); err != nil {
			b.Fatal(err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}
