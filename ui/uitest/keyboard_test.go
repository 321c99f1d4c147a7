package uitest

import (
	"strings"
	"testing"

	"switchboard/keymap"
	"switchboard/ui"
)

// keyboard presses keys, remembers which, and looks what each of them did.
type keyboard struct {
	*Desk
	t       *testing.T
	pressed map[string]bool
}

// key presses one key and waits for what only it can have brought to the screen.
func (k *keyboard) key(key string, wants ...string) {
	k.t.Helper()
	for _, w := range wants {
		if strings.Contains(k.Screen(), w) {
			k.t.Fatalf("%q is on the screen before %s was pressed:\n%s", w, key, k.Screen())
		}
	}
	k.pressed[key] = true
	k.Press(key)
	k.See(wants...)
}

// after presses keys that are tested elsewhere, and waits.
func (k *keyboard) after(keys string, wants ...string) {
	k.t.Helper()
	k.Press(keys)
	k.See(wants...)
}

// moves presses a key that has to move a cursor, told by at.
func (k *keyboard) moves(key string, at func() string, to func(before, now string) bool) {
	k.t.Helper()
	before := at()
	k.pressed[key] = true
	k.Press(key)
	k.Until(key+" to have moved from "+before, func(string) bool {
		now := at()
		return now != "" && now != before && (to == nil || to(before, now))
	})
}

// all fails for each key of a view that was not pressed.
func (k *keyboard) all(view keymap.View, but ...string) {
	k.t.Helper()
	rows := 0
	for _, s := range keymap.Default().Help(keymap.Stack(view)) {
		for _, r := range s.Rows {
			for _, key := range r.Keys {
				rows++
				if !k.pressed[key] && !strings.Contains(" "+strings.Join(but, " ")+" ", " "+key+" ") {
					k.t.Errorf("%s (%s) is not looked at", key, r.Action)
				}
			}
		}
	}
	if rows < 70 {
		k.t.Errorf("only %d keys", rows)
	}
}

// leads presses keys that lead to another place, and comes back.
func (k *keyboard) leads(home, back string, list ...[2]string) {
	k.t.Helper()
	for _, tc := range list {
		k.key(tc[0], tc[1])
		k.after(home, back)
	}
}

// everywhere presses the keys that do the same in all views, from a view that a key goes
// to and that shows wants: they go to other places and ask for things.
func (k *keyboard) everywhere(home string, wants ...string) {
	k.t.Helper()
	places := [][2]string{
		{"g i", " Inbox "},
		{"g v", " Voicemail  "},
		{"g f", " Fax  "},
		{"g s", " Texts  "},
		{"g e", " E-mails  "},
		{"g d", " Done  "},
		{"g u", " Unclaimed "},
		{"g z", " Snoozed  "},
		{"g o", " Drafts  "},
		{"g m", " Mine  "},
		{"g x", " Trash  "},
		{"g j", " Jobs"},
		{"g l", " Calls "},
		{"g c", " Contacts"},
		{"g p", "all calls ring you"},
		{"g t", "Notes to self"},
		{"g w", " Mailboxes"},
	}
	for _, v := range ui.DefaultViews() {
		places = append(places, [2]string{v.Key, " " + v.Name + "  "})
	}
	k.pressed[home] = true
	for _, tc := range places {
		if tc[0] == home {
			continue
		}
		k.key(tc[0], tc[1])
		k.after(home, wants...)
	}
	for _, n := range []string{"6", "7", "8", "9"} {
		k.key(n, "There is no saved view "+n)
	}
	for _, tc := range [][2]string{
		{":", "the name of an action"},
		{"C-k", "Everything this program can do"},
		{"?", "─ Keys ─"},
		{"C-c", "Quit switchboard?"},
		{"Q", "a letter or a digit; Esc leaves it"},
		{"@", "a letter or a digit, @ the last one"},
	} {
		k.key(tc[0], tc[1])
		k.pressed["Esc"] = true
		k.Press("Esc")
		k.Gone(tc[1])
	}
	if !k.pressed["c"] { // the chats have a writer of their own
		k.key("c", "What is to be written?")
		k.Press("Esc")
		k.Gone("What is to be written?")
	}
	k.key("/", "words, numbers, from: in: is: has:")
	k.Press("Esc")
	k.See("oldest first")
	k.after(home, wants...)
	frames := k.drawn()
	k.pressed["C-l"] = true
	k.Press("C-l")
	k.Until("the screen is drawn anew", func(string) bool { return k.drawn() > frames })
}

// says presses keys that only say something, and lets that go again by the keys between.
func (k *keyboard) says(between string, list ...[2]string) {
	k.t.Helper()
	for _, tc := range list {
		k.key(tc[0], tc[1])
		k.Press(between)
		k.Gone(tc[1])
	}
}

// drawn is how many frames there were.
func (d *Desk) drawn() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.frames
}
