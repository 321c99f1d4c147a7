package uitest

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func (m *machine) database() *sql.DB {
	m.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(m.dir, "switchboard.db")))
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = db.Close() })
	return db
}

// damage overwrites the pages of a table, so that the database is found corrupt
// and what else is in it can be read.
func (m *machine) damage(table string) {
	m.t.Helper()
	db := m.database()
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		m.t.Fatal(err)
	}
	var size int64
	if err := db.QueryRow("PRAGMA page_size").Scan(&size); err != nil {
		m.t.Fatal(err)
	}
	rows, err := db.Query("SELECT pageno FROM dbstat WHERE name = ?", table)
	if err != nil {
		m.t.Skipf("this SQLite does not tell where its tables are: %v", err)
	}
	var pages []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			m.t.Fatal(err)
		}
		pages = append(pages, n)
	}
	if err := rows.Err(); err != nil || len(pages) == 0 {
		m.t.Fatalf("%d pages: %v", len(pages), err)
	}
	_ = rows.Close()
	_ = db.Close()
	f, err := os.OpenFile(filepath.Join(m.dir, "switchboard.db"), os.O_RDWR, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	junk := []byte(strings.Repeat("rust", int(size/4)))
	for _, p := range pages {
		if _, err := f.WriteAt(junk, (p-1)*size); err != nil {
			m.t.Fatal(err)
		}
	}
}

func TestCorruptDatabase(t *testing.T) {
	m := syncedMachine(t, 100)
	open := m.list("in:inbox")
	done, noted := open[0], open[1]
	m.ok("done", done.ID)
	m.ok("note", noted.ID, "called", "back")
	m.damage("items")
	// The first command may be the one that finds it; the next one mends it.
	if e := m.run("list", "in:all"); e.code != 0 && !strings.Contains(e.err, "damaged") {
		t.Fatalf("exit %d\n%s", e.code, e.err)
	}
	said := ""
	for range 2 {
		e := m.run("sync", "--once")
		said += e.err
		if e.code == 0 {
			break
		}
	}
	if !strings.Contains(said, "damaged") || !strings.Contains(said, ".corrupt-") {
		t.Errorf("it does not say what was done: %s", said)
	}
	if kept, _ := filepath.Glob(filepath.Join(m.dir, "switchboard.db.corrupt-*")); len(kept) == 0 {
		t.Error("the damaged file was not kept")
	}
	if n := len(m.list("in:all")); n != 100 {
		t.Errorf("%d messages came back from the service, want 100", n)
	}
	if got := m.list("id:" + done.ID); len(got) != 1 || got[0].State != "done" {
		t.Errorf("what was done is %+v", got)
	}
	if out := m.ok("show", noted.ID).out; !strings.Contains(out, "called back") {
		t.Errorf("the note is gone: %s", out)
	}
	if out := m.ok("list", "has:note").out; strings.Count(out, "\n") != 1 {
		t.Errorf("notes: %s", out)
	}
}

func TestDatabaseThatIsNone(t *testing.T) {
	m := syncedMachine(t, 20)
	m.sim.Arrive(2)
	m.ok("sync", "--once")
	queue := m.list("in:inbox", "--sort", "newest")
	m.ok("read", queue[0].ID, queue[1].ID)
	before := m.ok("list", "in:inbox").out
	db := filepath.Join(m.dir, "switchboard.db")
	m.write(db, strings.Repeat("this is no database\n", 500))
	_ = os.Remove(db + "-wal")
	_ = os.Remove(db + "-shm")
	e := m.ok("sync", "--once")
	if !strings.Contains(e.err, ".corrupt-") {
		t.Errorf("it does not say what was done: %s", e.err)
	}
	if n := len(m.list("in:all")); n != 22 {
		t.Errorf("%d messages, want 22", n)
	}
	if after := m.ok("list", "in:inbox").out; after != before {
		t.Errorf("the queue is another one:\n%s\nwas\n%s", after, before)
	}
}

func TestDatabaseThatCannotBeRead(t *testing.T) {
	m := syncedMachine(t, 20)
	db := filepath.Join(m.dir, "switchboard.db")
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(db+part, filepath.Join(t.TempDir(), "x")); err != nil && part == "" {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(db, 0o700); err != nil {
		t.Fatal(err)
	}
	m.failing(1, "switchboard_data", "list")
	m.failing(1, "switchboard_data", "sync", "--once")
	if info, err := os.Stat(db); err != nil || !info.IsDir() {
		t.Errorf("what is in the way was touched: %v", err)
	}
}

func TestNewerDatabase(t *testing.T) {
	m := syncedMachine(t, 20)
	if _, err := m.database().Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	m.failing(1, "newer", "list")
	m.failing(1, "newer", "done", "0123456789abc")
	var v int
	if err := m.database().QueryRow("PRAGMA user_version").Scan(&v); err != nil || v != 99 {
		t.Errorf("its format is %d now (%v)", v, err)
	}
}
