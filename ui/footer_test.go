package ui

import (
	"slices"
	"testing"

	"switchboard/keymap"
)

func TestAnsweringKeys(t *testing.T) {
	usual := []keymap.Action{keymap.Play, keymap.CallBack, keymap.Done, keymap.Open, keymap.NextUnread, keymap.Save, keymap.AddNote, keymap.Help}
	for _, tc := range []struct {
		list  []keymap.Action
		files bool
		want  []keymap.Action
	}{
		{usual, false, []keymap.Action{keymap.Play, keymap.Reply, keymap.Done, keymap.Open, keymap.NextUnread, keymap.CallBack, keymap.AddNote, keymap.Help, keymap.Save}},
		{usual, true, []keymap.Action{keymap.Play, keymap.Reply, keymap.Done, keymap.Open, keymap.NextUnread, keymap.Save, keymap.CallBack, keymap.AddNote, keymap.Help}},
		{[]keymap.Action{keymap.Open, keymap.Back}, true, []keymap.Action{keymap.Open, keymap.Back}},
	} {
		before := slices.Clone(tc.list)
		if got := answering(tc.list, tc.files); !slices.Equal(got, tc.want) {
			t.Errorf("%v, files %v: %v", tc.list, tc.files, got)
		}
		if !slices.Equal(before, tc.list) {
			t.Errorf("%v was changed to %v", before, tc.list)
		}
	}
}
