package keymap

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func maps(t *testing.T) map[string]Map {
	t.Helper()
	out := map[string]Map{}
	for _, n := range Presets() {
		m, err := Preset(n)
		if err != nil {
			t.Fatalf("Preset(%q): %v", n, err)
		}
		out[n] = m
	}
	return out
}

func TestMapsHaveNoConflicts(t *testing.T) {
	for name, m := range maps(t) {
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckFindsConflicts(t *testing.T) {
	tests := []struct {
		name   string
		layers []layer
	}{
		{"same key in two scopes of a stack", []layer{{ScopeGlobal, [][2]string{{"u", "undo"}}}, {ScopeList, [][2]string{{"u", "down"}}}}},
		{"two spellings", []layer{{ScopeList, [][2]string{{"G", "bottom"}, {"shift+g", "top"}}}}},
		{"beginning", []layer{{ScopeGlobal, [][2]string{{"g", "help"}}}, {ScopeList, [][2]string{{"g g", "top"}}}}},
		{"unknown action", []layer{{ScopeList, [][2]string{{"j", "sideways"}}}}},
		{"wrong scope", []layer{{ScopeMedia, [][2]string{{"j", "done"}}}}},
	}
	for _, tt := range tests {
		if build(tt.layers).Check() == nil {
			t.Errorf("%s: not found", tt.name)
		}
	}
	apart := []layer{{ScopeTriage, [][2]string{{"d", "delete"}}}, {ScopeAttach, [][2]string{{"d", "remove-local"}}}}
	if err := build(apart).Check(); err != nil {
		t.Errorf("scopes never on screen together: %v", err)
	}
}

func TestEveryDefaultKeyParses(t *testing.T) {
	for _, l := range defaults() {
		for _, k := range l.keys {
			keys, err := parseKeys(k[0])
			if err != nil {
				t.Errorf("%s %q: %v", l.scope, k[0], err)
			}
			if got := show(keys); got != k[0] {
				t.Errorf("%s %q is shown as %q", l.scope, k[0], got)
			}
		}
	}
}

func TestActions(t *testing.T) {
	seen := map[Action]bool{}
	for _, in := range All() {
		if seen[in.Action] {
			t.Errorf("%s twice", in.Action)
		}
		seen[in.Action] = true
		if in.Words == "" || in.Short == "" || len(in.Scopes) == 0 || !slices.Contains(Groups(), in.Group) {
			t.Errorf("%s: incomplete: %+v", in.Action, in)
		}
		if len(in.Short) > 14 {
			t.Errorf("%s: %q is too long for the footer", in.Action, in.Short)
		}
		for _, s := range in.Scopes {
			if !slices.Contains(Scopes(), s) {
				t.Errorf("%s: unknown scope %q", in.Action, s)
			}
		}
	}
	paletteOnly := []Action{GoUnread, HandOver, Quit}
	for _, in := range All() {
		bound := false
		for _, s := range Scopes() {
			bound = bound || len(Default().Keys(s, in.Action)) > 0
		}
		if bound == slices.Contains(paletteOnly, in.Action) {
			t.Errorf("%s: has a key: %v", in.Action, bound)
		}
	}
}

// Every scope is part of a view, and a person who knows arrows, Enter, Space,
// Tab and the palette reaches everything.
func TestStacks(t *testing.T) {
	for _, s := range Scopes() {
		used := false
		for _, v := range Views() {
			used = used || slices.Contains(Stack(v), s)
		}
		if !used {
			t.Errorf("scope %s is in no view", s)
		}
	}
	for name, m := range maps(t) {
		for _, v := range Views() {
			st := Stack(v)
			if st[0] != ScopeGlobal {
				continue
			}
			for a, want := range map[Action]string{Down: "Down", Up: "Up", Open: "Enter", OpenPalette: "C-k", Cancel: "Esc"} {
				if !slices.Contains(m.KeysIn(st, a), want) {
					t.Errorf("%s, %s: %s has no %s", name, v, a, want)
				}
			}
		}
	}
}

func press(r *Resolver, v View, keys ...Key) (res Result) {
	for _, k := range keys {
		res = r.Press(Stack(v), k)
	}
	return res
}

func ch(s string) Key     { return Key{Text: s, Stroke: s} }
func stroke(s string) Key { return Key{Stroke: s} }

func TestPress(t *testing.T) {
	tests := []struct {
		name string
		view View
		keys []Key
		want Action
	}{
		{"plain", ViewInbox, []Key{ch("j")}, Down},
		{"capital as text", ViewInbox, []Key{{Text: "G", Stroke: "shift+g"}}, Bottom},
		{"capital as stroke only", ViewInbox, []Key{stroke("shift+g")}, Bottom},
		{"question mark of another layout", ViewInbox, []Key{{Text: "?", Stroke: "shift+ß"}}, Help},
		{"ctrl", ViewInbox, []Key{stroke("ctrl+k")}, OpenPalette},
		{"ctrl, capital", ViewInbox, []Key{stroke("ctrl+K")}, OpenPalette},
		{"sequence", ViewInbox, []Key{ch("g"), ch("g")}, Top},
		{"sequence over scopes", ViewInbox, []Key{ch("g"), ch("v")}, GoVoicemail},
		{"space as text", ViewInbox, []Key{{Text: " ", Stroke: "space"}}, Play},
		{"arrow", ViewInbox, []Key{stroke("left")}, MediaBack},
		{"shift tab", ViewInbox, []Key{stroke("shift+tab")}, PreviousPane},
		{"function key", ViewInbox, []Key{stroke("f5")}, Refresh},
		{"backslash", ViewInbox, []Key{ch("\\")}, Filter},
		{"delete", ViewInbox, []Key{ch("d")}, Delete},
		{"same key elsewhere", ViewAttach, []Key{ch("d")}, RemoveLocal},
		{"in the jobs", ViewJobs, []Key{ch("d")}, JobCancel},
		{"unbound", ViewInbox, []Key{ch("ä")}, ""},
		{"not in this view", ViewAttach, []Key{ch("e")}, ""},
		{"a slip drops the sequence", ViewInbox, []Key{ch("g"), ch("b")}, ""},
		{"and the next key is fresh", ViewInbox, []Key{ch("g"), ch("b"), ch("e")}, Done},
		{"esc drops the sequence only", ViewInbox, []Key{ch("g"), stroke("esc")}, ""},
		{"then esc cancels", ViewInbox, []Key{ch("g"), stroke("esc"), stroke("esc")}, Cancel},
		{"text", ViewSearchBox, []Key{ch("j")}, ""},
		{"enter in a box", ViewSearchBox, []Key{stroke("enter")}, Submit},
		{"palette moves", ViewPalette, []Key{stroke("ctrl+n")}, Down},
		{"nothing at all", ViewInbox, []Key{{}}, ""},
		{"pasted text is no key", ViewInbox, []Key{{Text: "C-k"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := press(Default().Resolver(), tt.view, tt.keys...)
			if res.Action != tt.want || res.None != (tt.want == "") {
				t.Errorf("got %+v, want %q", res, tt.want)
			}
		})
	}
}

func TestPending(t *testing.T) {
	r := Default().Resolver()
	res := press(r, ViewInbox, ch("g"))
	if res.None || res.Action != "" || res.Typed != "g" || r.Pending() != "g" {
		t.Fatalf("after g: %+v", res)
	}
	var got []string
	for _, row := range res.Pending {
		got = append(got, row.Keys[0]+" "+string(row.Action))
	}
	want := []string{
		"a go-attachments", "c go-contacts", "d go-done", "e go-mail", "f go-fax", "g top", "i go-inbox", "j go-jobs", "l go-calls", "m go-mine", "o go-drafts", "p go-presence",
		"s go-sms", "t go-groups", "u go-unclaimed", "v go-voicemail", "w go-mailboxes", "x go-trash", "z go-snoozed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("pending rows\n%q, want\n%q", got, want)
	}
	r.Reset()
	if res := press(r, ViewInbox, ch("v")); res.Action != MarkRange {
		t.Errorf("after Reset: %+v", res)
	}
}

func TestPresetUnknown(t *testing.T) {
	if _, err := Preset("gmial"); err == nil || !strings.Contains(err.Error(), `did you mean "gmail"?`) {
		t.Errorf("got %v", err)
	}
}

func TestPresets(t *testing.T) {
	ms := maps(t)
	for _, tt := range []struct {
		preset string
		key    Key
		want   Action
	}{
		{"gmail", ch("u"), Back},
		{"gmail", ch("z"), Undo},
		{"gmail", ch("#"), Delete},
		{"gmail", ch("e"), Done},
		{"gmail", ch("o"), Open},
		{"mutt", stroke("tab"), NextUnread},
		{"mutt", ch("t"), Mark},
		{"mutt", ch("l"), Filter},
		{"mutt", ch("d"), Delete},
		{"mutt", ch("N"), ToggleRead},
		{"default", ch("u"), Undo},
	} {
		if res := press(ms[tt.preset].Resolver(), ViewInbox, tt.key); res.Action != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.preset, tt.key, res.Action, tt.want)
		}
	}
	if res := press(ms["gmail"].Resolver(), ViewInbox, ch("*"), ch("a")); res.Action != MarkAll {
		t.Errorf("gmail * a: %+v", res)
	}
}

func TestFooter(t *testing.T) {
	m := Default()
	hints := m.Footer(Stack(ViewInbox), 24, Done, Undo, GoUnread, Help)
	var got []string
	for _, h := range hints {
		got = append(got, h.Key+" "+h.Short)
	}
	if want := []string{"e done", "u undo", "? help"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for w := range 100 {
		n := 0
		for i, h := range m.Footer(Stack(ViewInbox), w) {
			if i > 0 {
				n += 2
			}
			n += len(h.Key) + 1 + len(h.Short)
		}
		if n > w {
			t.Errorf("width %d: took %d", w, n)
		}
	}
	if h := m.Footer(Stack(ViewPrompt), 80); len(h) < 3 || h[0].Action != Submit {
		t.Errorf("footer of a prompt: %+v", h)
	}
}

func TestPaletteHasEverything(t *testing.T) {
	got := map[Action]bool{}
	for _, r := range Default().Palette(Stack(ViewInbox)) {
		got[r.Action] = true
	}
	for _, in := range All() {
		for _, s := range Stack(ViewInbox) {
			if in.allows(s) && !got[in.Action] {
				t.Errorf("%s is missing", in.Action)
			}
		}
	}
	if got[JobPause] || got[Submit] {
		t.Error("has actions of other views")
	}
}

func TestMarkdown(t *testing.T) {
	m, err := Default().With([]Override{{Scope: "list", Key: "|", Action: "save"}, {Scope: "list", Key: "`", Action: "save"}})
	if err != nil {
		t.Fatal(err)
	}
	md := m.Markdown()
	for _, want := range []string{"| `g g` `Home` | Go to the first row | `top` |", "`\\|`", "`` ` ``", "| `C-k` |"} {
		if !strings.Contains(md, want) {
			t.Errorf("no %s in\n%s", want, md)
		}
	}
	for _, line := range strings.Split(md, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 4 {
			t.Errorf("broken row %s", line)
		}
	}
}

func TestImportsStandardLibraryOnly(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not on the path")
	}
	cmd := exec.Command("go", "list", "-f", "{{join .Imports \"\\n\"}}", ".")
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for _, p := range strings.Fields(string(out)) {
		if strings.Contains(p, ".") || strings.HasPrefix(p, "switchboard") {
			t.Errorf("imports %s", p)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	for _, s := range []string{"g g", ", v", "C-d", "ctrl+d", "shift+g", "S-Tab", "M-Enter", "C-S-x", "ctrl++", "C--", " ", "F5", "f25", "é", "C-İ", "S-ß", "\x1b", "\xff", "C-", "-", "+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		keys, err := parseKeys(s)
		if err != nil {
			return
		}
		shown := show(keys)
		again, err := parseKeys(shown)
		if err != nil || !slices.Equal(keys, again) {
			t.Fatalf("%q is %q, shown as %q, which is %q (%v)", s, keys, shown, again, err)
		}
		for _, r := range shown {
			if r < ' ' || r == 0x7f {
				t.Fatalf("%q shows a control character: %q", s, shown)
			}
		}
		Default().Resolver().Press(Stack(ViewInbox), Key{Text: s, Stroke: s})
	})
}
