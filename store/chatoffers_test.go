package store

import (
	"errors"
	"strings"
	"testing"
)

// What a service does not offer of chats is refused in words before anything is recorded.
func TestChatsNotOffered(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	ctx := t.Context()
	if _, err := b.w.Exec(`UPDATE accounts SET service = 'symphony' WHERE id = ?`, b.acc.ID); err != nil {
		t.Fatal(err)
	}
	b.services.Clear()
	b.svc.say("100", "1", "mine", 1)
	if err := b.TakePosts(ctx, b.acc.ID, b.svc.posts["100"]); err != nil {
		t.Fatal(err)
	}
	c := b.chat("Support")
	mine := must[PostWindow](t)(b.Posts(ctx, PostQuery{Chat: c.ID}, FromEnd, 0, 0)).Rows[0].ID
	for what, do := range map[string]func() (Op, error){
		"make": func() (Op, error) {
			_, op, err := b.CreateTeam(ctx, NewTeam{Account: b.acc.ID, Name: "New"})
			return op, err
		},
		"open":   func() (Op, error) { _, op, err := b.OpenChat(ctx, b.acc.ID, []string{"2", "3"}); return op, err },
		"leave":  func() (Op, error) { return b.LeaveChat(ctx, c.ID) },
		"add":    func() (Op, error) { return b.AddMembers(ctx, c.ID, []string{"9"}) },
		"change": func() (Op, error) { return b.EditPost(ctx, mine, "other") },
		"delete": func() (Op, error) { return b.DeletePost(ctx, mine) },
		"stand":  func() (Op, error) { return b.SetPresence(ctx, b.acc.ID, PresenceChange{User: PresenceBusy}) },
	} {
		op, err := do()
		var not *NotOfferedError
		if !errors.As(err, &not) || op.ID != 0 || !strings.Contains(err.Error(), "Symphony") {
			t.Errorf("%s: %+v, %v", what, op, err)
		}
	}
	// The chat with somebody that is there already is opened all the same.
	if id, op, err := b.OpenChat(ctx, b.acc.ID, []string{"2"}); err != nil || op.ID != 0 || id != b.chat("Ana Lima").ID {
		t.Errorf("opened %d, %+v, %v", id, op, err)
	}
	if ops := must[[]Op](t)(b.Ops(ctx, 10)); len(ops) != 0 {
		t.Errorf("recorded %+v", ops)
	}
	// What was posted stays, and does not stand in the way of what was done before.
	must[Op](t)(b.SendPost(ctx, NewPost{Chat: c.ID, Text: "out it goes"}))
	if u := must[Op](t)(b.Undo(ctx)); u.State != OpConfirmed || !strings.HasPrefix(u.Words, "Taken back") {
		t.Errorf("what had not been sent: %+v", u)
	}
	op := must[Op](t)(b.SendPost(ctx, NewPost{Chat: c.ID, Text: "and this"}))
	if _, err := b.w.Exec(`UPDATE ops SET state = ? WHERE id = ?`, int64(OpConfirmed), op.ID); err != nil {
		t.Fatal(err)
	}
	if u := must[Op](t)(b.Undo(ctx)); u.State != OpConfirmed || !strings.HasPrefix(u.Words, "Left alone: posted in Support; changing what was posted is not offered") {
		t.Errorf("what was sent: %+v", u)
	}
}
