package corpus

import (
	"math"
	"time"
)

// Config says which corpus to make.
type Config struct {
	Seed     uint64
	Messages int       // how many there are at the start; more may be asked for
	Now      time.Time // when the newest of them came in
}

// Corpus is a mailbox that is computed where it is looked at.
type Corpus struct {
	seed     uint64
	messages int
	now      time.Time
	offset   time.Duration // of Now's zone: office hours are local
	activity float64       // up to Now, in messages; see clock.go
	base     int64
	people   int
	plan     [period]slot
	threads  []turn
	cache    *cache
}

// Party is a sender or a recipient.
type Party struct {
	Name      string
	Number    string // E.164; "" for a blocked caller and for extensions
	Extension string
	Location  string // "San Mateo, CA"
	Status    string // of one recipient; "" means the message's own
	FaxError  string // why a fax to this recipient failed
}

// Message is one entry of the message store, in the service's own words.
type Message struct {
	Index             int
	ID                int64
	Type              string // VoiceMail, Fax, SMS, Pager
	Direction         string // Inbound, Outbound
	Created, Modified time.Time
	From              Party
	To                []Party
	Read              bool
	Availability      string // Alive
	Status            string // Received, Sent, Delivered, Queued, SendingFailed, DeliveryFailed
	Subject           string // the text of an SMS or a pager message; the dialled number of a fax
	Transcription     string // vmTranscriptionStatus; "" where the service does not say
	Duration          int    // seconds of a voicemail
	Pages             int    // of a fax, as told: 0 while queued and after a failure
	Resolution        string // High (204x196), Low (204x98)
	CoverText         string
	ConversationID    int64 // beyond 2^53, as the real ones
	DeliveryError     string
	Priority          string // Normal, High
	Private           bool
	Attachments       []Attachment

	// Of messages that were sent only.
	CoverIndex int
	Segments   int       // of an SMS
	Delivered  time.Time // of an SMS; zero: not, or not known
	Department bool      // of a pager message: to all members of one

	slot slot
}

// Attachment describes content that Corpus.Content makes.
type Attachment struct {
	ID            int64
	Type          string // AudioRecording, AudioTranscription, RenderedDocument, Text, MmsAttachment
	ContentType   string
	Name          string
	Size          int64 // bytes; -1: the service does not tell
	Duration      int   // seconds
	Width, Height int   // pixels
}

// The account the messages belong to. Front Desk's extension is 101.
const (
	OwnerName      = "Front Desk"
	OwnerCompany   = "Harbor Street Health Group"
	OwnerNumber    = "+16505550100"
	OwnerFax       = "+16505550109"
	OwnerExtension = "101"
)

const (
	idStride  = 16   // ids a message takes up: 8 to vary its own, 8 for its parts
	idScale   = 1000 // the service's ids end in three digits that name a cluster
	idCluster = 4
)

// New makes a corpus. A negative number of messages counts as none.
func New(c Config) *Corpus {
	c.Messages = max(c.Messages, 0)
	_, zone := c.Now.Zone()
	k := &Corpus{
		seed: mix(c.Seed), messages: c.Messages, now: c.Now.Truncate(time.Millisecond),
		offset: time.Duration(zone) * time.Second,
		people: min(max(120, c.Messages/8), len(places)*100),
		cache:  newCache(cacheBytes),
	}
	k.activity = activityUntil(k.now.Add(k.offset))
	k.base = 1_700_000_000 + int64(k.seed>>40)*31
	k.plan, k.threads = schedule(k.seed)
	return k
}

// Len is how many messages there are at the start.
func (c *Corpus) Len() int { return c.messages }

// Message makes the i-th message, 0 being the oldest. An i of Len() and above
// is a message still to come: later than Now, inbound, and mostly unread. It
// panics when i is negative.
func (c *Corpus) Message(i int) Message {
	if i < 0 {
		panic("corpus: negative message index")
	}
	m := Message{
		Index: i, ID: c.id(i), Availability: "Alive", Priority: "Normal",
		Direction: "Inbound", Status: "Received", slot: c.plan[i%period],
	}
	m.Created = c.time(i)
	r := stream(c.seed, forMessage, uint64(i))
	m.Modified = m.Created.Add(time.Duration(r.between(90, 4000)) * time.Millisecond)
	switch m.slot.kind {
	case voicemail:
		c.voicemail(&m, &r)
	case fax:
		c.fax(&m, &r)
	case sms:
		c.sms(&m, &r)
	default:
		c.pager(&m, &r)
	}
	m.Read = m.Direction == "Outbound" || c.read(i, &r)
	return m
}

// read leaves the newest part of the mailbox as the desk's queue: a quarter of
// everything, nearly all unread, and a straggler here and there before it.
func (c *Corpus) read(i int, r *rng) bool {
	if i >= c.messages {
		return r.percent(3)
	}
	if i >= c.messages-(c.messages*27+99)/100 {
		return r.percent(12)
	}
	return !r.percent(2)
}

func (c *Corpus) id(i int) int64 {
	r := stream(c.seed, forID, uint64(i))
	return (c.base+int64(i)*idStride+int64(r.n(idStride/2)))*idScale + idCluster
}

// part is the id of a message's n-th further attachment; the first has the
// message's own.
func (c *Corpus) part(i, n int) int64 {
	return (c.base+int64(i)*idStride+idStride/2+int64(n))*idScale + idCluster
}

// Find gives the index of the message with that id, whether or not it is
// beyond Len.
func (c *Corpus) Find(id int64) (i int, ok bool) {
	n := id/idScale - c.base
	if n < 0 || n/idStride > math.MaxInt32 {
		return 0, false
	}
	i = int(n / idStride)
	return i, c.id(i) == id
}
