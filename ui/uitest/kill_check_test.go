package uitest

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/api/simulator/corpus"
	"switchboard/store"
)

// kills is what is known of the messages while programs are being killed.
type kills struct {
	t      *testing.T
	m      *machine
	corpus *corpus.Corpus
	sums   map[string]string // SHA-256 of all content the service has -> whose
	fates  map[store.ID]*fate
	order  []store.ID
	used   map[store.ID]bool
	dirs   []string // that files were saved to

	acknowledged, open int
}

// fate is how a message may stand: more than one way after a command that was
// killed before it said anything.
type fate struct {
	remote  int64
	state   []string
	read    []string
	avail   []string
	entries [2]int // in the ledger: at least, at most
	deletes int    // requests to delete it: at most
}

func (f *fate) may(d deed, said bool) {
	set := func(have *[]string, want string) {
		switch {
		case want == "":
		case said:
			*have = []string{want}
		case !slices.Contains(*have, want):
			*have = append(*have, want)
		}
	}
	set(&f.state, d.state)
	set(&f.read, d.read)
	set(&f.avail, d.avail)
	if said {
		f.entries[0] += d.entries
	}
	f.entries[1] += d.entries
	f.deletes += d.deletes
}

func newKills(t *testing.T, m *machine, base time.Time, c simulator.Config) *kills {
	t.Helper()
	k := &kills{t: t, m: m, sums: map[string]string{}, fates: map[store.ID]*fate{}, used: map[store.ID]bool{}, dirs: []string{m.save}}
	k.corpus = corpus.New(corpus.Config{Seed: c.Seed, Messages: c.Messages, Now: base})
	for i := range k.corpus.Len() {
		msg := k.corpus.Message(i)
		if _, _, ok := m.sim.State(msg.ID); !ok {
			t.Fatalf("the service does not have message %d: the corpus is another one", msg.ID)
		}
		for _, a := range msg.Attachments {
			b, ok := k.corpus.Content(msg, a.ID)
			if !ok {
				continue
			}
			k.sums[hashReader(t, b.Open())] = strconv.FormatInt(msg.ID, 10)
		}
	}
	return k
}

func (k *kills) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kills) look() *store.Store {
	k.t.Helper()
	s, err := store.Open(k.t.Context(), store.Options{Dir: k.m.dir, Actor: "eve@desk"})
	k.must(err)
	if s.Recovered() != "" {
		k.t.Fatalf("a kill damaged the database: %s", s.Recovered())
	}
	return s
}

func (k *kills) items(s *store.Store) []store.Item {
	k.t.Helper()
	q, err := store.ParseQuery("in:all", time.Now(), time.UTC)
	k.must(err)
	ids, err := s.IDs(k.t.Context(), q, store.OldestFirst, 10_000)
	k.must(err)
	var items []store.Item
	for _, id := range ids {
		it, err := s.Item(k.t.Context(), id)
		k.must(err)
		items = append(items, it)
	}
	return items
}

// fresh are items that nothing was done to yet.
func (k *kills) fresh(n int, ok func(store.Item) bool) []store.ID {
	k.t.Helper()
	s := k.look()
	defer s.Close()
	var ids []store.ID
	for _, id := range k.order {
		if k.used[id] {
			continue
		}
		it, err := s.Item(k.t.Context(), id)
		k.must(err)
		if ok(it) {
			k.used[id] = true
			if ids = append(ids, id); len(ids) == n {
				return ids
			}
		}
	}
	k.t.Fatalf("there are not enough messages for this test: %d of %d", len(ids), n)
	return nil
}

// settle lets the program finish what was begun. Its clock is put forward: what
// was sent without an answer keeps a distance of seconds.
func (k *kills) settle() {
	k.t.Helper()
	var last ended
	for range 6 {
		k.m.ahead += 5 * time.Minute
		if last = k.m.run("sync", "--once", "--json"); last.code == 0 {
			return
		}
	}
	k.t.Fatalf("it does not settle: exit %d\n%s%s", last.code, last.out, last.err)
}

