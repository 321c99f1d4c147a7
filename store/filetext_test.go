package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func found(t *testing.T, s *Store, text string) []ID {
	t.Helper()
	q, err := ParseQuery(text, s.now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Search(t.Context(), q, NewestFirst, 100)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]ID, 0, len(w.Rows))
	for _, r := range w.Rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestFileText(t *testing.T) {
	f := newFileStore(t, t.TempDir(), []string{"one.pdf", "two.pdf"}, nil)
	ctx := t.Context()
	a := f.att("one.pdf")
	if got, err := f.FileText(ctx, a.ID); got != nil || err != nil {
		t.Fatalf("before anybody looked: %q, %v", got, err)
	}
	if err := f.SetFileText(ctx, a.ID, []string{"Dear Dr. Ómez,\x1b[31m", "", "invoice zeppelin 4711 is overdue"}, "tesseract"); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"zeppelin", "zep", "ze", "omez", "one.pdf zeppelin", `"zeppelin 4711"`} {
		if got := found(t, f.Store, q); !slices.Equal(got, []ID{a.Item}) {
			t.Errorf("%s finds %v", q, got)
		}
	}
	// What the service says of the message later leaves it.
	acc, err := f.Accounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := Incoming{
		Remote: "100", Kind: Fax, Direction: Inbound, Time: a.Item.Time(), Modified: f.now(), From: Party{Name: "Ann Lee"}, Subject: "changed", Pages: 7,
		Attachments: []Attachment{{Remote: "one.pdf", Kind: RenderedDocument, Name: "other.pdf", Size: -1}},
	}
	if res, err := f.Apply(ctx, acc[0].ID, []Incoming{in}); err != nil || res.Changed != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	if got := found(t, f.Store, "zeppelin changed"); !slices.Equal(got, []ID{a.Item}) {
		t.Errorf("after the item changed: %v", got)
	}
	it, err := f.Item(ctx, a.Item)
	if err != nil || len(it.FileText) != 1 {
		t.Fatalf("%+v, %v", it.FileText, err)
	}
	if ft := it.FileText[0]; ft.Attachment != a.ID || ft.By != "tesseract" || len(ft.Pages) != 3 || ft.Pages[0] != "Dear Dr. Ómez," || ft.Pages[1] != "" {
		t.Errorf("%+v", ft)
	}
	// The row shows the words that were found.
	q, _ := ParseQuery("zeppelin", f.now(), time.UTC)
	w, err := f.Search(ctx, q, NewestFirst, 1)
	if err != nil || len(w.Rows) != 1 || !strings.Contains(w.Rows[0].Preview, "zeppelin 4711") {
		t.Errorf("%+v, %v", w.Rows, err)
	}
	if err := f.SetFileText(ctx, a.ID, nil, ""); err != nil {
		t.Fatal(err)
	}
	if got, err := f.FileText(ctx, a.ID); got != nil || err != nil || len(found(t, f.Store, "zeppelin")) > 0 {
		t.Errorf("forgotten: %q, %v", got, err)
	}
	if err := f.SetFileText(ctx, 999, []string{"x"}, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no attachment: %v", err)
	}
	if err := f.SetFileText(ctx, a.ID, slices.Repeat([]string{strings.Repeat("é", maxText)}, 30), ""); err != nil {
		t.Fatal(err)
	}
	got, err := f.FileText(ctx, a.ID)
	if n := len(strings.Join(got, "")); err != nil || len(got) != 30 || n > maxTextBytes || n < maxTextBytes-maxText {
		t.Errorf("beyond the bounds: %d pages of %d bytes, %v", len(got), n, err)
	}
}

