package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// told is what the journal says of an item, without who.
func (b *bench) told(id ID) []string {
	b.t.Helper()
	es, err := b.Journal(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return JournalWords(es, time.UTC)
}

func (b *bench) item(n int) ID {
	b.t.Helper()
	ids, err := b.Store.ids(b.t.Context(), `SELECT id FROM items ORDER BY id LIMIT 1 OFFSET ?`, n)
	if err != nil || len(ids) != 1 {
		b.t.Fatal(ids, err)
	}
	return ids[0]
}

func (b *bench) does(c Change) Op {
	b.t.Helper()
	op, err := b.Act(b.t.Context(), c)
	if err != nil {
		b.t.Fatal(err)
	}
	b.pass(time.Minute)
	return op
}

func TestJournalTellsEveryAct(t *testing.T) {
	b := synced(t, 3)
	ctx := t.Context()
	id := b.item(0)
	if _, err := b.Act(ctx, Change{Verb: VerbUnread, Items: []ID{id}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []Change{
		{Verb: VerbRead},
		{Verb: VerbClaim},
		{Verb: VerbClaim, Who: "ben"},
		{Verb: VerbNote, Text: "called back"},
		{Verb: VerbLabel, Text: "Billing"},
		{Verb: VerbUnlabel, Text: "billing"},
		{Verb: VerbHold, Text: "case 12"},
		{Verb: VerbUnhold},
		{Verb: VerbHold},
		{Verb: VerbSnooze, Text: "2026-11-23T09:00:00Z"},
		{Verb: VerbReopen},
		{Verb: VerbDone},
		{Verb: VerbDelete},
	} {
		c.Items = []ID{id}
		if op := b.does(c); op.ID == 0 {
			t.Fatalf("%s changed nothing: %s", c.Verb, op.Words)
		}
	}
	for range 2 { // delete, done
		if _, err := b.Undo(ctx); err != nil {
			t.Fatal(err)
		}
		b.pass(time.Minute)
	}
	if _, err := b.Redo(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.Record(ctx, EntrySave, "/tmp/x", id); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"marked it read", "claimed it", "handed it to ben", "wrote: called back", "added the label billing", "took off the label billing",
		"holds it on this machine: case 12", "no longer holds it here", "holds it on this machine", "snoozed it until Mon 23 Nov 09:00", "opened it again",
		"marked it done", "moved it to the trash", "took back: moved it to the trash", "took back: marked it done", "did it again: marked it done",
		"saved its files to /tmp/x",
	}
	if got := b.told(id); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	es, err := b.Journal(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range es {
		if e.Actor != "ana@desk" || i > 0 && !e.At.After(es[i-1].At) {
			t.Errorf("entry %d: %+v after %v", i, e, es[max(i-1, 0)].At)
		}
	}
	if other := b.told(b.item(1)); len(other) != 0 {
		t.Errorf("the journal of another: %q", other)
	}
}

func TestJournalTellsWhatTheServiceRefused(t *testing.T) {
	b := synced(t, 1)
	id := b.item(0)
	b.svc.fail["delete 1000"] = []error{errRefusedHere}
	b.does(Change{Verb: VerbDelete, Items: []ID{id}})
	_ = b.Flush(t.Context())
	want := []string{"moved it to the trash", "the service refused: moved it to the trash (it is locked)"}
	if got := b.told(id); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if es, _ := b.Journal(t.Context(), id); es[1].Actor != Automatic {
		t.Errorf("refused by %q", es[1].Actor)
	}
}

func TestJournalIsAppendOnly(t *testing.T) {
	b := synced(t, 1)
	b.does(Change{Verb: VerbDone, Items: []ID{b.item(0)}})
	for _, q := range []string{
		`UPDATE ledger SET actor = 'somebody else'`, `UPDATE ledger SET at = 0`, `UPDATE ledger SET value = 'x'`, `UPDATE ledger SET verb = 'reopen'`,
		`UPDATE ledger SET undoes = 'x'`, `UPDATE ledger SET key = 'x'`, `DELETE FROM ledger`,
	} {
		err := b.write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(q); return err })
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestJournalsMerge(t *testing.T) {
	a, b := synced(t, 2), synced(t, 2)
	a.does(Change{Verb: VerbClaim, Items: []ID{a.item(0)}})
	b.does(Change{Verb: VerbDone, Items: []ID{b.item(0)}})
	move := func(from, to *bench, want int) {
		t.Helper()
		es, _, err := from.Ledger().Since(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		for _, e := range es {
			if err := json.NewEncoder(&text).Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := to.MergeJournal(t.Context(), &text); n != want || err != nil {
			t.Errorf("%d new entries, %v", n, err)
		}
	}
	move(a, b, 1)
	move(b, a, 1)
	move(a, b, 0)
	if x, y := a.told(a.item(0)), b.told(b.item(0)); !slices.Equal(x, y) || len(x) != 2 {
		t.Errorf("%q and %q", x, y)
	}
	for _, s := range []*bench{a, b} {
		if it, err := s.Item(t.Context(), s.item(0)); err != nil || it.State != Done || it.Claim != "ana@desk" {
			t.Errorf("%+v, %v", it.Row, err)
		}
	}
	if _, err := a.MergeJournal(t.Context(), strings.NewReader(`{"key":"x"`)); err == nil || !strings.Contains(err.Error(), "entry 1") {
		t.Errorf("half an entry: %v", err)
	}
}

func TestJournalTable(t *testing.T) {
	var out bytes.Buffer
	w, err := NewJournalTable(&out)
	if err != nil {
		t.Fatal(err)
	}
	e := Entry{Key: "k", AccountKey: "test:1:1", Remote: "7", Actor: "=cmd()", At: testNow, Verb: EntryNote, Value: "one\ntwo"}
	if err := w.Add(e, "wrote"); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "time,actor,verb,value,words,item,account,remote_id,key,undoes\r\n"
	if got := out.String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "'=cmd()") || !strings.Contains(got, "\"one\r\ntwo\"") && !strings.Contains(got, "\"one\ntwo\"") {
		t.Errorf("%q", got)
	}
}
