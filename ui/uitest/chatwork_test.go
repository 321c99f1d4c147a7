package uitest

import (
	"slices"
	"testing"

	"switchboard/api/simulator"
	"switchboard/keymap"
	"switchboard/store"
)

// chatWork works off the post under the cursor as its row is in the inbox, and takes each
// back.
func (k *keyboard) chatWork() {
	const mine = "own words of the desk"
	k.team(k.t, "Front Desk")
	for _, tc := range []struct{ key, asks, typed, said, shown string }{
		{"a", "", "", "Claimed the post", "@you"},
		{", A", "Hand over the post", "zed", "Handed the post", "@zed"},
		{"z", "Snooze the post", "tomorrow", "Snoozed the post", "▌   until Fri 20 Nov"},
		{"Z", "", "", "Snoozed the post", "▌   until Fri 20 Nov"},
		{"m", "Note on post", "ask for the form", "Added a note", "¶ 1 note"},
		{"E", "Done, with a note", "was about the form", "done, with a note", "✓ done"},
		{", E", "", "", "Marked the post", "✓ done"},
		{"t", "Labels of the post", "forms", "Labelled the post", "#forms"},
		{"H", "", "", "Holding the post", "§ held"},
		{", U", "", "", "Marked the post", ""},
	} {
		if tc.asks == "" {
			k.key(tc.key, tc.said)
		} else {
			k.key(tc.key, tc.asks)
			k.Free(tc.typed)
			k.after("Enter", tc.said)
		}
		k.See(tc.shown)
		k.after("u", "Taken back")
		if tc.shown != "" {
			k.Gone(tc.shown)
		}
	}
	k.key("!", "there is none to block")
	// One's own is not in the inbox, and what a note is for, it can have.
	k.after("c", "To Front Desk")
	k.Free(mine)
	k.Press("Enter")
	c, err := k.Store.FindChat(k.t.Context(), "Front Desk")
	if err != nil {
		k.t.Fatal(err)
	}
	own := k.posted(k.t, c.ID, mine)
	k.See(mine)
	k.Gone("on its way")
	for _, key := range []string{"a", "z", ", E", ", A"} {
		k.Press("k j")
		k.Gone("Your own posts are not in the inbox")
		k.after(key, "Your own posts are not in the inbox")
	}
	k.after("t", "Labels of the post")
	k.Free("told")
	k.after("Enter", "Labelled the post", "#told")
	k.after("i", "Your own posts", "added the label told")
	k.after("q", mine)
	if it := k.item(k.t, own.ID); it.Claim != "" || it.State != store.Filed || !slices.Equal(it.Labels, []string{"told"}) {
		k.t.Errorf("%+v", it.Row)
	}
	// In the list of chats no post is meant.
	k.after("h a", "go to it first, Enter leads there")
}

// What is done with a post in its chat is of that post alone, whatever the list behind is
// on, can be repeated on another, and stands in its journal.
func TestChatWorkIsOfThePost(t *testing.T) {
	d := chatDesk(t, Config{})
	for _, text := range []string{"the first thing to do", "the second thing to do"} {
		d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: text})
	}
	d.Store.SyncNow()
	var c store.Chat
	d.Eventually("both are here", func() bool {
		var err error
		c, err = d.Store.FindChat(t.Context(), "IT Help")
		return err == nil && c.Unread == 2
	})
	d.Press("g i x j x") // two are marked in the list behind
	d.See("2 marked")
	d.Press("g t")
	d.team(t, "IT Help")
	d.Press("G")
	d.See("the second thing to do")
	posts := d.last(t, c.ID, 2)
	d.Press("a")
	d.See("Claimed the post", "@you")
	d.becomes(t, posts[1].ID, "the post is claimed", func(it store.Item) bool { return it.Claim == "ann@desk" })
	d.Press("k .")
	d.becomes(t, posts[0].ID, "so is the one before", func(it store.Item) bool { return it.Claim == "ann@desk" })
	// The command line means the same post.
	d.Press(":")
	d.Free("labels urgent")
	d.Press("Enter")
	d.See("#urgent")
	if it := d.item(t, posts[1].ID); len(it.Labels) > 0 {
		t.Errorf("%v", it.Labels)
	}
	if claimed := d.all(t, "is:claimed"); len(claimed) != 2 {
		t.Errorf("%d messages are claimed", len(claimed))
	}
	d.Press("i")
	d.See("What happened", "claimed it", "added the label urgent", "the first thing to do")
	d.Press("q")
	d.See("the first thing to do", "@you #urgent")
	d.Press("a")
	d.See("Released the post")
	d.Press("q q q")
	d.See("2 marked")
}

// Each preset has a key for each of them in chats too.
func TestChatWorkKeys(t *testing.T) {
	for _, name := range keymap.Presets() {
		m, err := keymap.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []keymap.Action{
			keymap.Done, keymap.DoneNote, keymap.AddNote, keymap.ToggleRead, keymap.Claim, keymap.Assign, keymap.Snooze, keymap.SnoozeDay, keymap.Labels, keymap.Hold, keymap.Block,
		} {
			if len(m.KeysIn(keymap.Stack(keymap.ViewGroups), a)) == 0 {
				t.Errorf("%s: %s has no key in chats", name, a)
			}
		}
	}
}
