package notify

import (
	"slices"
	"time"

	"switchboard/store"
)

const (
	gather  = time.Second      // what comes so soon after another is told with it
	apart   = 10 * time.Second // between two notifications
	present = 2 * time.Minute  // after a key the person is there
	// mostFresh is how much unseen is remembered; older is forgotten.
	mostFresh = 1000
)

// Note is what is to be told now.
type Note struct {
	Title, Text string
	Bell        bool
	Desktop     bool // by the terminal or the program
}

// fresh is something that came in and was not seen yet.
type fresh struct {
	id      store.ID
	call    string // of a call that rings: its session
	kind    string
	mailbox string
	who     string
	text    string
	at      time.Time
	told    bool
}

// loss is a connection that is lost.
type loss struct {
	since time.Time
	phase string
	told  bool
}

// Notifier decides what is told and when. It is not safe for concurrent use.
type Notifier struct {
	c   Config
	loc *time.Location

	list   []fresh   // oldest first
	rings  []fresh   // calls that ring now
	rang   time.Time // when the first of them came that was not told
	last   time.Time
	first  time.Time // when the first came that was not told
	repeat time.Time // when it is told again
	away   bool      // the terminal is not in front
	key    time.Time
	lost   map[string]*loss
	back   []string // accounts that are there again and were told lost
}

// New is a notifier in a zone, nil for this machine's.
func New(c Config, loc *time.Location) *Notifier {
	if loc == nil {
		loc = time.Local
	}
	return &Notifier{c: c, loc: loc, lost: map[string]*loss{}}
}

// Key says that a person pressed a key.
func (n *Notifier) Key(now time.Time) { n.key = now }

// Focus says whether the terminal is in front. One that never tells is taken to be.
func (n *Notifier) Focus(on bool) { n.away = !on }

// here reports whether a person is at the screen.
func (n *Notifier) here(now time.Time) bool {
	d := now.Sub(n.key)
	return !n.away && !n.key.IsZero() && d >= 0 && d < present
}

// Arrived takes what came in.
func (n *Notifier) Arrived(now time.Time, list []store.Arrival) {
	for _, a := range list {
		k := kind(a)
		if a.Row.Direction != store.Inbound || a.Row.State == store.Done || !n.c.wants(k, a.Row.Mailbox, a.Account) ||
			slices.ContainsFunc(n.list, func(f fresh) bool { return f.id == a.Row.ID }) {
			continue
		}
		if n.first.IsZero() {
			n.first = now
		}
		n.list = append(n.list, fresh{
			id: a.Row.ID, kind: k, mailbox: a.Row.Mailbox, who: a.Row.Who.Display(), text: a.Row.Preview, at: now,
		})
	}
	if over := len(n.list) - mostFresh; over > 0 {
		n.list = slices.Delete(n.list, 0, over)
	}
}

// Fresh is what came in and was not seen yet.
func (n *Notifier) Fresh() []store.ID {
	ids := make([]store.ID, len(n.list))
	for i, f := range n.list {
		ids[i] = f.id
	}
	return ids
}

// Count is how much of it there is, for the window's title.
func (n *Notifier) Count() int {
	if !n.c.Title {
		return 0
	}
	return len(n.list) + len(n.rings)
}

// Looked says that the person is on an item. It counts as seen once they have pressed
// a key since it came in, with the terminal in front: a list that moved by itself shows
// it to nobody.
func (n *Notifier) Looked(id store.ID) bool {
	return n.drop(func(f fresh) bool { return f.id == id && !n.away && n.key.After(f.at) })
}

// Gone says that items are done, read or deleted, by whomever.
func (n *Notifier) Gone(ids []store.ID) bool {
	return n.drop(func(f fresh) bool { return slices.Contains(ids, f.id) })
}

func (n *Notifier) drop(is func(f fresh) bool) bool {
	before := len(n.list)
	n.list = slices.DeleteFunc(n.list, is)
	if len(n.list) == 0 {
		n.first, n.repeat = time.Time{}, time.Time{}
	}
	return len(n.list) != before
}

// Status takes how the accounts stand. name is what one is called.
func (n *Notifier) Status(now time.Time, list []store.Status, name func(key string) string) {
	if !n.c.Loss {
		return
	}
	for _, st := range list {
		who := name(st.Account)
		was := n.lost[who]
		switch st.Phase {
		case store.PhaseOffline, store.PhaseSignedOut, store.PhaseDenied:
			if was == nil {
				n.lost[who] = &loss{since: now, phase: st.Phase}
			} else {
				was.phase = st.Phase
			}
		default:
			if was != nil && was.told {
				n.back = append(n.back, who)
			}
			delete(n.lost, who)
		}
	}
}

// Due is when Take has something to tell, if nothing happens until then; zero: never.
func (n *Notifier) Due(now time.Time) time.Time {
	if n.c.Silent() {
		return time.Time{}
	}
	n.setBack(now)
	var due time.Time
	sooner := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	if untold(n.list) > 0 {
		at := n.first.Add(gather)
		if next := n.last.Add(apart); !n.last.IsZero() && next.After(at) && next.Sub(now) <= apart {
			at = next
		}
		sooner(at)
	} else if !n.repeat.IsZero() && len(n.list) > 0 {
		sooner(n.repeat)
	}
	if untold(n.rings) > 0 {
		at := n.rang.Add(ringGather)
		if next := n.last.Add(ringApart); !n.last.IsZero() && next.After(at) && next.Sub(now) <= ringApart {
			at = next
		}
		sooner(at)
	}
	for _, l := range n.lost {
		if !l.told {
			sooner(l.since.Add(n.c.Grace))
		}
	}
	if len(n.back) > 0 {
		sooner(now)
	}
	if due.IsZero() {
		return due
	}
	if end, quiet := quietUntil(n.c.Quiet, maxTime(due, now).In(n.loc)); quiet {
		return end
	}
	return due
}

// setBack brings times that are ahead of a clock that was set back to what it says.
func (n *Notifier) setBack(now time.Time) {
	if n.first.After(now) {
		n.first = now
	}
	if n.rang.After(now) {
		n.rang = now
	}
	if n.repeat.Sub(now) > n.c.Repeat {
		n.repeat = now.Add(n.c.Repeat)
	}
	for _, l := range n.lost {
		if l.since.After(now) {
			l.since = now
		}
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func untold(list []fresh) (count int) {
	for _, f := range list {
		if !f.told {
			count++
		}
	}
	return count
}

// Take gives what is to be told now.
func (n *Notifier) Take(now time.Time) (note Note, ok bool) {
	if due := n.Due(now); due.IsZero() || due.After(now) {
		return Note{}, false
	}
	var lost []string
	for who, l := range n.lost {
		if !l.told && !l.since.Add(n.c.Grace).After(now) {
			l.told = true
			lost = append(lost, who+" is "+lossWords(l.phase)+" since "+l.since.In(n.loc).Format("15:04"))
		}
	}
	slices.Sort(lost)
	slices.Sort(n.back)
	note.Title, note.Text = n.words(lost, slices.Compact(n.back))
	n.back = nil
	for i := range n.list {
		n.list[i].told = true
	}
	for i := range n.rings {
		n.rings[i].told = true
	}
	n.first, n.rang, n.last, n.repeat = time.Time{}, time.Time{}, now, time.Time{}
	if n.c.Repeat > 0 && len(n.list) > 0 {
		n.repeat = now.Add(n.c.Repeat)
	}
	note.Bell, note.Desktop = n.c.Bell, !n.here(now)
	return note, true
}
