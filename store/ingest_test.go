package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestApply(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	old, young := testNow.Add(-time.Hour), testNow.Add(time.Hour)
	in := func(remote string, change func(*Incoming)) Incoming {
		m := Incoming{
			Remote: remote, Kind: Voicemail, Direction: Inbound, Time: old, Modified: old, Read: true, From: Party{Name: "Ann", Number: "5125551234"}, Transcript: TranscriptNotReady,
			Attachments: []Attachment{{Remote: "1", Kind: AudioRecording, Type: "audio/mpeg", Size: -5, Name: "a\x1b[31m\r.mp3"}, {Remote: "2", Kind: AudioTranscription, Type: "text/plain"}},
		}
		change(&m)
		return m
	}
	none := func(*Incoming) {}
	states := []struct {
		in   Incoming
		want State
	}{
		{in("old-read", none), Done},
		{in("old-unread", func(m *Incoming) { m.Read = false }), StateOpen},
		{in("young-read", func(m *Incoming) { m.Time = young }), StateOpen},
		{in("sent", func(m *Incoming) { m.Direction, m.Time, m.Delivery = Outbound, young, Sent }), Done},
		{in("sent-failed", func(m *Incoming) { m.Direction, m.Delivery = Outbound, SendingFailed }), StateOpen},
	}
	var batch []Incoming
	for _, st := range states {
		batch = append(batch, st.in)
	}
	got, err := s.Apply(ctx, a.ID, batch)
	if err != nil || got.New != 5 || got.Changed != 0 || len(got.IDs) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	item := func(remote string) Item {
		t.Helper()
		id, err := s.Resolve(ctx, remote)
		if err != nil {
			t.Fatal(err)
		}
		it, err := s.Item(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return it
	}
	for _, st := range states {
		if it := item(st.in.Remote); it.State != st.want {
			t.Errorf("%s is %s, want %s", st.in.Remote, it.State, st.want)
		}
	}
	it := item("old-read")
	if it.Who.Number != "+15125551234" || it.Files != 1 || it.Attachments[0].Name != "a .mp3" || it.Attachments[0].Size != -1 || it.Mailbox != "Front desk" {
		t.Errorf("%+v", it)
	}

	// The same again changes nothing, and neither does what is older.
	again := slices.Clone(batch)
	again[0].From.Name, again[0].Modified = "Older", old.Add(-time.Hour)
	if got, err = s.Apply(ctx, a.ID, again); err != nil || got.New+got.Changed+got.Gone != 0 {
		t.Errorf("again: %+v, %v", got, err)
	}

	// A transcript comes on its own, and stays when the record comes again without.
	if err := s.SetText(ctx, it.ID, "about the \x1b[1mrefund 👍🏽", TranscriptComplete); err != nil {
		t.Fatal(err)
	}
	newer := batch[0]
	newer.Modified, newer.From.Name, newer.Read = young, "Anna", false
	if got, err = s.Apply(ctx, a.ID, []Incoming{newer}); err != nil || got.Changed != 1 {
		t.Errorf("newer: %+v, %v", got, err)
	}
	it = item("old-read")
	if it.Text != "about the refund 👍" || it.Raw != "about the refund 👍🏽" || it.Who.Name != "Anna" || it.Read || it.State != Done || it.Transcript != TranscriptComplete || it.Preview != it.Text {
		t.Errorf("%+v", it)
	}
	for q, want := range map[string]int{"refund ": 1, "anna refund": 1, "ann ": 2} {
		if n, _, err := s.Count(ctx, mustQuery(t, q), 10); n != want || err != nil {
			t.Errorf("%q: %d, want %d (%v)", q, n, want, err)
		}
	}

	// A fax that fails after all wants looking at.
	failed := batch[3]
	failed.Modified, failed.Delivery = young.Add(time.Minute), SendingFailed
	if _, err := s.Apply(ctx, a.ID, []Incoming{failed}); err != nil || item("sent").State != StateOpen {
		t.Errorf("a fax that failed is %s (%v)", item("sent").State, err)
	}

	// Gone at the service: out of the lists, still to be read.
	if got, err = s.Apply(ctx, a.ID, []Incoming{{Remote: "old-read", Tombstone: true}, {Remote: "never seen", Tombstone: true}}); err != nil || got.Gone != 1 {
		t.Errorf("tombstones: %+v, %v", got, err)
	}
	if it := item("old-read"); it.Availability != Purged || it.Text == "" {
		t.Errorf("%+v", it)
	}
	if _, err := s.Apply(ctx, 99, batch); !errors.Is(err, ErrNotFound) {
		t.Errorf("an account that is not there: %v", err)
	}
}

func TestNeedText(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	var batch []Incoming
	for i := range 6 {
		batch = append(batch, Incoming{
			Remote: fmt.Sprint("vm", i), Kind: Voicemail, Direction: Inbound, Time: at(i), Transcript: []Transcript{TranscriptComplete, TranscriptPartial, TranscriptNotReady}[i%3],
			Attachments: []Attachment{{Remote: "t", Kind: AudioTranscription, Type: "text/plain", URI: "https://x/y"}},
		})
	}
	res, err := s.Apply(ctx, a.ID, batch)
	if err != nil {
		t.Fatal(err)
	}
	as, err := s.NeedText(ctx, a.ID, 10)
	if err != nil || len(as) != 4 || as[0].Item != res.IDs[4] || as[3].Item != res.IDs[0] {
		t.Fatalf("%v, %v", as, err)
	}
	if err := s.SetText(ctx, res.IDs[4], "hello", TranscriptComplete); err != nil {
		t.Fatal(err)
	}
	if err := s.SetText(ctx, res.IDs[3], "", TranscriptFailed); err != nil {
		t.Fatal(err)
	}
	if as, err = s.NeedText(ctx, a.ID, 10); err != nil || len(as) != 2 {
		t.Errorf("%v, %v", as, err)
	}
	// The one that was not ready now is.
	batch[2].Transcript, batch[2].Modified = TranscriptComplete, at(90)
	if _, err := s.Apply(ctx, a.ID, batch[2:3]); err != nil {
		t.Fatal(err)
	}
	if as, err = s.NeedText(ctx, a.ID, 10); err != nil || len(as) != 3 {
		t.Errorf("%v, %v", as, err)
	}
	if err := s.SetText(ctx, 12345, "x", TranscriptComplete); !errors.Is(err, ErrNotFound) {
		t.Errorf("an item that is not there: %v", err)
	}
}

// What a person changed and the service does not know yet stays, and what the service
// says meanwhile is what it would go back to.
func TestApplyKeepsUnsentChanges(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	m := Incoming{Remote: "1", Kind: SMS, Direction: Inbound, Time: testNow, Modified: testNow, Text: "hi"}
	res, err := s.Apply(ctx, a.ID, []Incoming{m})
	if err != nil {
		t.Fatal(err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{
			`INSERT INTO ops (id, verb, at, actor, state) VALUES (7, 'read', 1, 'me', 0), (8, 'delete', 2, 'me', 1)`,
			fmt.Sprintf(`INSERT INTO op_items (op, item, account, remote, before) VALUES (7, %[1]d, 1, '1', '{"read":false}'), (8, %[1]d, 1, '1', '{"availability":0}')`, res.IDs[0]),
			`UPDATE items SET read = 1, availability = 1, pending = 2`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Modified, m.Text = at(1), "hi again"
	if _, err := s.Apply(ctx, a.ID, []Incoming{m}); err != nil {
		t.Fatal(err)
	}
	it, err := s.Item(ctx, res.IDs[0])
	if err != nil || !it.Read || it.Availability != Deleted || !it.Pending || it.Text != "hi again" {
		t.Errorf("%+v, %v", it, err)
	}
	m.Modified, m.Read = at(2), true // somebody else read it
	if _, err := s.Apply(ctx, a.ID, []Incoming{m}); err != nil {
		t.Fatal(err)
	}
	var before string
	if err := s.r.QueryRow(`SELECT before FROM op_items WHERE op = 7`).Scan(&before); err != nil || before != `{"read":true}` {
		t.Errorf("to go back to: %s (%v)", before, err)
	}
	// Gone for good is gone for good.
	m.Modified, m.Availability = at(3), Purged
	if _, err := s.Apply(ctx, a.ID, []Incoming{m}); err != nil {
		t.Fatal(err)
	}
	if it, err = s.Item(ctx, res.IDs[0]); err != nil || it.Availability != Purged {
		t.Errorf("%+v, %v", it, err)
	}
}

// Hostile records come in clean, and times no message can have do no harm.
func TestApplyHostile(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	evil := "x\x1b]0;t\x07\u202e\r\x00" + strings.Repeat("y", 5000)
	var batch []Incoming
	for i, when := range []time.Time{{}, time.Unix(-1e9, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), testNow, testNow} {
		batch = append(batch, Incoming{
			Remote: fmt.Sprint(i), Kind: MMS, Direction: Inbound, Time: when, Text: evil, Subject: evil, Owner: evil, Conversation: evil, Resolution: evil,
			From: Party{Name: evil, Number: evil, Extension: evil, Location: evil, Fault: evil}, To: make([]Party, 5000),
			Attachments: slices.Repeat([]Attachment{{Remote: "same", Name: evil, Type: evil, URI: evil, Kind: AttachmentKind(evil), Size: -1 << 60}}, 300),
		})
	}
	batch = append(batch, Incoming{Text: "without an id"}, Incoming{Remote: " \x1b[m "})
	res, err := s.Apply(ctx, a.ID, batch)
	if err != nil || res.New != 5 {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, id := range res.IDs {
		it, err := s.Item(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", it); strings.ContainsAny(text, "\x1b\x00\r\u202e") {
			t.Errorf("something came through: %q", text[:200])
		}
		if len(it.To) > maxParties || len(it.Attachments) != 1 || id <= 0 {
			t.Errorf("item %d: %d parties, %d attachments", id, len(it.To), len(it.Attachments))
		}
	}
}

// Two messages with one id of ours both find their place, and keep it.
func TestApplyCollision(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	seen := map[ID]string{}
	var twins []string
	for i := 0; len(twins) == 0 && i < 100_000; i++ {
		r := fmt.Sprint("m", i)
		id := newID(a.Key, r, testNow)
		if other, ok := seen[id]; ok {
			twins = []string{other, r}
		}
		seen[id] = r
	}
	if len(twins) == 0 {
		t.Fatal("no two ids alike: is the hash as wide as it should be?")
	}
	for range 2 {
		for _, r := range twins {
			if _, err := s.Apply(ctx, a.ID, []Incoming{{Remote: r, Kind: SMS, Direction: Inbound, Time: testNow, Text: r}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, r := range twins {
		id, err := s.Resolve(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if it, err := s.Item(ctx, id); err != nil || it.Text != r {
			t.Errorf("%s: %+v, %v", r, it, err)
		}
	}
}

// Two programs on one file: both write, both read, each hears of the other, and
// nobody is turned away.
func TestTwoStores(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	one, two := openTest(t, dir), openTest(t, dir)
	a := addAccount(t, one)
	if _, err := two.CheckOutside(ctx); err != nil {
		t.Fatal(err)
	}
	msgs := messages(400, 1)
	var wg sync.WaitGroup
	for i, s := range []*Store{one, two} {
		wg.Go(func() {
			for j := i * 200; j < i*200+200; j += 20 {
				if _, err := s.Apply(ctx, a.ID, msgs[j:j+20]); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				if _, err := s.Window(ctx, Query{}, NewestFirst, FromStart, 0, 20); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range []*Store{one, two} {
		if n, _, err := s.Count(ctx, Query{}, 1000); n != 400 || err != nil {
			t.Errorf("%d items (%v)", n, err)
		}
		if _, err := s.CheckOutside(ctx); err != nil {
			t.Fatal(err)
		}
	}
	c, stop := two.Watch()
	defer stop()
	gen := two.Generation()
	if changed, err := two.CheckOutside(ctx); changed || err != nil {
		t.Errorf("a change where there was none (%v)", err)
	}
	if _, err := one.PutAccount(ctx, Account{Key: "symphony:1", Service: "symphony", Name: "Chat"}); err != nil {
		t.Fatal(err)
	}
	if changed, err := two.CheckOutside(ctx); !changed || err != nil || two.Generation() == gen {
		t.Errorf("the other's change was not seen (%v)", err)
	}
	select {
	case <-c:
	default:
		t.Error("the watcher was not told")
	}
}

func TestWatch(t *testing.T) {
	s := openTest(t, t.TempDir())
	c, stop := s.Watch()
	fill(t, s, messages(30, 1), 10)
	<-c
	select {
	case <-c:
		t.Error("several changes were not made one")
	default:
	}
	stop()
	stop() // twice does no harm
	if _, ok := <-c; ok {
		t.Error("the channel is not closed")
	}
	s.changed()
}

func TestAccounts(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	again, err := s.PutAccount(ctx, Account{Key: a.Key, Service: a.Service, Name: "Front\x1b[1m desk 2", Since: at(5)})
	if err != nil || again.ID != a.ID || again.Name != "Front desk 2" || !again.Since.Equal(testNow) {
		t.Errorf("%+v, %v", again, err)
	}
	want := SyncState{Cursor: "c", Older: "o", HistoryDone: true, Synced: at(1), Started: at(2)}
	if err := s.SetSyncState(ctx, a.ID, want); err != nil {
		t.Fatal(err)
	}
	got, err := s.SyncState(ctx, a.ID)
	if err != nil || got.Cursor != "c" || got.Older != "o" || !got.HistoryDone || !got.Synced.Equal(at(1)) || !got.Started.Equal(at(2)) {
		t.Errorf("%+v, %v", got, err)
	}
	fill(t, s, messages(30, 1), 30)
	if err := s.DropAccount(ctx, a.Key); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"items", "bodies", "attachments", "search", "accounts"} {
		var n int
		if err := s.r.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows left in %s (%v)", n, table, err)
		}
	}
	for _, err := range []error{s.DropAccount(ctx, a.Key), s.SetSyncState(ctx, a.ID, want)} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("error: %v", err)
		}
	}
}

// A write that is given up changes nothing, and the next one is as safe and as fast
// as any.
func TestWriteCancelled(t *testing.T) {
	s := openTest(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO notices (at, op, text) VALUES (1, 'x', 'y')`)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error: %v", err)
	}
	var n, mode int
	if err := s.r.QueryRow(`SELECT count(*) FROM notices`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows (%v)", n, err)
	}
	if err := s.w.QueryRow(`PRAGMA synchronous`).Scan(&mode); err != nil || mode != 1 {
		t.Errorf("synchronous is %d (%v)", mode, err)
	}
	s.Close()
	if err := s.write(context.Background(), func(*sql.Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