// check compares store, service and files, and is told by what.
func (k *kills) check(when string) {
	k.t.Helper()
	s := k.look()
	defer s.Close()
	items := k.items(s)
	if k.order == nil {
		k.begin(items)
	}
	seen := map[string]bool{}
	for _, it := range items {
		if seen[it.Remote] {
			k.t.Errorf("%s: message %s is there twice", when, it.Remote)
		}
		seen[it.Remote] = true
	}
	if len(items) != k.corpus.Len() {
		k.t.Errorf("%s: %d messages here, %d at the service", when, len(items), k.corpus.Len())
	}
	if snap := k.m.sim.Snapshot(); snap.Wipes != 0 {
		k.t.Errorf("%s: the mailbox was wiped", when)
	}
	deletes := deletesAt(k.t, k.m.sim)
	for _, it := range items {
		k.checkItem(when, s, it, deletes[it.Remote])
	}
	ops, err := s.Ops(k.t.Context(), 1000)
	k.must(err)
	for _, op := range ops {
		if op.State != store.OpConfirmed && op.State != store.OpCancelled {
			k.t.Errorf("%s: %q is still %s: %s", when, op.Words, op.State, op.Error)
		}
	}
	k.checkLedger(when, s)
	k.checkFiles(when)
	k.checkDB(when)
	if k.t.Failed() {
		k.t.FailNow()
	}
}

// begin takes down how everything stands before anything is done.
func (k *kills) begin(items []store.Item) {
	for _, it := range items {
		id, err := strconv.ParseInt(it.Remote, 10, 64)
		k.must(err)
		read, avail, _ := k.m.sim.State(id)
		k.fates[it.ID] = &fate{remote: id, state: []string{it.State.String()}, read: []string{word(read)}, avail: []string{avail}}
		k.order = append(k.order, it.ID)
	}
}

func word(read bool) string {
	if read {
		return "read"
	}
	return "unread"
}

func (k *kills) checkItem(when string, s *store.Store, it store.Item, deletes int) {
	k.t.Helper()
	f := k.fates[it.ID]
	read, avail, _ := k.m.sim.State(f.remote)
	if avail == "Purged" {
		k.t.Errorf("%s: %s was purged", when, it.Remote)
	}
	if it.Read != read || !strings.EqualFold(it.Availability.String(), avail) {
		k.t.Errorf("%s: %s is %s and %s here, %s and %s at the service", when, it.Remote, word(it.Read), it.Availability, word(read), avail)
	}
	if it.Pending {
		k.t.Errorf("%s: %s is shown as not sent", when, it.Remote)
	}
	if !slices.Contains(f.state, it.State.String()) || !slices.Contains(f.read, word(read)) || !slices.Contains(f.avail, avail) {
		k.t.Errorf("%s: %s is %s, %s, %s; may be %q, %q, %q", when, it.Remote, it.State, word(read), avail, f.state, f.read, f.avail)
	}
	if deletes > f.deletes {
		k.t.Errorf("%s: %s was deleted %d times, at most %d were asked for", when, it.Remote, deletes, f.deletes)
	}
	entries, err := s.Ledger().Entries(k.t.Context(), it.ID)
	k.must(err)
	told := map[string]bool{}
	for _, e := range entries {
		told[e.Key] = !decided(e.Verb)
	}
	entries = slices.DeleteFunc(entries, func(e store.Entry) bool { return told[e.Key] || told[e.Undoes] })
	if n := len(entries); n < f.entries[0] || n > f.entries[1] {
		k.t.Errorf("%s: %s has %d ledger entries, want %d to %d", when, it.Remote, n, f.entries[0], f.entries[1])
	}
	// From here on it is known which of the ways it went.
	f.state, f.read, f.avail = []string{it.State.String()}, []string{word(read)}, []string{avail}
	f.entries = [2]int{len(entries), len(entries)}
	f.deletes = deletes
}

// deletesAt counts the requests to delete each message that were carried out.
func deletesAt(t *testing.T, sim *simulator.Server) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, r := range sim.Requests() {
		if r.Method != http.MethodDelete || r.Status/100 != 2 {
			continue // without a status, the program died before the service began
		}
		path, query, _ := strings.Cut(r.Path, "?")
		if strings.Contains(strings.ToLower(query), "purge=true") {
			t.Errorf("a request to purge was sent: %s", r.Path)
		}
		for _, id := range strings.Split(strings.ReplaceAll(filepath.Base(path), "%2C", ","), ",") {
			n[id]++
		}
	}
	return n
}

