package keymap

import (
	"slices"
	"strings"
	"testing"
)

// Whatever the default keys reach, those of a preset reach on the same screen.
func TestPresetsReachEverything(t *testing.T) {
	def := Default()
	for name, m := range maps(t) {
		for _, v := range Views() {
			stack := Stack(v)
			for _, r := range def.rows(stack) {
				if len(r.Keys) > 0 && len(m.KeysIn(stack, r.Action)) == 0 {
					t.Errorf("%s, %s: %s has no key (by default %q)", name, v, r.Action, r.Keys)
				}
			}
		}
	}
}

// What people press without thinking does what it does in the other program.
func TestPresetsMeanWhatHandsExpect(t *testing.T) {
	ms := maps(t)
	for _, tt := range []struct {
		preset string
		view   View
		keys   string
		want   Action
	}{
		{"gmail", ViewInbox, "c", Compose},
		{"gmail", ViewInbox, "r", Reply},
		{"gmail", ViewInbox, "f", Forward},
		{"gmail", ViewInbox, "e", Done},
		{"gmail", ViewInbox, "y", Done},
		{"gmail", ViewInbox, "#", Delete},
		{"gmail", ViewInbox, "!", Block},
		{"gmail", ViewInbox, "h", Snooze},
		{"gmail", ViewInbox, "b", Snooze},
		{"gmail", ViewInbox, "H", SnoozeDay},
		{"gmail", ViewInbox, "B", CallBack},
		{"gmail", ViewInbox, "l", Labels},
		{"gmail", ViewInbox, "a", Claim},
		{"gmail", ViewInbox, "A", Assign},
		{"gmail", ViewInbox, "x", Mark},
		{"gmail", ViewInbox, "* n", MarkAll},
		{"gmail", ViewInbox, "I", ToggleRead},
		{"gmail", ViewInbox, "u", Back},
		{"gmail", ViewInbox, "z", Undo},
		{"gmail", ViewInbox, "g d", GoDrafts},
		{"gmail", ViewInbox, "g b", GoSnoozed},
		{"gmail", ViewResults, "w", SaveView},
		{"gmail", ViewCalls, "B", CallBack},
		{"gmail", ViewGroups, "_", UnreadFrom},
		{"gmail", ViewContacts, "r", Reply},
		{"gmail", ViewAttach, "f", Forward},
		{"mutt", ViewInbox, "m", Compose},
		{"mutt", ViewInbox, "r", Reply},
		{"mutt", ViewInbox, "L", ReplyCanned},
		{"mutt", ViewInbox, "f", Forward},
		{"mutt", ViewInbox, "d", Delete},
		{"mutt", ViewInbox, "u", Undo},
		{"mutt", ViewInbox, "Y", Labels},
		{"mutt", ViewInbox, "F", Hold},
		{"mutt", ViewInbox, "a", Claim},
		{"mutt", ViewInbox, "z", Snooze},
		{"mutt", ViewInbox, "o", Sort},
		{"mutt", ViewInbox, "v", GoAttachments},
		{"mutt", ViewInbox, "|", Pipe},
		{"mutt", ViewInbox, ";", AddNote},
		{"mutt", ViewContacts, "m", Compose},
		{"mutt", ViewContacts, "F", Favorite},
		{"mutt", ViewGroups, "m", Compose},
		{"mutt", ViewInbox, "$", Refresh},
	} {
		keys, err := parseKeys(tt.keys)
		if err != nil {
			t.Fatal(err)
		}
		r := ms[tt.preset].Resolver()
		var res Result
		for _, k := range keys {
			res = r.Press(Stack(tt.view), Key{Text: k, Stroke: k})
		}
		if res.Action != tt.want {
			t.Errorf("%s, %s: %s is %q, want %q", tt.preset, tt.view, tt.keys, res.Action, tt.want)
		}
	}
}

func TestWithOwn(t *testing.T) {
	m, err := Default().WithOwn([]Own{{Name: "ticket", Words: "New ticket", Key: "M-t"}, {Name: "shout", Key: ", z", Scope: "media"}})
	if err != nil {
		t.Fatal(err)
	}
	if m, err = m.With([]Override{{Scope: "triage", Key: "T", Action: "ticket"}}); err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if got := m.KeysIn(Stack(ViewInbox), "ticket"); !slices.Equal(got, []string{"T", "M-t"}) {
		t.Errorf("keys: %q", got)
	}
	if res := press(m.Resolver(), ViewInbox, ch(","), ch("z")); res.Action != "shout" {
		t.Errorf("%+v", res)
	}
	words := map[Action]string{}
	for _, s := range m.Help(Stack(ViewInbox)) {
		for _, r := range s.Rows {
			words[r.Action] = r.Words
		}
	}
	if words["ticket"] != "New ticket" || words["shout"] != "shout" {
		t.Errorf("help: %q, %q", words["ticket"], words["shout"])
	}
	if in, ok := Default().Find("ticket"); ok {
		t.Errorf("the map it was added to has %+v", in)
	}
	named := m.Named(map[Action]string{View3: "Faxes of today", "ticket": "A ticket"})
	if in, _ := named.Find(View3); in.Words != "Faxes of today" {
		t.Errorf("%+v", in)
	}
	if in, _ := named.Named(map[Action]string{View3: ""}).Find(View3); in.Words != "Saved view 3" {
		t.Errorf("%+v", in)
	}
}

func TestOwnErrors(t *testing.T) {
	for _, tt := range []struct {
		own  Own
		want string
	}{
		{Own{Name: ""}, "is not a name"},
		{Own{Name: "Ticket"}, "small letters"},
		{Own{Name: "a b"}, "is not a name"},
		{Own{Name: "1st"}, "begins with a letter"},
		{Own{Name: "done"}, `is the name of an action of the program: Done`},
		{Own{Name: "none"}, "no action at all"},
		{Own{Name: "twice"}, "a command further up"},
		{Own{Name: "keyed", Key: "j"}, `the key already is "j" (list: Move down)`},
		{Own{Name: "keyed", Key: "g"}, `it is the beginning of "g`},
		{Own{Name: "keyed", Key: "hyperspace"}, "is not a key"},
		{Own{Name: "keyed", Key: "M-q", Scope: "prompt"}, "means nothing in this scope"},
	} {
		tt.own.File, tt.own.Line = "c.toml", 9
		m, err := Default().WithOwn([]Own{{Name: "twice"}, tt.own})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "c.toml:9") {
			t.Errorf("%+v: %v, want %q", tt.own, err, tt.want)
		}
		if len(m.own) != 0 {
			t.Errorf("%+v: something was added in spite of it", tt.own)
		}
	}
}
