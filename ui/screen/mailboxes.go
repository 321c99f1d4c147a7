package screen

import (
	"context"

	"switchboard/store"
	"switchboard/ui/kit"
)

// MailboxStore is what screens ask about mailboxes.
type MailboxStore interface {
	Mailboxes(ctx context.Context) ([]store.MailboxState, error)
	Readable(ctx context.Context, account int64) ([]store.WatchChange, error)
	OpenMailbox(ctx context.Context, owner int64, w store.WatchChange) (store.Account, error)
	CloseMailbox(ctx context.Context, key string) error
}

// AccountsChanged says that there are other mailboxes now.
type AccountsChanged struct{}

// LongestMailbox is how many cells the longest name of a mailbox takes; 0 where rows need
// not say whose they are: there is one, or one is shown.
func (e *Env) LongestMailbox() int {
	if len(e.Names) < 2 || e.Mailbox != "" {
		return 0
	}
	longest := len("mailbox")
	for _, n := range e.Names {
		longest = max(longest, kit.Width(n))
	}
	if e.Mixed() { // a sign before the name
		longest += 2
	}
	return longest
}
