package emailgistics

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
)

// account is the customer: mailboxes and the messages in them. Message i is
// computed from the seed; 0 is the oldest.
type account struct {
	seed  uint64
	boxes []mailbox
	clock *corpus.Corpus // whose messages' times and callers ours have
	files *shelf

	mu      sync.RWMutex
	count   int               // messages there are
	start   int               // of them at the start
	arrived map[int]time.Time // of those that came in later
	version map[int]uint32    // of those that were moved: how often
	gone    map[int]bool      // deleted ones
	status  map[int]string    // of those whose state was set
	retired map[string]bool   // ids of mailboxes, users and tags that are not active any more
}

type mailbox struct {
	id, name, email, zone string
	users                 []user
	tags                  []tag
	old                   tag // that no message has
}

type user struct{ id, name, email string }

type tag struct{ id, name, color string }

func newAccount(cfg Config, files *shelf) *account {
	a := &account{
		seed: mix(cfg.Seed ^ 0x656d61696c), count: cfg.Messages, start: cfg.Messages, files: files,
		clock:   corpus.New(corpus.Config{Seed: cfg.Seed ^ 0x6d61696c, Messages: cfg.Messages, Now: cfg.Now()}),
		arrived: map[int]time.Time{}, version: map[int]uint32{}, gone: map[int]bool{}, status: map[int]string{},
		retired: map[string]bool{},
	}
	for i := range cfg.Mailboxes + 1 { // the last is on no allowlist
		a.boxes = append(a.boxes, a.box(i, i == cfg.Mailboxes))
	}
	return a
}

func boxNames() []string {
	return []string{"Referrals", "Billing", "Front Desk", "Records", "Pharmacy", "Deliveries", "Scheduling", "Insurance"}
}

func (a *account) box(i int, hidden bool) mailbox {
	names := boxNames()
	name := names[i%len(names)]
	if i >= len(names) {
		name = fmt.Sprintf("%s %d", name, i/len(names)+1)
	}
	if hidden {
		name = "Payroll"
	}
	b := mailbox{
		id: a.uuid(1, i), name: name, zone: "America/Los_Angeles",
		email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@harborstreet.example",
	}
	for n := range 3 + i%3 {
		e := a.clock.Entry(1 + (i*2+n)%7)
		full := strings.TrimSpace(e.First + " " + e.Last)
		b.users = append(b.users, user{id: a.uuid(2, i*100+n), name: full, email: mailAddress(full, "harborstreet.example")})
	}
	if n := len(b.users) - 1; n > 2 {
		a.retired[b.users[n].id] = true // has left, and some messages are still assigned
	}
	for n, t := range []tag{{name: "Urgent", color: "#d13438"}, {name: "Claim", color: "#0078d4"}, {name: "Needs reply", color: "#ffaa44"}, {name: "VIP", color: "#8764b8"}} {
		t.id = a.uuid(3, i*100+n)
		b.tags = append(b.tags, t)
	}
	b.old = tag{id: a.uuid(3, i*100+len(b.tags)), name: "Holiday", color: "#767676"}
	a.retired[b.old.id] = true
	return b
}

// uuid makes a version 4 UUID (RFC 9562) that depends on the seed and its use.
func (a *account) uuid(use, n int) string {
	var b [16]byte
	x := mix(a.seed ^ uint64(use)<<56 ^ uint64(n))
	binary.BigEndian.PutUint64(b[:8], x)
	binary.BigEndian.PutUint64(b[8:], mix(x))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// idPrefix begins the ids of the mail system.
const idPrefix = "AAMkAG"

// messageID is the id of message i at a version: opaque, case-sensitive, with the
// letters that the mail system's have. It can be read back without a table.
func (a *account) messageID(i int, version uint32) string {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:8], mix(a.seed^uint64(i)<<8^uint64(version)))
	hide := mix(a.seed ^ binary.BigEndian.Uint64(b[:8]))
	binary.BigEndian.PutUint64(b[8:16], hide^(uint64(i)<<32|uint64(version)))
	binary.BigEndian.PutUint64(b[16:], mix(hide))
	return idPrefix + base64.URLEncoding.EncodeToString(b[:23]) // 23 bytes: one = at the end, as they have
}

// find reads a message's id back; ok is false for one that is unknown, stale or
// of a deleted message.
func (a *account) find(id string) (i int, ok bool) {
	rest, ok := strings.CutPrefix(id, idPrefix)
	b, err := base64.URLEncoding.DecodeString(rest)
	if !ok || err != nil || len(b) != 23 {
		return 0, false
	}
	hide := mix(a.seed ^ binary.BigEndian.Uint64(b[:8]))
	x := hide ^ binary.BigEndian.Uint64(b[8:16])
	n, version := x>>32, uint32(x)
	a.mu.RLock()
	defer a.mu.RUnlock()
	if n >= uint64(a.count) || a.gone[int(n)] || a.version[int(n)] != version || a.messageID(int(n), version) != id {
		return 0, false
	}
	return int(n), true
}

// time is when message i came in.
func (a *account) time(i int) time.Time {
	if i < a.start {
		return a.clock.Message(i).Created.UTC().Truncate(time.Second)
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.arrived[i]
}

func (a *account) len() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.count
}

// arrive adds n messages that came in at now.
func (a *account) arrive(n int, now time.Time) (first int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first = a.count
	for range n {
		a.arrived[a.count] = now.UTC().Truncate(time.Second)
		a.count++
	}
	return first
}

func mailAddress(name, host string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-':
			return '.'
		}
		return -1
	}
	s := strings.Trim(strings.Map(keep, strings.ToLower(name)), ".")
	if s == "" {
		s = "somebody"
	}
	return s[:min(len(s), 60)] + "@" + host
}
