package store

import (
	"testing"
	"time"
)

// Whoever deletes is told until when it can be taken back: the trash is emptied in time.
func TestDeletedUntil(t *testing.T) {
	b, _ := keepingBench(t, 3, RetentionRules{Inbox: 50, Trash: 5})
	op, err := b.Act(t.Context(), Change{Verb: VerbDelete, Items: []ID{b.item(0)}})
	if err != nil {
		t.Fatal(err)
	}
	want := b.now().Add(5 * 24 * time.Hour)
	if !op.Until.Equal(want) {
		t.Errorf("it can be taken back until %v, want %v", op.Until, want)
	}
	b.pass(time.Hour)
	ops, err := b.Ops(t.Context(), 1)
	if err != nil || len(ops) != 1 || !ops[0].Until.Equal(want) {
		t.Errorf("an hour later the list says %+v, %v; want until %v", ops, err, want)
	}
	if _, err := b.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := b.Redo(t.Context())
	if err != nil || !again.Until.Equal(want.Add(time.Hour)) {
		t.Errorf("done again it says %v, %v; want an hour later", again.Until, err)
	}
	if done, err := b.Act(t.Context(), Change{Verb: VerbDone, Items: []ID{b.item(1)}}); err != nil || !done.Until.IsZero() {
		t.Errorf("done says until %v, %v", done.Until, err)
	}
}

// A service that does not say how long it keeps its trash promises nothing.
func TestDeletedUntilIsNotKnown(t *testing.T) {
	b, _ := keepingBench(t, 1, RetentionRules{})
	op, err := b.Act(t.Context(), Change{Verb: VerbDelete, Items: []ID{b.item(0)}})
	if err != nil || !op.Until.IsZero() {
		t.Errorf("until %v, %v", op.Until, err)
	}
}
