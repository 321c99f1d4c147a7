package ringcentral_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// chat is the chat of that name, as the store has it.
func (d *desk) chat(name string) store.Chat {
	d.t.Helper()
	c, err := d.FindChat(d.t.Context(), name)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// talk is what a chat shows, newest last.
func (d *desk) talk(chat int64) []store.ChatPost {
	d.t.Helper()
	w, err := d.Posts(d.t.Context(), store.PostQuery{Chat: chat}, -1, 40, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return w.Rows
}

// listenIn reads what is new of the chats.
func (d *desk) listenIn() {
	d.t.Helper()
	var err error
	for range 10 {
		if err = d.SyncFeeds(d.t.Context(), d.acc.ID, store.FeedChats); err == nil {
			return
		}
		<-d.clock.After(time.Minute)
	}
	d.t.Fatal(err)
}

// TestChatsEndToEnd: from the service to the rows of a chat, and from the keys back.
func TestChatsEndToEnd(t *testing.T) {
	d := open(t, simulator.Config{Messages: 40})
	ctx := t.Context()
	d.listenIn()
	desk := d.chat("Front Desk")
	if desk.Type != store.ChatTeam || desk.Size < 3 || desk.Latest == "" {
		t.Errorf("%+v", desk)
	}
	w, err := d.ChatWindow(ctx, store.ChatQuery{}, 0, 0, 100)
	if err != nil || len(w.Rows) < 15 {
		t.Fatalf("%d chats, %v", len(w.Rows), err)
	}
	for _, c := range w.Rows {
		if c.Title == "" || c.Title == "Chat" || strings.Contains(c.Title, "Person ") {
			t.Errorf("a chat titled %q: %+v", c.Title, c)
		}
	}
	// A colleague mentions us, with a file; we answer with another.
	id, err := d.sim.Post(simulator.LivePost{Chat: desk.Remote, As: "112", Text: "![:Person](178009114) look at this", File: true})
	if err != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Minute)
	d.listenIn()
	rows := d.talk(desk.ID)
	last := rows[len(rows)-1]
	if last.Remote != id || !last.Mention || last.Author.Name != "Dr. Samira Haddad" || len(last.Attached) != 1 || !strings.Contains(last.Preview, "@Front Desk") {
		t.Fatalf("%+v", last)
	}
	file := filepath.Join(t.TempDir(), "answer.txt")
	if err := os.WriteFile(file, []byte("as you asked"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.sim.FailNext("createGlipPostNew", "reset", 0, 1); err != nil { // it gets through, the answer does not
		t.Fatal(err)
	}
	if _, err := d.SendPost(ctx, store.NewPost{Chat: desk.ID, Text: "here", Parent: id, Files: []string{file}}); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := d.Flush(ctx); err != nil {
			t.Log(err)
		}
		<-d.clock.After(2 * time.Minute)
	}
	d.listenIn()
	var mine []store.ChatPost
	for _, r := range d.talk(desk.ID) {
		if r.Mine && r.Markdown == "here" {
			mine = append(mine, r)
		}
	}
	if len(mine) != 1 || mine[0].Sending || mine[0].Fault != "" || mine[0].Parent != id || len(mine[0].Attached) != 1 || mine[0].Attached[0].Name != "answer.txt" {
		t.Errorf("%d posts of ours: %+v", len(mine), mine)
	}
	sent := 0
	for _, r := range d.sim.Requests() {
		if r.Op == "createGlipPostNew" {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("posted %d times", sent)
	}
}
