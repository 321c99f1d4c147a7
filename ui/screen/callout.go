package screen

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
)

// CalloutStore is what making calls asks of the store.
type CalloutStore interface {
	PlaceCall(ctx context.Context, account, from, to string, item store.ID) (store.Op, error)
	OwnCalls(ctx context.Context) []store.OwnCall
	UndoOp(ctx context.Context, id int64) (store.Op, error)
	Telephones(ctx context.Context, account string, again bool) (store.Telephones, error)
	CallSetup(ctx context.Context, account string) (store.CallSetup, error)
	SetCallSetup(ctx context.Context, account string, c store.CallSetup) (store.CallSetup, error)
	Region(ctx context.Context, account string) string
	PersonParty(ctx context.Context, person string) (store.Party, error)
}

// Callee is who is to be called.
type Callee struct {
	Account int64       // whose telephones ring; 0: the item's, or the first one's
	Item    store.ID    // that is called back; 0: none
	Party   store.Party // the other side of the item; looked at where there is no Number
	Number  string      // as typed or chosen
}

// Dial calls somebody, by way of the root where there is one: it asks before a call
// abroad, and shows how the call stands.
func (e *Env) Dial(c Callee) tea.Cmd {
	if e.Call != nil {
		return e.Call(c)
	}
	return e.DialNow(c)
}

// DialNow calls without asking.
func (e *Env) DialNow(c Callee) tea.Cmd {
	ch := store.Change{Verb: store.VerbCall, Text: c.Number, Account: c.Account}
	if c.Item != 0 {
		ch.Items = []store.ID{c.Item}
		ch.Account = 0 // the item says
	} else if ch.Text == "" {
		ch.Text = cmp.Or(c.Party.Number, c.Party.Extension)
	}
	return e.Act(ch, false)
}
