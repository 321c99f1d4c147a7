package keymap

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestWith(t *testing.T) {
	m, err := Default().With([]Override{
		{Scope: "list", Key: "shift+b", Action: "mark-all"},
		{Scope: "list", Key: "v", Action: "none"},
		{Scope: "global", Key: "ctrl+g", Action: "quit"},
		{Scope: "media", Key: ", v", Action: "play"},
		{Scope: "triage", Key: "e", Action: "done-note"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := m.Resolver()
	for _, tt := range []struct {
		key  Key
		want Action
	}{{ch("B"), MarkAll}, {ch("*"), MarkAll}, {ch("v"), ""}, {stroke("ctrl+g"), Quit}, {ch("e"), DoneNote}} {
		if res := press(r, ViewInbox, tt.key); res.Action != tt.want {
			t.Errorf("%v: %+v, want %q", tt.key, res, tt.want)
		}
	}
	if res := press(r, ViewInbox, ch(","), ch("v")); res.Action != Play {
		t.Errorf(", v: %+v", res)
	}
	if got := m.Keys(ScopeList, MarkAll); !slices.Equal(got, []string{"*", "B"}) {
		t.Errorf("keys of mark-all: %q", got)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if len(Default().Keys(ScopeList, MarkRange)) != 1 {
		t.Error("With changed the map it was called on")
	}
	for _, s := range m.Help(Stack(ViewInbox)) {
		for _, row := range s.Rows {
			if yours := slices.Contains([]Action{MarkAll, Quit, Play, DoneNote}, row.Action); row.Yours != yours {
				t.Errorf("%s: Yours = %v", row.Action, row.Yours)
			}
		}
	}
}

func TestOverrideErrors(t *testing.T) {
	tests := []struct {
		name string
		o    []Override
		want string
	}{
		{"scope", []Override{{Scope: "lists", Key: "j", Action: "down"}}, `c.toml:7: keys.lists: "j" = "down": there is no scope "lists"; did you mean "list"?`},
		{"scope far off", []Override{{Scope: "zzzzzzzz", Key: "j", Action: "down"}}, `the scopes are global, list`},
		{"action", []Override{{Scope: "list", Key: "J", Action: "halfpagedown"}}, `there is no action "halfpagedown"; did you mean "half-page-down"?`},
		{"action, underscores", []Override{{Scope: "list", Key: "J", Action: "Page_Down"}}, `did you mean "page-down"?`},
		{"action far off", []Override{{Scope: "list", Key: "J", Action: "xyzzyxyzzy"}}, `"switchboard keys" lists the actions`},
		{"action elsewhere", []Override{{Scope: "list", Key: "X", Action: "play"}}, `"play" means nothing in this scope; it belongs in keys.media`},
		{"key", []Override{{Scope: "list", Key: "hyperspace", Action: "down"}}, `"hyperspace" is not a key; keys are written like`},
		{"empty key", []Override{{Scope: "list", Key: "  ", Action: "down"}}, `the key is empty`},
		{"long", []Override{{Scope: "list", Key: "a b c d e", Action: "down"}}, `5 keys, at most 4`},
		{"same as tab", []Override{{Scope: "list", Key: "C-i", Action: "down"}}, `the same key as Tab`},
		{"conflict", []Override{{Scope: "list", Key: "u", Action: "down"}}, `the key already is "u" (global: Take back the last change); free it with [keys.global] "u" = "none"`},
		{"beginning", []Override{{Scope: "list", Key: "g", Action: "top"}}, `it is the beginning of "g`},
		{"longer", []Override{{Scope: "list", Key: "j k", Action: "top"}}, `it begins with "j" (list: Move down), which would act first`},
		{"prompt's enter", []Override{{Scope: "prompt", Key: "Enter", Action: "none"}}, `Enter always belongs to the line being typed`},
		{"prompt's letters", []Override{{Scope: "searchbox", Key: "x", Action: "submit"}}, `x is typed as text here`},
		{"twice", []Override{
			{Scope: "list", Key: "X", Action: "mark"},
			{Scope: "list", Key: "shift+x", Action: "open"},
		}, `the same key is already set to "mark" on line 7; remove one of the two`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.o {
				tt.o[i].File, tt.o[i].Line = "c.toml", 7+i
			}
			m, err := Default().With(tt.o)
			var oe *OverrideError
			if !errors.As(err, &oe) {
				t.Fatalf("got %v, want an *OverrideError", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if oe.File != "c.toml" || oe.Line < 7 {
				t.Errorf("place %s:%d", oe.File, oe.Line)
			}
			if len(m.bindings) != len(Default().bindings) {
				t.Error("the map changed in spite of the error")
			}
		})
	}
}

// All lines that cannot work are told at once, not one a start.
func TestOverrideErrorsAllTold(t *testing.T) {
	_, err := Default().With([]Override{{Scope: "x", Key: "j", Action: "down", Line: 1}, {Scope: "list", Key: "u", Action: "down", Line: 2}})
	if err == nil || !strings.Contains(err.Error(), "line 1:") || !strings.Contains(err.Error(), "line 2:") {
		t.Errorf("got %v", err)
	}
}
