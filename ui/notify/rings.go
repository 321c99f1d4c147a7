package notify

import (
	"slices"
	"time"

	"switchboard/store"
)

// A call that rings cannot wait as long as other news: it is told almost at once, and
// where many ring, so often at most.
const (
	ringGather = 300 * time.Millisecond
	ringApart  = 3 * time.Second
)

// Rings takes the calls in progress. Those that ring for one of the mailboxes are told,
// once each; one that is answered or gave up meanwhile is nobody's news, nor is what rang
// in quiet hours. A missed one comes again as an item of the call log. names are what the
// mailboxes are called, by the accounts' keys.
func (n *Notifier) Rings(now time.Time, live []store.LiveCall, names map[string]string) {
	before := n.rings
	n.rings = nil
	for _, c := range live {
		mailbox, mine := names[c.Key], c.Ours
		if !mine { // at another extension: a queue or shared line whose mailbox is open here
			for _, name := range names {
				mine = mine || name == c.Owner && c.Owner != ""
			}
			mailbox = c.Owner
		}
		if c.State != store.LiveRinging || c.Dir != store.Inbound || !mine || !n.c.wants(Ringing, mailbox, c.Key) {
			continue
		}
		f := fresh{call: c.Session, kind: Ringing, mailbox: mailbox, who: c.Other().Display(), at: now}
		same := func(o fresh) bool { return o.call == f.call }
		if slices.ContainsFunc(n.rings, same) {
			continue // told of by two mailboxes
		}
		if i := slices.IndexFunc(before, same); i >= 0 {
			f.told, f.at = before[i].told, before[i].at
		}
		n.rings = append(n.rings, f)
	}
	switch waits := untold(n.rings) > 0; {
	case !waits:
		n.rang = time.Time{}
	case n.rang.IsZero():
		n.rang = now
	}
}
