package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// names are the contacts there are, sorted.
func (s *Store) namesIn(t *testing.T) (out []string) {
	t.Helper()
	ids, err := s.ContactIDs(t.Context(), ContactQuery{}, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		c, err := s.Contact(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

func vcards(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "BEGIN:VCARD\nFN:Card %04d\nTEL:+1650555%04d\nEND:VCARD\n", from+i, from+i)
	}
	return b.String()
}

// An import is one thing: one Undo takes it back and one Redo does it again, however
// many contacts it was, and what was done before and after stands alone.
func TestImportIsTakenBackAsOne(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	step := func(what string, f func() (Op, error), words string, wants ...string) {
		t.Helper()
		op, err := f()
		if err != nil || words != "" && op.Words != words {
			t.Fatalf("%s: %q, %v; want %q", what, op.Words, err, words)
		}
		if got := s.namesIn(t); !slices.Equal(got, wants) {
			t.Fatalf("%s leaves %q, want %q", what, got, wants)
		}
	}
	undo := func() (Op, error) { return s.Undo(t.Context()) }
	redo := func() (Op, error) { return s.Redo(t.Context()) }
	add := func(name string) func() (Op, error) {
		return func() (Op, error) { return s.SaveContact(t.Context(), Contact{Account: a.ID, First: name}) }
	}
	all := []string{"Before", "Card 0000", "Card 0001", "Card 0002"}
	step("adding one", add("Before"), "", "Before")
	step("the import", func() (Op, error) {
		_, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(vcards(0, 3)))
		return Op{}, err
	}, "", all...)
	step("taking it back", undo, "Taken back: added 3 contacts", "Before")
	step("doing it again", redo, "Done again: added 3 contacts", all...)
	step("taking it back once more", undo, "Taken back: added 3 contacts", "Before")
	step("again", redo, "Done again: added 3 contacts", all...)

	ids, err := s.ContactIDs(t.Context(), ContactQuery{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var changed Contact
	for _, id := range ids {
		if c, err := s.Contact(t.Context(), id); err == nil && c.Name == "Card 0001" {
			changed = c
		}
	}
	changed.First, changed.Last = "Changed", "Since"
	step("changing one of them", func() (Op, error) { return s.SaveContact(t.Context(), changed) }, "", "Before", "Card 0000", "Card 0002", "Changed Since")
	step("taking that back", undo, "", all...)
	step("and doing it again", redo, "", "Before", "Card 0000", "Card 0002", "Changed Since")
	// It is not for somebody else to take back.
	s.opts.Actor = "somebody else"
	if _, err := s.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("somebody else's: %v", err)
	}
}

// What was changed since stays, and is not touched by doing the rest again.
func TestBatchLeavesWhatWasChangedSince(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	if _, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(vcards(0, 3))); err != nil {
		t.Fatal(err)
	}
	ids, err := s.ContactIDs(t.Context(), ContactQuery{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	me := s.opts.Actor
	s.opts.Actor = "a colleague at this machine"
	if _, err := s.DeleteContact(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	s.opts.Actor = me
	if op, err := s.Undo(t.Context()); err != nil || op.Words != "Taken back: added 3 contacts, except one that was changed since" {
		t.Fatalf("%q, %v", op.Words, err)
	}
	if got := s.namesIn(t); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
	if op, err := s.Redo(t.Context()); err != nil || op.Words != "Done again: added 3 contacts" {
		t.Fatalf("%q, %v", op.Words, err)
	}
	if got := s.namesIn(t); len(got) != 2 {
		t.Errorf("%q are there again, want two", got)
	}
}

// Several pages of an import are one as well, and a large one is taken back at once.
func TestLargeImportIsTakenBackAtOnce(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	n := 2*importStep + 7
	if rep, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(vcards(0, n))); err != nil || rep.Added != n {
		t.Fatalf("%+v, %v", rep, err)
	}
	if op, err := s.Undo(t.Context()); err != nil || op.Words != fmt.Sprintf("Taken back: added %d contacts", n) {
		t.Fatalf("%q, %v", op.Words, err)
	}
	if got := s.namesIn(t); len(got) != 0 {
		t.Errorf("%d are left", len(got))
	}
	if _, err := s.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("a second Undo: %v", err)
	}
}