func (k *kills) checkLedger(when string, s *store.Store) {
	k.t.Helper()
	seen := map[string]bool{}
	undone := map[string]bool{}
	for cursor := int64(0); ; {
		list, next, err := s.Ledger().Since(k.t.Context(), cursor, 500)
		k.must(err)
		if len(list) == 0 {
			return
		}
		for _, e := range list {
			if seen[e.Key] {
				k.t.Errorf("%s: ledger entry %s is there twice", when, e.Key)
			}
			if e.Undoes != "" && undone[e.Undoes] {
				k.t.Errorf("%s: ledger entry %s is taken back twice", when, e.Undoes)
			}
			seen[e.Key], undone[e.Undoes] = true, true
		}
		cursor = next
	}
}

// checkFiles looks at everything that has a final name: it has to be whole.
func (k *kills) checkFiles(when string) {
	k.t.Helper()
	blobs := filepath.Join(k.m.dir, "blobs")
	err := filepath.WalkDir(blobs, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(filepath.Dir(p)) == "part" {
			return err
		}
		sum := hashOf(k.t, p)
		rel, _ := filepath.Rel(blobs, p)
		if strings.ReplaceAll(filepath.ToSlash(rel), "/", "") != sum || k.sums[sum] == "" {
			k.t.Errorf("%s: blob %s is not what its name says", when, rel)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		k.t.Error(err)
	}
	for _, dir := range k.dirs {
		k.checkDir(when, dir)
	}
}

// checkDir looks at a folder that files were saved to.
func (k *kills) checkDir(when, dir string) {
	k.t.Helper()
	files, _ := os.ReadDir(dir) // there may be none yet
	manifest := false
	for _, f := range files {
		switch {
		case f.Name() == "manifest.json":
			manifest = true
		case f.Name() == "manifest.csv", strings.HasSuffix(f.Name(), ".part"):
		case k.sums[hashOf(k.t, filepath.Join(dir, f.Name()))] == "":
			k.t.Errorf("%s: %s is not what the service has", when, f.Name())
		case strings.Contains(f.Name(), "(2)"):
			k.t.Errorf("%s: %s was saved twice", when, f.Name())
		}
	}
	if manifest {
		r, err := store.Verify(k.t.Context(), dir)
		if err != nil || len(r.Missing)+len(r.Changed) > 0 {
			k.t.Errorf("%s: manifest: %v, missing %q, changed %q", when, err, r.Missing, r.Changed)
		}
	}
}

func hashOf(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return hashReader(t, f)
}

func hashReader(t *testing.T, r io.Reader) string {
	t.Helper()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// checkDB asks SQLite itself.
func (k *kills) checkDB(when string) {
	k.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(k.m.dir, "switchboard.db")))
	k.must(err)
	defer db.Close()
	var verdict string
	k.must(db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		k.t.Errorf("%s: %s", when, verdict)
	}
}

// saveAll lets the saving come to its end and counts: every file once.
func (k *kills) saveAll() {
	k.t.Helper()
	k.m.ok("save", "in:fax", "has:file", "--dir", k.m.save, "--manifest", "--json")
	k.checkFiles("after saving all")
	s := k.look()
	defer s.Close()
	want := 0
	for _, it := range k.items(s) {
		for _, a := range it.Attachments {
			if it.Kind == store.Fax && !a.IsText() && it.Availability == store.Alive {
				want++
			}
		}
	}
	files, err := os.ReadDir(k.m.save)
	k.must(err)
	got := 0
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".part") {
			k.t.Errorf("%s was left behind", f.Name())
		}
		b, err := os.ReadFile(filepath.Join(k.m.save, f.Name()))
		k.must(err)
		if bytes.HasPrefix(b, []byte("%PDF")) || bytes.HasPrefix(b, []byte("II*")) || bytes.HasPrefix(b, []byte("MM")) {
			got++
		}
	}
	if got < want {
		k.t.Errorf("%d faxes are saved, want %d", got, want)
	}
}

// decided reports whether an entry is one of those that say how an item stands; the others
// only tell what was done with it.
func decided(verb string) bool {
	return slices.Contains([]string{store.EntryDone, store.EntryReopen, store.EntrySnooze, store.EntryNote, store.EntryClaim, store.EntryRelease, store.EntryLabel, store.EntryUnlabel, store.EntryUndo}, verb)
}
