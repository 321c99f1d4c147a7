package store

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHeldIsNotRemoved(t *testing.T) {
	f := cacheStore(t)
	ctx := t.Context()
	op, err := f.Act(ctx, Change{Verb: VerbHold, Items: f.ids[2:4]})
	if err != nil || op.Words != "Holding 2 faxes on this machine" || !op.Undoable {
		t.Fatalf("%+v, %v", op, err)
	}
	if again, err := f.Act(ctx, Change{Verb: VerbHold, Items: f.ids[2:3]}); err != nil || again.ID != 0 || !strings.Contains(again.Words, "already held") {
		t.Errorf("%+v, %v", again, err)
	}
	err = f.RemoveLocal(ctx, f.att("f2").ID)
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "Ann Lee") {
		t.Errorf("%v", err)
	}
	if n, _, err := f.ClearCache(ctx); n != 6 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	if got := f.keptNames(); !slices.Equal(got, []string{"f2", "f3"}) {
		t.Errorf("left %q", got)
	}
	if err := f.DropAccount(ctx, f.svc.Key()); !errors.Is(err, ErrHeld) {
		t.Errorf("its account: %v", err)
	}
	n, _, err := f.Count(ctx, parse(t, "is:held"), 100)
	if r, rerr := f.Item(ctx, f.ids[2]); n != 2 || err != nil || rerr != nil || !r.Held {
		t.Errorf("%d held, %v, %v", n, err, rerr)
	}
	if _, err := f.Act(ctx, Change{Verb: VerbUnhold, Items: f.ids[2:3]}); err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveLocal(ctx, f.att("f2").ID); err != nil {
		t.Errorf("held no longer: %v", err)
	}
	// Both are taken back.
	for range 2 {
		f.clock.add(time.Second)
		if _, err := f.Undo(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if held, err := f.Held(ctx, 0); held != 0 || err != nil {
		t.Errorf("%d held, %v", held, err)
	}
	if err := f.DropAccount(ctx, f.svc.Key()); err != nil {
		t.Errorf("its account: %v", err)
	}
}

// A copy that turns out damaged is fetched again, held or not.
func TestHeldCopyIsRepaired(t *testing.T) {
	f := cacheStore(t)
	ctx := t.Context()
	if _, err := f.Act(ctx, Change{Verb: VerbHold, Items: f.ids[:1]}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.blobPath(f.att("f0").SHA256), []byte("not what it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	if rep, err := f.Save(ctx, f.ids[:1], SaveOptions{Dir: t.TempDir()}); err != nil || len(rep.Failed) != 0 || len(rep.Files) != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestHoldSurvivesMerging(t *testing.T) {
	b := synced(t, 1)
	id := b.item(0)
	b.does(Change{Verb: VerbHold, Items: []ID{id}})
	it, err := b.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// Another machine took its own hold off earlier: the later word counts.
	e := Entry{Key: "other", AccountKey: it.AccountKey, Remote: it.Remote, Actor: "ben", At: b.now().Add(-time.Hour), Verb: EntryHold}
	if err := b.Ledger().Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Held(t.Context(), b.acc.ID); n != 1 || err != nil {
		t.Errorf("%d held, %v", n, err)
	}
	for _, v := range []Verb{VerbHold, VerbUnhold} {
		if info, err := infoOf(v); err != nil || info.facet != facetHold || fmt.Sprintf(info.inf, "it") == "" {
			t.Errorf("%s: %+v, %v", v, info, err)
		}
	}
}
