package ui

import (
	"context"
	"fmt"
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// keeps is when it was last asked how full the mailboxes are. It changes slowly, and is
// asked for along with other news, for a twentieth of the time at most.
type keeps struct {
	seen    uint64 // the store's generation it was asked at
	next    time.Time
	waiting bool // it is asked again once next has come
}

const keepsRest = 20 // times as long as the last question took

// due reports whether it is to be asked again.
func (k *keeps) due(gen uint64) bool { return gen != k.seen && !time.Now().Before(k.next) }

// again has it asked once its time has come, if it was too early for what has changed.
func (m *Model) again(gen uint64) tea.Cmd {
	k := &m.keeps
	if k.waiting || gen == k.seen {
		return nil
	}
	k.waiting = true
	return m.later(max(time.Until(k.next), apart), kept{})
}

// kept is how full the mailboxes are, and the business hours of their accounts.
type kept struct {
	room  map[int64]store.Retention
	hours map[int64]store.Hours
	gen   uint64
	took  time.Duration
}

// take asks again: it is its own reminder.
func (kept) take(m *Model) tea.Cmd {
	m.keeps.waiting = false
	return m.ask()
}

func askKept(ctx context.Context, s screen.Store) *kept {
	start, gen := time.Now(), s.Generation()
	list, err := s.Retention(ctx)
	if err != nil {
		return nil // it stays as it was
	}
	k := &kept{gen: gen, room: map[int64]store.Retention{}, hours: map[int64]store.Hours{}}
	for _, r := range list {
		k.room[r.ID] = r
		if h, ok, err := s.OpenHours(ctx, r.ID); err == nil && ok {
			k.hours[r.ID] = h
		}
	}
	k.took = time.Since(start)
	return k
}

func (m *Model) keep(k *kept) {
	if k == nil {
		return
	}
	if !reflect.DeepEqual(m.env.Room, k.room) || !reflect.DeepEqual(m.env.Hours, k.hours) {
		m.env.Heard++ // what an item says of by when and until when
	}
	m.env.Room, m.env.Hours = k.room, k.hours
	m.keeps.seen, m.keeps.next = k.gen, time.Now().Add(keepsRest*k.took)
}

// fullness is the mailbox that is nearly full, for the line at the bottom; "" for none.
func (m *Model) fullness() string {
	text, n := "", 0
	for _, r := range m.env.Room {
		if !r.Nearly() {
			continue
		}
		n++
		text = fmt.Sprintf("mailbox %d/%d", r.Used, r.Rules.Inbox)
	}
	if n > 1 {
		return fmt.Sprintf("%d mailboxes nearly full", n)
	}
	return text
}

// details is what the reader says of an item beside its text: by when it is to be
// answered, when it leaves the service, and how a call went.
func (m *Model) details(r store.Row, it store.Item, have bool) []screen.Detail {
	var d []screen.Detail
	if words, tone := m.env.AnswerWords(r, m.list.Patience()); words != "" {
		d = append(d, screen.Detail{Name: "Answer", Value: words, Tone: tone})
	}
	now, loc := m.env.Now(), m.env.Location
	switch l, of, ok := m.env.Leaves(r); {
	case !r.Dropped.IsZero():
		d = append(d, screen.Detail{Name: "Archived", Value: archivedWords(r, it, have), Tone: screen.Warn})
	case ok:
		tone := screen.Quietly
		if l.Soon(of, now) {
			tone = screen.Warn
		}
		text := screen.LeaveWords(l, of, now, loc)
		if have && whole(it) {
			text += "; all of it is on this machine"
		} else if of.Archive && l.Soon(of, now) {
			text += "; it is taken in before"
		}
		d = append(d, screen.Detail{Name: "Service", Value: text, Tone: tone})
	}
	if r.Held {
		d = append(d, screen.Detail{Name: "Held", Value: "§ nothing removes it from this machine" + m.heldBy(it, have), Tone: screen.Strong})
	}
	return append(d, m.callDetails(r, it, have)...)
}

// whole reports whether all files of an item are on this machine, and its transcript.
func whole(it store.Item) bool { return it.Kept >= it.Files && !it.WaitsForText() }

// archivedWords is what is here of a message the service has dropped.
func archivedWords(r store.Row, it store.Item, have bool) string {
	text := "⌂ only here: the service has it no longer"
	switch {
	case have && whole(it):
		return text + "; all of it is on this machine"
	case r.Files > r.Kept:
		return text + fmt.Sprintf("; %s fetched in time", plural(r.Kept, "file"))
	}
	return text
}

// heldBy is who holds an item since when, and why.
func (m *Model) heldBy(it store.Item, have bool) string {
	if !have {
		return ""
	}
	for i := len(it.Journal) - 1; i >= 0; i-- {
		if e := it.Journal[i]; e.Verb == store.EntryHold && e.Value != "" {
			text := ", by " + e.Actor + " since " + screen.Clock(e.At, m.env.Now(), m.env.Location)
			if e.Value != "yes" {
				text += ": " + e.Value
			}
			return text
		}
	}
	return ""
}
