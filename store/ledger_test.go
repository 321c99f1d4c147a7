package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func at(minute int) time.Time { return testNow.Add(time.Duration(minute) * time.Minute) }

func TestFold(t *testing.T) {
	snooze := at(60).Format(time.RFC3339)
	for _, tt := range []struct {
		name string
		es   []Entry
		want TriageState
	}{
		{"nothing", nil, TriageState{}},
		{"done", []Entry{{Key: "a", At: at(1), Verb: EntryDone}}, TriageState{Decided: true, State: Done}},
		{"done, reopened", []Entry{{Key: "a", At: at(1), Verb: EntryDone}, {Key: "b", At: at(2), Verb: EntryReopen}}, TriageState{Decided: true, State: StateOpen}},
		{"the later counts, whatever came first", []Entry{{Key: "b", At: at(2), Verb: EntryReopen}, {Key: "a", At: at(1), Verb: EntryDone}}, TriageState{Decided: true, State: StateOpen}},
		{"one moment: by key", []Entry{{Key: "b", At: at(1), Verb: EntryReopen}, {Key: "a", At: at(1), Verb: EntryDone}}, TriageState{Decided: true, State: StateOpen}},
		{"taken back", []Entry{{Key: "a", At: at(1), Verb: EntryDone}, {Key: "b", At: at(2), Verb: EntryUndo, Undoes: "a"}}, TriageState{}},
		{"taken back to what was before", []Entry{{Key: "s", At: at(0), Verb: EntrySnooze, Value: snooze}, {Key: "a", At: at(1), Verb: EntryDone}, {Key: "b", At: at(2), Verb: EntryReopen, Undoes: "a"}}, TriageState{Decided: true, State: Snoozed, Until: at(60)}},
		{"taken back by a clock that is behind", []Entry{{Key: "a", At: at(5), Verb: EntryDone}, {Key: "b", At: at(2), Verb: EntryUndo, Undoes: "a"}}, TriageState{}},
		{"and again", []Entry{{Key: "a", At: at(1), Verb: EntryDone}, {Key: "b", At: at(2), Verb: EntryUndo, Undoes: "a"}, {Key: "c", At: at(3), Verb: EntryUndo, Undoes: "b"}}, TriageState{Decided: true, State: Done}},
		{"claimed twice", []Entry{{Key: "a", At: at(1), Verb: EntryClaim, Actor: "ann"}, {Key: "b", At: at(2), Verb: EntryClaim, Actor: "ann", Value: "bob"}}, TriageState{Claim: "bob"}},
		{"released", []Entry{{Key: "a", At: at(1), Verb: EntryClaim, Actor: "ann"}, {Key: "b", At: at(2), Verb: EntryRelease}}, TriageState{}},
		{"labels", []Entry{{Key: "a", At: at(1), Verb: EntryLabel, Value: "Big  Deal"}, {Key: "b", At: at(2), Verb: EntryLabel, Value: "x"}, {Key: "c", At: at(3), Verb: EntryUnlabel, Value: "x"}}, TriageState{Labels: []string{"big-deal"}}},
		{"held", []Entry{{Key: "a", At: at(1), Verb: EntryHold, Value: "case 7"}}, TriageState{Hold: true}},
		{"a snooze nobody can read", []Entry{{Key: "a", At: at(1), Verb: EntrySnooze, Value: "soon"}}, TriageState{}},
		{"a verb of tomorrow", []Entry{{Key: "a", At: at(1), Verb: "teleport"}}, TriageState{}},
		{"a circle", []Entry{{Key: "a", At: at(1), Verb: EntryUndo, Undoes: "b"}, {Key: "b", At: at(2), Verb: EntryUndo, Undoes: "a"}}, TriageState{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Fold(tt.es)
			if !got.Until.Equal(tt.want.Until) {
				t.Errorf("until %v, want %v", got.Until, tt.want.Until)
			}
			got.Until, tt.want.Until = time.Time{}, time.Time{}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// Two machines that exchange entries, in whatever order and however often, agree.
func TestFoldMergesInAnyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	verbs := []string{EntryDone, EntryReopen, EntrySnooze, EntryClaim, EntryRelease, EntryNote, EntryLabel, EntryUnlabel, EntryUndo}
	for range 200 {
		var es []Entry
		for i := range 12 {
			e := Entry{Key: fmt.Sprint("k", i), At: at(rng.IntN(6)), Actor: fmt.Sprint("p", rng.IntN(3)), Verb: verbs[rng.IntN(len(verbs))], Value: fmt.Sprint("v", rng.IntN(3))}
			if e.Verb == EntrySnooze {
				e.Value = at(100 + i).Format(time.RFC3339)
			}
			if e.Verb == EntryUndo {
				e.Undoes = fmt.Sprint("k", rng.IntN(12))
			}
			es = append(es, e)
		}
		want := Fold(es)
		mixed := append(slices.Clone(es), es[:rng.IntN(len(es))]...)
		rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := Fold(mixed); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nbut in another order %+v\nof %+v", want, got, es)
		}
	}
}

func TestLedger(t *testing.T) {
	ctx := context.Background()
	now := testNow
	s, err := Open(ctx, Options{Dir: t.TempDir(), Actor: "me", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fill(t, s, messages(20, 1), 20)
	ids, err := s.IDs(ctx, mustQuery(t, "in:inbox"), OldestFirst, 100)
	if err != nil || len(ids) == 0 {
		t.Fatal(err)
	}
	it, err := s.Item(ctx, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	l := s.Ledger()
	e := Entry{AccountKey: it.AccountKey, Remote: it.Remote, Actor: "ann\x1b[31m", At: now}
	with := func(key, verb, value string) Entry { e.Key, e.Verb, e.Value = key, verb, value; return e }
	entries := []Entry{with("n", EntryNote, "called,\rleft word \u202eabc"), with("l", EntryLabel, "Billing"), with("s", EntrySnooze, at(30).Format(time.RFC3339))}
	for range 2 { // a second time is no more than the first
		if err := l.Append(ctx, entries...); err != nil {
			t.Fatal(err)
		}
	}
	if it, err = s.Item(ctx, ids[0]); err != nil {
		t.Fatal(err)
	}
	if it.State != Snoozed || !it.Until.Equal(at(30)) || it.Notes != 1 || it.NoteList[0].Text != "called,\nleft word abc" || it.NoteList[0].Actor != "ann" || it.Labels[0] != "billing" || len(it.Journal) != 3 {
		t.Errorf("%+v", it)
	}
	for q, want := range map[string]int{"in:snoozed": 1, "label:billing": 1, "has:note": 1, "called": 1, "billing": 1, "cal": 1, "in:inbox id:" + it.ID.String(): 0} {
		if n, _, err := s.Count(ctx, mustQuery(t, q), 100); err != nil || n != want {
			t.Errorf("%s: %d, want %d (%v)", q, n, want, err)
		}
	}
	es, cursor, err := l.Since(ctx, 0, 2)
	if err != nil || len(es) != 2 {
		t.Fatalf("since: %v, %v", es, err)
	}
	if es, _, err = l.Since(ctx, cursor, 10); err != nil || len(es) != 1 || es[0].Key != "s" || es[0].Service != "ringcentral" {
		t.Errorf("since: %v, %v", es, err)
	}
	// The clock moves on, and the item is back without anybody writing.
	now = at(31)
	if n, _, err := s.Count(ctx, mustQuery(t, "in:inbox id:"+it.ID.String()), 10); n != 1 || err != nil {
		t.Errorf("after its snooze: %d (%v)", n, err)
	}
	if err := l.Append(ctx, Entry{Verb: EntryDone}); err == nil {
		t.Error("an entry about nothing was taken")
	}
}

// A decision about a message that has not come yet waits for it.
func TestLedgerBeforeItem(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	msgs := messages(5, 1)
	if err := s.Ledger().Append(ctx, Entry{Key: "k", AccountKey: a.Key, Remote: msgs[4].Remote, Actor: "ann", At: testNow, Verb: EntryNote, Value: "beforehand"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(ctx, a.ID, msgs); err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.Count(ctx, mustQuery(t, "has:note beforehand"), 10); n != 1 || err != nil {
		t.Errorf("%d (%v)", n, err)
	}
}
