package simulator

import (
	"net/http"
	"slices"
	"sort"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
)

const (
	transcribed = 30 * time.Second    // from a voicemail's arrival to its transcript
	purgeAfter  = 5 * 24 * time.Hour  // deleted messages are purged
	forgetAfter = 10 * 24 * time.Hour // and then forgotten
)

// availability of a message, in the order of its life.
type availability uint8

const (
	alive availability = iota
	deleted
	purged
	forgotten // purged so long ago that the service no longer knows it
)

func (a availability) String() string {
	switch a {
	case alive:
		return "Alive"
	case deleted:
		return "Deleted"
	default:
		return "Purged"
	}
}

func parseAvailability(s string) (availability, bool) {
	switch s {
	case "Alive", "":
		return alive, true
	case "Deleted":
		return deleted, true
	case "Purged":
		return purged, true
	default:
		return alive, false
	}
}

// mailbox is the corpus with a thin layer of changes over it. Messages are
// numbered oldest first: those of the corpus, then the arrivals.
type mailbox struct {
	mu      sync.RWMutex
	now     func() time.Time
	base    *corpus.Corpus
	began   int64 // when the corpus ends, ms
	lastMS  int64 // creation time of the newest message, ms
	nextUp  int   // index in the corpus of the next message to arrive
	arrived []arrival
	settled int // arrivals whose transcript is final
	over    map[int]state
	log     []change
	epoch   int // sync tokens of another epoch are refused
	gen     uint64
	wipes   int
	marks   map[mark]int
	untold  changed
	waiting chan struct{} // a transcript is being made, or a message is on its way
	sends   []*sending    // accepted, oldest first
	pending []*sending    // those whose end is not known yet
}

// arrival is a message of the corpus beyond its length that has come in.
type arrival struct {
	from    int      // its index there; those sent from here are passed over
	created int64    // ms
	due     int64    // when the transcript is final, ms; 0: it is
	sent    *sending // what was sent from here; nil: it came in
}

// state is what differs from the corpus.
type state struct {
	read     bool
	avail    availability
	modified int64 // ms
}

// change says that a message changed; the last one of each message counts.
type change struct {
	at  int64 // ms
	idx int
}

// record is one message as it is now.
type record struct {
	m        corpus.Message
	idx      int
	read     bool
	avail    availability
	created  int64 // ms
	modified int64 // ms
}

func newMailbox(base *corpus.Corpus, now func() time.Time) *mailbox {
	b := &mailbox{now: now, base: base, over: map[int]state{}, marks: map[mark]int{}, nextUp: base.Len(), waiting: make(chan struct{}, 1)}
	b.began = b.nowMS()
	if n := base.Len(); n > 0 {
		b.lastMS = base.Message(n - 1).Created.UnixMilli()
	}
	return b
}

func (b *mailbox) len() int { return b.base.Len() + len(b.arrived) }

func (b *mailbox) nowMS() int64 { return b.now().UnixMilli() }

// at is message idx as it is now. The caller holds the lock.
func (b *mailbox) at(idx int) record {
	var r record
	if n := b.base.Len(); idx < n {
		r.m = b.base.Message(idx)
		r.created = r.m.Created.UnixMilli()
		r.modified = min(r.m.Modified.UnixMilli(), b.began) // not in the future
	} else {
		r.m = b.arrival(idx - n)
		r.created = b.arrived[idx-n].created
		r.modified = r.created
	}
	r.idx = idx
	r.modified = max(r.created, r.modified)
	r.read = r.m.Read
	r.avail, _ = parseAvailability(r.m.Availability)
	st, changed := b.over[idx]
	if changed {
		r.read, r.avail, r.modified = st.read, st.avail, st.modified
	}
	if r.avail != alive {
		r.avail = aged(r.avail, b.nowMS()-r.modified)
	}
	return r
}

// aged moves a deleted message on: purged after five days, forgotten after
// five more.
func aged(a availability, ms int64) availability {
	for_ := time.Duration(ms) * time.Millisecond
	switch {
	case a == deleted && for_ > forgetAfter, a == purged && for_ > purgeAfter:
		return forgotten
	case a == deleted && for_ > purgeAfter:
		return purged
	default:
		return a
	}
}

// arrival is the j-th message that came in since the start, with the time it
// really came in, and without its transcript while that is being made.
func (b *mailbox) arrival(j int) corpus.Message {
	a := b.arrived[j]
	if a.sent != nil {
		return a.sent.m
	}
	m := b.base.Message(a.from)
	m.Created = time.UnixMilli(a.created).UTC()
	m.Modified = m.Created
	m.Read = false
	if a.due > 0 {
		m.Transcription = "InProgress"
		m.Attachments = slices.DeleteFunc(slices.Clone(m.Attachments), func(a corpus.Attachment) bool {
			return a.Type == "AudioTranscription"
		})
	}
	return m
}

