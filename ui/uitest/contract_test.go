package uitest

import (
	"testing"

	"switchboard/api/simulator/contract"
	"switchboard/store"
)

// A day's work with every request and every answer held against the official
// description of the service.
func TestWorkKeepsTheContract(t *testing.T) {
	check := contract.New(t)
	check.Allow("/ws") // the document knows no sockets
	d := Open(t, Config{Now: noon, Transport: check.Transport})
	d.See("Inbox", "oldest first")
	want := d.oldestUnread(t)
	d.Press("n Space")
	d.See("playing")
	d.Press("b s e")
	d.atService(t, want, true, "Alive")
	next := d.all(t, "in:inbox is:unread")[0] // where done has left the cursor
	d.Press("d")
	d.atService(t, next, false, "Deleted")
	d.Press("u")
	d.atService(t, next, false, "Alive")
	d.Press("* U")
	d.atService(t, next, true, "Alive")
	d.Press("F5")
	d.Eventually("it is called back once", func() bool { return len(d.Sim.RingOuts()) == 1 })
	for _, op := range []string{"readExtension", "syncMessages", "readMessageContent", "updateMessage", "deleteMessage", "patchMessage", "createRingOutCall"} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never called", op)
		}
	}
	if it := d.item(t, want.ID); it.State != store.Done {
		t.Errorf("the message is %s", it.State)
	}
}
