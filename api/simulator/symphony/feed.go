package symphony

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	feedLife  = 30 * time.Minute // of a datafeed that nobody reads
	mostFeeds = 20
	feedBatch = 100 // events at once
	feedKeeps = 50_000
	ackPrefix = "ack-"
)

// feeds are the account's datafeeds.
type feeds struct {
	cfg *Config
	mu  sync.Mutex
	all []*feed

	online  int           // reads that showed the account as present
	changed chan struct{} // closed and replaced whenever something happens
}

// feed keeps events until they were acknowledged.
type feed struct {
	id, tag string
	created time.Time
	read    time.Time
	queue   []queued
	acks    map[string][]uint64 // what each ackId stands for
	serial  uint64
}

type queued struct {
	serial  uint64
	event   event
	visible time.Time // delivered, but not acknowledged, until then
}

// event is one as the wire shows it.
type event struct {
	ID        string          `json:"id"`
	MessageID string          `json:"messageId,omitempty"`
	At        int64           `json:"timestamp"`
	Type      string          `json:"type"`
	Initiator *wireInitiator  `json:"initiator,omitempty"`
	Payload   json.RawMessage `json:"payload"`
}

type wireInitiator struct {
	User wireSender `json:"user"`
}

func newFeeds(cfg *Config) *feeds { return &feeds{cfg: cfg, changed: make(chan struct{})} }

// newEvent makes an event; payload is of plain structs.
func (s *Server) newEvent(kind, message string, from, at int64, payload any) event {
	b, err := json.Marshal(payload)
	if err != nil {
		b = []byte("{}")
	}
	id := make([]byte, 8)
	n := mix(s.cfg.Seed ^ s.serial.Add(1)<<16)
	for i := range id {
		id[i] = byte(n >> (8 * i))
	}
	return event{"ev" + hex.EncodeToString(id), message, at, kind, &wireInitiator{s.sender(from)}, b}
}

// Event tells the datafeeds of anything: a type, and the payload's fields as JSON.
func (s *Server) Event(kind, payload string) {
	e := s.newEvent(kind, "", podBase+1, s.now().UnixMilli(), json.RawMessage(payload))
	s.feeds.publish(e)
}

func (f *feeds) publish(e event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.all {
		one.serial++
		if one.queue = append(one.queue, queued{serial: one.serial, event: e}); len(one.queue) > feedKeeps {
			one.queue = slices.Delete(one.queue, 0, 1)
		}
	}
	f.wake()
}

// wake lets whoever waits look again. The caller holds the lock.
func (f *feeds) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// prune drops the feeds that nobody has read for long. The caller holds the lock.
func (f *feeds) prune() {
	now := f.cfg.Now()
	f.all = slices.DeleteFunc(f.all, func(one *feed) bool { return now.Sub(one.read) > feedLife })
}

// find is the feed with that id, nil when there is none. The caller holds the lock.
func (f *feeds) find(id string) *feed {
	f.prune()
	for _, one := range f.all {
		if one.id == id {
			return one
		}
	}
	return nil
}

// DropFeeds makes all datafeeds vanish: reading one is 400 from then on.
func (s *Server) DropFeeds() {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	s.feeds.all = nil
	s.feeds.wake()
}

// Feeds is how many datafeeds there are.
func (s *Server) Feeds() int {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	s.feeds.prune()
	return len(s.feeds.all)
}

// Unacknowledged is how many events wait in all datafeeds together.
func (s *Server) Unacknowledged() int {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	n := 0
	for _, one := range s.feeds.all {
		n += len(one.queue)
	}
	return n
}

// ShownOnline counts the reads of datafeeds that made the account appear present,
// because they did not say updatePresence false.
func (s *Server) ShownOnline() int {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	return s.feeds.online
}

type wireFeed struct {
	ID      string `json:"id"`
	Created int64  `json:"createdAt"`
	Type    string `json:"type"`
}