func (b *mailbox) find(id int64) (int, bool) {
	idx, ok := b.base.Find(id)
	if n := b.base.Len(); ok && idx >= n {
		j := sort.Search(len(b.arrived), func(j int) bool { return b.arrived[j].from >= idx })
		return n + j, j < len(b.arrived) && b.arrived[j].from == idx
	}
	return idx, ok
}

// content finds an attachment and its bytes. Drawing a fax takes a while, so
// it is done without the lock.
func (b *mailbox) content(id, attachment int64) (corpus.Attachment, corpus.Body, *apiError) {
	r, err := b.get(id)
	if err != nil {
		return corpus.Attachment{}, corpus.Body{}, err
	}
	k := slices.IndexFunc(r.m.Attachments, func(a corpus.Attachment) bool { return a.ID == attachment })
	if k < 0 || r.avail == purged {
		return corpus.Attachment{}, corpus.Body{}, notFound("attachmentId")
	}
	body, ok := b.bodyOf(&r, attachment)
	if !ok {
		return corpus.Attachment{}, corpus.Body{}, &apiError{
			status: http.StatusInternalServerError, code: "MSG-352", message: "Message content is null",
		}
	}
	return r.m.Attachments[k], body, nil
}

// createdAt is the creation time of message idx in ms.
func (b *mailbox) createdAt(idx int) int64 {
	if n := b.base.Len(); idx >= n {
		return b.arrived[idx-n].created
	}
	return b.base.Message(idx).Created.UnixMilli()
}

// between gives the half-open range of messages created from..to, both
// inclusive, in ms.
func (b *mailbox) between(from, to int64) (lo, hi int) {
	n := b.len()
	lo = sort.Search(n, func(i int) bool { return b.createdAt(i) >= from })
	hi = lo + sort.Search(n-lo, func(i int) bool { return b.createdAt(lo+i) > to })
	return lo, hi
}

// settle gives voicemails that arrived a while ago their transcripts.
func (b *mailbox) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.nowMS()
	b.progress(now)
	for ; b.settled < len(b.arrived); b.settled++ {
		a := &b.arrived[b.settled]
		if a.due > now {
			return
		}
		if a.due == 0 {
			continue
		}
		idx, due := b.base.Len()+b.settled, a.due
		a.due = 0
		r := b.at(idx)
		b.put(&r, max(due, r.modified), r.read, r.avail)
	}
}

// put records a change. The log is kept sorted by time: a late settling may
// be older than the newest entry.
func (b *mailbox) put(r *record, at int64, read bool, avail availability) {
	r.read, r.avail, r.modified = read, avail, at
	_, known := b.over[r.idx]
	b.note(r, !known && r.idx >= b.base.Len())
	b.over[r.idx] = state{read: read, avail: avail, modified: at}
	c := change{at: at, idx: r.idx}
	i := len(b.log)
	for i > 0 && b.log[i-1].at > at {
		i--
	}
	b.log = slices.Insert(b.log, i, c)
	b.gen++
	if len(b.log) > 2*len(b.over)+1024 {
		b.log = slices.DeleteFunc(b.log, func(c change) bool { return b.over[c.idx].modified != c.at })
	}
}

// Arrive lets n new messages come in now and returns their ids.
func (s *Server) Arrive(n int) []int64 {
	defer s.tellMessages()
	b := s.box
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := make([]int64, 0, max(n, 0))
	for k := range n {
		ids = append(ids, b.arrive(int64(n-1-k)))
	}
	return ids
}

// arrive lets one message in, created so many ms ago: several at once should
// not share one instant, and none should come from the future.
func (b *mailbox) arrive(ago int64) int64 {
	for b.base.Message(b.nextUp).Direction != "Inbound" {
		b.nextUp++
	}
	now := max(b.nowMS(), b.lastMS)
	a := arrival{from: b.nextUp, created: min(max(b.lastMS+1, now-ago), now)}
	b.nextUp++
	b.lastMS = a.created
	b.arrived = append(b.arrived, a)
	r := b.at(b.len() - 1)
	if r.m.Type == "VoiceMail" && r.m.Transcription == "Completed" {
		b.arrived[len(b.arrived)-1].due = now + transcribed.Milliseconds()
		select {
		case b.waiting <- struct{}{}:
		default:
		}
	}
	b.put(&r, now, false, alive)
	return r.m.ID
}
