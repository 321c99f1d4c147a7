package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// damagedStore makes a store with items, decisions and a kept file, and closes it.
func damagedStore(t *testing.T, n int) (dir string, ids []ID) {
	t.Helper()
	dir = t.TempDir()
	s := openTest(t, dir)
	ctx := context.Background()
	// Decisions are made as messages come, so that both are in all parts of the file.
	for i, all := 0, messages(n, 3); len(all) > 0; {
		part := all[:min(len(all), max(n/8, 1))]
		all = all[len(part):]
		fill(t, s, part, 500)
		var err error
		if ids, err = s.IDs(ctx, Query{}, OldestFirst, n); err != nil {
			t.Fatal(err)
		}
		var es []Entry
		for ; i < len(ids); i++ {
			if i%3 != 0 {
				continue
			}
			it, err := s.Item(ctx, ids[i])
			if err != nil {
				t.Fatal(err)
			}
			es = append(es, Entry{Key: fmt.Sprint("k", i), AccountKey: it.AccountKey, Remote: it.Remote, Item: it.ID, Actor: "me", At: testNow, Verb: EntryNote, Value: "remark " + it.ID.String()})
		}
		if err := s.Ledger().Append(ctx, es...); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE attachments SET state = 4, sha256 = 'abc', bytes = 9000 WHERE item = ?`, int64(ids[0]))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, ids
}

func notesIn(t *testing.T, s *Store) int {
	t.Helper()
	es, _, err := s.Ledger().Since(context.Background(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(es)
}

func TestRebuild(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	const n = 400
	for _, tt := range []struct {
		name    string
		damage  func(b []byte) []byte
		suspect bool // only a closer look finds it
		all     bool // nothing may be lost
	}{
		{"header overwritten", func(b []byte) []byte { copy(b, strings.Repeat("X", 100)); return b }, false, true},
		{"first page overwritten", func(b []byte) []byte { copy(b, make([]byte, 4096)); b[0] = 'x'; return b }, false, true},
		{"truncated", func(b []byte) []byte { return b[:len(b)*3/4] }, true, false},
		{"bits flipped", func(b []byte) []byte {
			rng := rand.New(rand.NewPCG(1, 2))
			for range 60 {
				b[4096*8+rng.IntN(len(b)-4096*8)] ^= 0x55
			}
			return b
		}, true, false},
		{"a hole of zeros", func(b []byte) []byte { clear(b[len(b)/4 : len(b)/4+40960]); return b }, true, false},
		{"all noise", func(b []byte) []byte {
			rng := rand.New(rand.NewPCG(3, 4))
			for i := range b {
				b[i] = byte(rng.Uint32())
			}
			return b
		}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, ids := damagedStore(t, n)
			file := filepath.Join(dir, dbName)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, tt.damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.suspect {
				if err := os.WriteFile(file+suspectSuffix, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := openTest(t, dir)
			if s.Recovered() == "" {
				t.Fatal("the damage was not found")
			}
			t.Log(s.Recovered())
			kept, err := filepath.Glob(file + ".corrupt-*")
			if err != nil || len(kept) == 0 {
				t.Errorf("the damaged file was not kept: %v", err)
			}
			var verdict string
			if err := s.r.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
				t.Fatalf("the new database: %s, %v", verdict, err)
			}
			notes := notesIn(t, s)
			switch {
			case tt.all && notes != (n+2)/3:
				t.Errorf("%d of %d decisions left", notes, n/3)
			case tt.name != "all noise" && notes < n/6:
				t.Errorf("only %d of %d decisions left", notes, n/3)
			}
			// The messages come again from the service: what was decided holds.
			fill(t, s, messages(n, 3), 500)
			got, err := s.IDs(context.Background(), Query{}, OldestFirst, 2*n)
			if err != nil || len(got) != n {
				t.Fatalf("%d items after the next sync, want %d (%v)", len(got), n, err)
			}
			if tt.all {
				checkWhole(t, s, ids)
			}
		})
	}
}

func checkWhole(t *testing.T, s *Store, ids []ID) {
	t.Helper()
	it, err := s.Item(context.Background(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if it.Notes != 1 || len(it.NoteList) != 1 || it.Kept != 1 || it.Attachments[0].State != Kept || it.Attachments[0].SHA256 != "abc" {
		t.Errorf("the first item lost something: %+v", it)
	}
	q, err := ParseQuery("remark "+ids[3].String(), testNow, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Search(context.Background(), q, NewestFirst, 10)
	if err != nil || len(w.Rows) != 1 || w.Rows[0].ID != ids[3] {
		t.Errorf("a note is not found any more: %v, %v", w.Rows, err)
	}
}

func TestRebuildInterrupted(t *testing.T) {
	dir, _ := damagedStore(t, 30)
	file := filepath.Join(dir, dbName)
	// As if killed after the damaged file was put aside.
	if err := os.Rename(file, file+rebuildSuffix); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	if notesIn(t, s) != 10 || s.Recovered() == "" {
		t.Errorf("%d decisions, %q", notesIn(t, s), s.Recovered())
	}
	s.Close()
	// As if killed while making the new one.
	if err := os.WriteFile(file+rebuildSuffix, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if notesIn(t, s) != 10 || s.Recovered() != "" {
		t.Errorf("%d decisions, %q", notesIn(t, s), s.Recovered())
	}
}

// Damage found while reading is told, and the next start looks closer.
func TestDamageWhileOpen(t *testing.T) {
	s := openTest(t, t.TempDir())
	err := s.fault("reading the list", errDamaged)
	if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), s.opts.Dir) {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Stat(s.file() + suspectSuffix); err != nil {
		t.Error("no mark was left")
	}
	s.Close()
	s = openTest(t, s.opts.Dir)
	if _, err := os.Stat(s.file() + suspectSuffix); err == nil || s.Recovered() != "" {
		t.Error("a whole database was not cleared of suspicion")
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	t.Run("newer format", func(t *testing.T) {
		s := openTest(t, t.TempDir())
		if _, err := s.w.Exec(`PRAGMA user_version = 99`); err != nil {
			t.Fatal(err)
		}
		s.Close()
		_, err := Open(ctx, Options{Dir: s.opts.Dir})
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "99") {
			t.Errorf("error: %v", err)
		}
		if left, _ := filepath.Glob(s.file() + ".corrupt-*"); len(left) > 0 {
			t.Error("a newer database was taken for a damaged one")
		}
	})
	t.Run("other program's", func(t *testing.T) {
		dir := t.TempDir()
		db, err := sql.Open("sqlite", filepath.Join(dir, dbName))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`CREATE TABLE accounts (a)`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := Open(ctx, Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "other program") {
			t.Errorf("error: %v", err)
		}
	})
	t.Run("folder is a file", func(t *testing.T) {
		f := filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(ctx, Options{Dir: f})
		if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), "SWITCHBOARD_DATA") {
			t.Errorf("error: %v", err)
		}
	})
	t.Run("folder read-only", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		if f, err := os.Create(filepath.Join(dir, "x")); err == nil {
			f.Close()
			t.Skip("this user may write anywhere")
		}
		_, err := Open(ctx, Options{Dir: dir})
		if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), dir) {
			t.Errorf("error: %v", err)
		}
	})
	t.Run("nothing to look at", func(t *testing.T) {
		if _, err := Open(ctx, Options{Dir: t.TempDir(), ReadOnly: true}); err == nil {
			t.Error("no error")
		}
	})
}

func TestDiskFull(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	// A limit on pages fails as a full disk does.
	if _, err := s.w.Exec(`PRAGMA max_page_count = 60`); err != nil {
		t.Fatal(err)
	}
	_, err := s.Apply(context.Background(), a.ID, messages(2000, 1))
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), s.opts.Dir) {
		t.Errorf("error: %v", err)
	}
	if n, _, err := s.Count(context.Background(), Query{}, 10); n != 0 || err != nil {
		t.Errorf("half a batch was kept: %d, %v", n, err)
	}
	if _, err := s.w.Exec(`PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(context.Background(), a.ID, messages(2000, 1)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	dir, ids := damagedStore(t, 30)
	s, err := Open(context.Background(), Options{Dir: dir, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if it, err := s.Item(context.Background(), ids[0]); err != nil || it.ID != ids[0] {
		t.Errorf("reading: %v", err)
	}
	if _, err := s.PutAccount(context.Background(), Account{Key: "a", Service: "b"}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("writing: %v", err)
	}
}
