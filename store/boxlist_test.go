package store

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

// boxed is a service whose sign-in opens shared mailboxes.
type boxed struct {
	Service
	key   string
	boxes []SharedBox
}

func (b boxed) Key() string                                { return b.key }
func (b boxed) Boxes(context.Context) ([]SharedBox, error) { return b.boxes, nil }

// What a service tells of its mailboxes is cleaned on the way in, and is there for the
// screens without it.
func TestMailboxesHaveTheirBoxes(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	a := mailAccount(t, s)
	const bad = "\x1b[31mEvil\u202e\nname\x07"
	s.Attach(boxed{key: a.Key, boxes: []SharedBox{{
		ID: "b1", Name: bad, Email: "a@b\x1b]0;t\x07.example", TimeZone: bad,
		Users: []BoxUser{{ID: "u1", Name: bad, Email: bad, Active: true}}, Tags: []BoxTag{{ID: "t1", Name: bad, Color: bad}},
	}}})
	if err := s.SyncFeeds(t.Context(), a.ID, FeedBoxes); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir) // offline: nothing is attached
	list, err := s.Mailboxes(t.Context())
	if err != nil || len(list) != 1 || len(list[0].Boxes) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	b, clean := list[0].Boxes[0], CleanLine(bad)
	want := SharedBox{
		ID: "b1", Name: clean, Email: CleanLine("a@b\x1b]0;t\x07.example"), TimeZone: clean,
		Users: []BoxUser{{ID: "u1", Name: clean, Email: clean, Active: true}}, Tags: []BoxTag{{ID: "t1", Name: clean, Color: clean}},
	}
	if !reflect.DeepEqual(b, want) || strings.ContainsAny(clean+b.Email, "\x1b\u202e\n\x07") {
		t.Errorf("%+v, want %+v", b, want)
	}
}

func TestQueryName(t *testing.T) {
	for name, want := range map[string]string{
		"Urgent": `"Urgent"`, "Needs reply, now": `"Needs reply, now"`, `say "no"`: "say-no", "a\x1b[31mb": `"` + CleanLine("a\x1b[31mb") + `"`, "-x* :": `"-x* :"`,
		"": "", `"`: "", `""`: "",
	} {
		got, ok := QueryName(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v, want %q", name, got, ok, want)
		}
		if ok {
			mustQuery(t, "tag:"+got)
		}
	}
}
