package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// keptNames are the files whose content is here.
func (f *fileStoreT) keptNames() (out []string) {
	for name, a := range f.atts {
		now := f.att(name)
		if _, err := os.Stat(f.blobPath(now.SHA256)); now.State == Kept != (err == nil) {
			f.t.Errorf("%s: %s, and its content: %v", name, now.State, err)
		}
		if now.State == Kept {
			out = append(out, a.Name)
		}
	}
	slices.Sort(out)
	return out
}

func cacheStore(t *testing.T) *fileStoreT {
	t.Helper()
	var names []string
	content := map[string][]byte{}
	for i := range 8 {
		n := fmt.Sprint("f", i)
		names, content[n] = append(names, n), noise(10_000, uint64(i))
	}
	f := newFileStore(t, t.TempDir(), names, content)
	for _, n := range names {
		if _, err := f.FetchNow(t.Context(), f.att(n), nil); err != nil {
			t.Fatal(err)
		}
		f.clock.add(time.Minute)
	}
	f.clock.add(time.Hour)
	return f
}

func TestEviction(t *testing.T) {
	f := cacheStore(t)
	ctx := t.Context()
	f.BlobPath(f.att("f1").SHA256) // looked at: a use
	if _, err := f.Save(ctx, f.ids[2:3], SaveOptions{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	it, err := f.Item(ctx, f.ids[3])
	if err != nil {
		t.Fatal(err)
	}
	hold := Entry{Key: "h", AccountKey: it.AccountKey, Remote: it.Remote, Item: it.ID, Actor: "me", At: f.now(), Verb: EntryHold, Value: "yes"}
	if err := f.Ledger().Append(ctx, hold); err != nil {
		t.Fatal(err)
	}
	if err := f.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE items SET availability = 2 WHERE id = ?`, int64(f.ids[4]))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p := pins{s: f.Store}
	p.add(f.att("f5").SHA256) // being saved
	f.clock.add(time.Hour)
	if n, bytes, err := f.evict(ctx, 65_000, cacheFresh); n != 2 || bytes != 20_000 || err != nil {
		t.Errorf("removed %d files, %d bytes, %v", n, bytes, err)
	}
	if got := f.keptNames(); !slices.Equal(got, []string{"f1", "f2", "f3", "f4", "f5", "f7"}) {
		t.Errorf("left: %q", got)
	}
	if r, err := f.Item(ctx, f.ids[0]); err != nil || r.Kept != 0 {
		t.Errorf("the list still says it is here: %+v, %v", r.Row, err)
	}
	c, err := f.Cache(ctx)
	if err != nil || c.Files != 6 || c.Bytes != 60_000 || c.Saved != 1 || c.Held != 1 || c.Gone != 1 || c.Protected != 30_000 {
		t.Errorf("%+v, %v", c, err)
	}
	p.free()
	// Clearing takes all that may go, and what is kept stays whatever the limit.
	if n, _, err := f.ClearCache(ctx); n != 3 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	if got := f.keptNames(); !slices.Equal(got, []string{"f2", "f3", "f4"}) {
		t.Errorf("left: %q", got)
	}
	// No longer held.
	hold.Key, hold.Value, hold.At = "h2", "", f.now()
	if err := f.Ledger().Append(ctx, hold); err != nil {
		t.Fatal(err)
	}
	if n, _, err := f.ClearCache(ctx); n != 1 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	// It comes again when it is wanted.
	if _, err := f.FetchNow(ctx, f.att("f0"), nil); err != nil {
		t.Fatal(err)
	}
}

// What was of use minutes ago is not removed even above the limit.
func TestEvictionLeavesWhatIsOpen(t *testing.T) {
	f := cacheStore(t)
	f.BlobPath(f.att("f0").SHA256)
	if n, _, err := f.evict(t.Context(), 0, cacheFresh); n != 7 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if got := f.keptNames(); !slices.Equal(got, []string{"f0"}) {
		t.Errorf("left: %q", got)
	}
}

// Run keeps the limit by itself, and looking at a file is not written at once.
func TestCacheLimit(t *testing.T) {
	f := cacheStore(t)
	f.opts.CacheLimit = 35_000
	go0 := make(chan time.Time)
	f.sync.after = func(d time.Duration) <-chan time.Time {
		if d != cacheRest {
			t.Errorf("waits %s", d)
		}
		return go0
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { f.runCache(ctx); close(done) }()
	var used int64
	read := func() int64 {
		if err := f.r.QueryRow(`SELECT used FROM uses WHERE sha256 = ?`, f.att("f6").SHA256).Scan(&used); err != nil {
			t.Fatal(err)
		}
		return used
	}
	before := read()
	for range 100 {
		f.BlobPath(f.att("f6").SHA256)
	}
	if read() != before {
		t.Error("written for a look")
	}
	go0 <- f.now()
	f.wait("the limit", func() bool { c, err := f.Cache(t.Context()); return err == nil && c.Bytes <= 35_000 })
	if got := f.keptNames(); !slices.Equal(got, []string{"f5", "f6", "f7"}) {
		t.Errorf("left: %q", got)
	}
	if read() == before {
		t.Error("the use was not noted")
	}
	cancel()
	<-done
}