func (c *call) createFeed() *apiError {
	var req struct {
		Tag       string `json:"tag"`
		Invisible bool   `json:"includeInvisible"`
	}
	if err := c.decode(&req); err != nil {
		return err
	}
	if len(req.Tag) > 100 {
		return bad("The tag must not be longer than 100 characters")
	}
	f := c.s.feeds
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prune()
	if len(f.all) >= mostFeeds {
		return forbidden("The user has reached the limit of active datafeeds")
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	now := c.s.now()
	one := &feed{id: hex.EncodeToString(id) + "_f", tag: req.Tag, created: now, read: now, acks: map[string][]uint64{}}
	f.all = append(f.all, one)
	writeJSON(c.w, http.StatusCreated, wireFeed{one.id, now.UnixMilli(), "fanout"})
	return nil
}

func (c *call) listFeeds() *apiError {
	tag := c.r.URL.Query().Get("tag")
	f := c.s.feeds
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prune()
	all := []wireFeed{}
	for _, one := range f.all {
		if tag == "" || tag == one.tag {
			all = append(all, wireFeed{one.id, one.created.UnixMilli(), "fanout"})
		}
	}
	writeJSON(c.w, http.StatusOK, all)
	return nil
}

func (c *call) noFeed() *apiError {
	return bad("Could not find a datafeed with the id " + c.r.PathValue("datafeedId"))
}

func (c *call) deleteFeed() *apiError {
	f := c.s.feeds
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.find(c.r.PathValue("datafeedId"))
	if one == nil {
		return c.noFeed()
	}
	f.all = slices.DeleteFunc(f.all, func(o *feed) bool { return o == one })
	f.wake()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

type wireEvents struct {
	Events []event `json:"events"`
	Ack    string  `json:"ackId"`
}

// readFeed takes an acknowledgement and waits for events, up to Config.Poll.
func (c *call) readFeed() *apiError {
	var req struct {
		Ack    string `json:"ackId"`
		Online *bool  `json:"updatePresence"`
	}
	if err := c.decode(&req); err != nil {
		return err
	}
	f, id := c.s.feeds, c.r.PathValue("datafeedId")
	f.mu.Lock()
	one := f.find(id)
	if one != nil && c.fault == "feed-lost" {
		f.all = slices.DeleteFunc(f.all, func(o *feed) bool { return o == one })
		one = nil
	}
	if one == nil || !one.acknowledge(req.Ack) {
		f.mu.Unlock()
		if one != nil {
			return bad("The ackId is not valid")
		}
		return c.noFeed()
	}
	if req.Online == nil || *req.Online {
		f.online++
	}
	one.read = c.s.now()
	f.mu.Unlock()
	// What was acknowledged is gone, whether or not the client waits for more.
	got, alive := c.wait(id)
	if !alive {
		return c.noFeed()
	}
	c.oddEvents(&got)
	writeJSON(c.w, http.StatusOK, got)
	return nil
}

// acknowledge removes what an ackId stands for. The first read has none.
func (f *feed) acknowledge(ack string) bool {
	if ack == "" {
		return true
	}
	done, known := f.acks[ack]
	if !known {
		return false
	}
	f.queue = slices.DeleteFunc(f.queue, func(q queued) bool { return slices.Contains(done, q.serial) })
	f.acks[ack] = nil // saying it twice does no harm
	return true
}

// wait takes the events that are there, or comes in until Config.Poll is over.
func (c *call) wait(id string) (wireEvents, bool) {
	f := c.s.feeds
	over := time.NewTimer(c.s.cfg.Poll)
	defer over.Stop()
	ended := false
	for {
		f.mu.Lock()
		one := f.find(id)
		if one == nil {
			f.mu.Unlock()
			return wireEvents{}, false
		}
		batch, next := one.take(c.s.now(), f.cfg.Redeliver, ended)
		changed := f.changed
		f.mu.Unlock()
		if ended || len(batch.Events) > 0 {
			return batch, true
		}
		again := time.NewTimer(next)
		select {
		case <-changed:
		case <-again.C:
		case <-over.C:
			ended = true
		case <-c.r.Context().Done(): // nobody is there to take anything
			again.Stop()
			return wireEvents{Events: []event{}}, true
		}
		again.Stop()
	}
}

// take gives out what is to be seen now, under a new ackId, and hides it for a
// while. Without events it tells when to look again, or with end the ackId alone.
func (f *feed) take(now time.Time, hide time.Duration, end bool) (batch wireEvents, next time.Duration) {
	batch.Events, next = []event{}, time.Hour
	var serials []uint64
	for i := range f.queue {
		q := &f.queue[i]
		if wait := q.visible.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		if len(serials) == feedBatch {
			break
		}
		q.visible = now.Add(hide)
		serials = append(serials, q.serial)
		batch.Events = append(batch.Events, q.event)
	}
	if len(serials) == 0 && !end {
		return batch, next
	}
	f.read = now
	if len(f.acks) > feedKeeps/10 {
		maps.DeleteFunc(f.acks, func(_ string, of []uint64) bool { return len(of) == 0 })
	}
	batch.Ack = ackPrefix + rand.Text()
	f.acks[batch.Ack] = serials
	return batch, next
}

// oddEvents carries out the faults of an answer.
func (c *call) oddEvents(batch *wireEvents) {
	switch c.fault {
	case "feed-unknown":
		odd := c.s.newEvent("QUANTUMEVENT", "", podBase+1, c.s.now().UnixMilli(), json.RawMessage(`{"quantum":{"of":["anything",1,null]}}`))
		more := c.s.newEvent("GENERICSYSTEMEVENT", "", podBase+1, c.s.now().UnixMilli(),
			json.RawMessage(`{"genericSystemEvent":{"eventSubtype":"`+strings.Repeat("x", 40)+`","parameters":{"a":1}}}`))
		batch.Events = slices.Concat([]event{odd}, batch.Events, []event{more})
	case "feed-double":
		batch.Events = slices.Concat(batch.Events, batch.Events)
	}
}