func TestRemember(t *testing.T) {
	f := newFileStore(t, t.TempDir(), nil, nil)
	ctx := t.Context()
	if v, err := f.Recall(ctx, "turn:1"); v != nil || err != nil {
		t.Fatalf("%q, %v", v, err)
	}
	gen := f.Generation()
	for _, v := range []string{"90", "180"} {
		if err := f.Remember(ctx, "turn:1", []byte(v)); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Recall(ctx, "turn:1"); string(got) != v || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if f.Generation() != gen {
		t.Error("lists are read anew for what no list shows")
	}
	for _, err := range []error{
		f.Remember(ctx, "", []byte("x")), f.Remember(ctx, strings.Repeat("k", 201), []byte("x")),
		f.Remember(ctx, "k", bytes.Repeat([]byte("x"), maxMemory+1)),
	} {
		if err == nil {
			t.Error("taken")
		}
	}
	if err := f.Remember(ctx, "turn:1", nil); err != nil {
		t.Fatal(err)
	}
	if v, err := f.Recall(ctx, "turn:1"); v != nil || err != nil {
		t.Errorf("forgotten: %q, %v", v, err)
	}
}

// What was not used for longest goes first, and looking is a use.
func TestRememberedBound(t *testing.T) {
	f := newFileStore(t, t.TempDir(), nil, nil)
	ctx := t.Context()
	err := f.write(ctx, func(tx *sql.Tx) error {
		for i := range maxRemembered {
			if _, err := tx.Exec(`INSERT INTO remembered VALUES (?, x'78', ?)`, fmt.Sprint(i), i+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := f.Recall(ctx, "0"); string(v) != "x" || err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"a", "b"} {
		if err := f.Remember(ctx, k, []byte("y")); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := f.r.QueryRow(`SELECT count(*) FROM remembered`).Scan(&n); err != nil || n != maxRemembered {
		t.Errorf("%d keys, %v", n, err)
	}
	for k, want := range map[string]bool{"0": true, "1": false, "2": false, "3": true, "a": true} {
		if v, _ := f.Recall(ctx, k); (v != nil) != want {
			t.Errorf("%s: %q", k, v)
		}
	}
}

// A database of an older format opens, keeps what it has, and gets the new tables; one
// whose first page is lost after that is rebuilt all the same.
func TestUpgrade(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	for format := 1; format < len(migrations); format++ {
		t.Run(fmt.Sprint("from ", format), func(t *testing.T) { upgrade(t, format) })
	}
}

func upgrade(t *testing.T, format int) {
	dir, ids := damagedStore(t, 200)
	file := dir + "/" + dbName
	asFormat(t, file, format)
	if _, err := Open(t.Context(), Options{Dir: dir, ReadOnly: true}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("looking at an older format: %v", err)
	}
	s := openTest(t, dir)
	if got, err := s.IDs(t.Context(), Query{}, OldestFirst, 1000); err != nil || !slices.Equal(got, ids) || s.Recovered() != "" {
		t.Fatalf("%d items, %v, %q", len(got), err, s.Recovered())
	}
	if err := s.Remember(t.Context(), "k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.CountContacts(t.Context(), ContactQuery{}, 10); n != 0 || err != nil {
		t.Errorf("%d contacts, %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	copy(b, make([]byte, 4096))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if s.Recovered() == "" || notesIn(t, s) != 67 {
		t.Errorf("%d decisions left: %s", notesIn(t, s), s.Recovered())
	}
	if got, err := s.IDs(context.Background(), Query{}, OldestFirst, 1000); err != nil || !slices.Equal(got, ids) {
		t.Errorf("%d items left, %v", len(got), err)
	}
}

// asFormat writes the database anew as a program of an older format would have: it is
// made by the migrations of that time, and filled with what there was a place for.
func asFormat(t *testing.T, file string, format int) {
	t.Helper()
	now := file + ".now"
	if err := os.Rename(file, now); err != nil {
		t.Fatal(err)
	}
	db, err := newDB(t.Context(), file, format)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`ATTACH ? AS now`, now); err != nil {
		t.Fatal(err)
	}
	// With what lies beneath the full text, which cannot be read through it.
	tables := column(t, db, `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'`)
	for _, table := range tables {
		names := column(t, db, `SELECT name FROM pragma_table_info('`+table+`', 'main')`)
		list := `"` + strings.Join(names, `", "`) + `"`
		for _, q := range []string{`DELETE FROM main.` + table, `INSERT INTO main.` + table + ` (` + list + `) SELECT ` + list + ` FROM now.` + table} {
			if _, err := db.Exec(q); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := removeDB(now); err != nil {
		t.Fatal(err)
	}
}

func column(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
