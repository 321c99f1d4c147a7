package uitest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/keymap"
)

// promised is what each task may cost, once more and apart from the table of keys:
// a count only grows when it is changed here too.
func promised() map[string]int {
	return map[string]int{
		"1": 4, "2": 5, "3": 11, "4": 11, "5a": 3, "5b": 14, "6": 10, "7a": 6, "7b": 1, "8a": 1, "8b": 9, "9": 9, "10": 4, "11": 7, "12": 9,
	}
}

func TestTaskTable(t *testing.T) {
	want := promised()
	if len(Tasks()) != len(want) {
		t.Errorf("%d tasks, want %d", len(Tasks()), len(want))
	}
	for _, task := range Tasks() {
		if err := task.check(); err != nil {
			t.Error(err)
		}
		if task.Presses > want[task.Number] {
			t.Errorf("task %s takes %d presses, may take %d", task.Number, task.Presses, want[task.Number])
		}
	}
	for _, s := range Steps() {
		if n := len(strings.Fields(s.Keys)); n != s.Presses {
			t.Errorf("%s: %s is %d presses, the table says %d", s.Words, s.Keys, n, s.Presses)
		}
	}
}

// TestStepsAreTheKeys: the single things are on the keys the table says.
func TestStepsAreTheKeys(t *testing.T) {
	words := map[string]keymap.Action{
		"e": keymap.Done, "u": keymap.Undo, "n": keymap.NextUnread, "d": keymap.Delete, "s": keymap.Save, "Z": keymap.SnoozeDay,
	}
	rows := map[keymap.Action][]string{}
	for _, sec := range keymap.Default().Help(keymap.Stack(keymap.ViewInbox)) {
		for _, r := range sec.Rows {
			rows[r.Action] = append(rows[r.Action], r.Keys...)
		}
	}
	for key, action := range words {
		if !strings.Contains(" "+strings.Join(rows[action], " ")+" ", " "+key+" ") {
			t.Errorf("%s is on %q, the table says %s", action, rows[action], key)
		}
	}
}

// TestTasksAreReplayed: every task of the table has a test that plays it.
func TestTasksAreReplayed(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, task := range Tasks() {
		if !strings.Contains(all.String(), `.Play("`+task.Number+`")`) {
			t.Errorf("no test plays task %s: %s", task.Number, task.Words)
		}
	}
}
