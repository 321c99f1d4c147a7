package symphony

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/corpus/teams"
)

const (
	directory  = 60 // entries of the company's directory
	outside    = 2  // streams that the account is not in, beyond Config.Streams
	outsideHas = 24 // messages of each of those
	podBase    = int64(7_078_106_103_809)
	otherBase  = int64(9_139_690_405_889)
)

// data is what the pod holds: people, streams and messages computed where they
// are looked at, and what was said since the start.
type data struct {
	cfg   *Config
	now   func() time.Time
	base  *teams.Teams
	seal  sealer
	files *pool

	once  sync.Once
	order []brief // the account's streams, oldest first

	mu   sync.RWMutex
	late map[int][]message // by stream: said since the start
	held int64             // bytes of files that were sent
}

func newData(cfg *Config) *data {
	c := corpus.New(corpus.Config{Seed: cfg.Seed, Messages: 1000, Now: cfg.Now()})
	files := cfg.Files
	if files == nil {
		files = c
	}
	return &data{
		cfg: cfg, now: cfg.Now, seal: newSealer(cfg.Seed), late: map[int][]message{}, files: newPool(c, files),
		base: teams.New(c, teams.Config{
			Seed: cfg.Seed ^ 0x5ca1e, Chats: cfg.Streams, Posts: cfg.Messages, Directory: directory, Now: cfg.Now(),
		}),
	}
}

// user is somebody.
type user struct {
	id                       int64
	first, last, name, email string
	username, company, title string
	department               string
	guest, service           bool
}

// me is the service account.
func (d *data) me() int64 { return podBase }

// uid makes a user's id of a person's of team messaging.
func uid(person int64) int64 {
	if i, ok := corpus.FindEntry(person); ok {
		return podBase + int64(i)
	}
	return otherBase + (person-teams.Guest(0))/8
}

func (d *data) user(id int64) (user, bool) {
	var person int64
	switch {
	case id >= podBase && id < podBase+directory:
		person = corpus.EntryID(int(id - podBase))
	case id >= otherBase && id < otherBase+1<<20:
		person = teams.Guest(int(id - otherBase))
	default:
		return user{}, false
	}
	p, ok := d.base.Person(person)
	if !ok {
		return user{}, false
	}
	u := user{id: id, first: p.First, last: p.Last, name: p.Name(), email: p.Email, company: corpus.OwnerCompany, guest: p.Guest}
	switch {
	case id == d.me():
		u.username, u.service, u.title = d.cfg.Username, true, "Service Account"
	case p.Guest:
		u.company = "Bay Mutual"
		u.email = strings.ToLower(p.First) + "." + "partner@baymutual.example"
		u.username = u.email
	default:
		u.username = u.email
		e := d.files.people.Entry(int(id - podBase))
		u.title, u.department = e.Title, e.Department
	}
	return u, true
}

// people are all users that can be found: those of the pod, and some of another.
func (d *data) people() []user {
	var all []user
	for i := range int64(directory) {
		if u, ok := d.user(podBase + i); ok {
			all = append(all, u)
		}
	}
	for i := range int64(12) {
		if u, ok := d.user(otherBase + i); ok {
			all = append(all, u)
		}
	}
	return all
}

// stream is a conversation.
type stream struct {
	index                                            int
	id                                               string
	kind                                             string // ROOM IM MIM
	name, about                                      string
	members                                          []int64
	created                                          int64 // ms
	mine, external, public, active                   bool
	copyProtected, readOnly, noHistory, multilateral bool
	joined                                           int64 // ms; when the account came in
	chat                                             teams.Chat
}

// len is how many streams there are, those that the account is not in included.
func (d *data) len() int {
	if d.cfg.Streams == 0 {
		return 0
	}
	return d.cfg.Streams + outside
}

// The first streams, where their kind is a room: what pictures of the program
// show.
var rooms = map[int]struct{ name, about string }{
	0:  {"Harbor Street Announcements", "Everybody at all offices"},
	1:  {"Claims Clearing", "Claims on their way to payers. Put the HS number first"},
	2:  {"Front Desk & Payers", "Who covers what, and what payers ask for"},
	4:  {"Settlements (confidential)", "Statements stay in this room"},
	5:  {"Denials Review", "Newcomers do not see what was said before"},
	8:  {"Bay Mutual × Harbor Street", "With the claims desk of Bay Mutual"},
	9:  {"Prior Authorizations", "With payers' nurses. One message for each request"},
	11: {"Night Desk", "Handover at 7 and at 19"},
	13: {"IT Help", "Telephones, printers, that one fax machine"},
	15: {"Lunch 🥪", ""},
	16: {"Приёмная — Pacifica", "Русскоязычные пациенты"},
}

func (d *data) stream(i int) (stream, bool) {
	if i < 0 || i >= d.len() {
		return stream{}, false
	}
	from := i
	if i >= d.cfg.Streams { // somebody else's: like one of the account's
		from = min(2, d.cfg.Streams-1)
	}
	k := d.base.Chat(from)
	s := stream{index: i, chat: k, name: k.Name, about: k.Description, active: !k.Archived, mine: i < d.cfg.Streams, public: k.Public}
	s.kind = kindOf(&k)
	d.describe(&s)
	for _, m := range k.Members {
		s.members = append(s.members, uid(m))
	}
	if s.mine && !slices.Contains(s.members, d.me()) {
		s.members = append([]int64{d.me()}, s.members...)
	}
	for _, m := range s.members {
		s.external = s.external || m >= otherBase
	}
	s.created = k.Created.UnixMilli()
	s.joined = s.created
	if s.noHistory {
		s.joined = d.at(&s, d.baseCount(i)/2)
	}
	s.id = d.seal.id(place{kind: streamID, stream: i}, s.created)
	return s, true
}

func kindOf(k *teams.Chat) string {
	switch k.Type {
	case teams.Direct:
		return "IM"
	case teams.Group:
		return "MIM"
	}
	return "ROOM"
}

// describe gives a room its name and its rules.
func (d *data) describe(s *stream) {
	i := s.index
	if !s.mine {
		s.kind, s.chat.Type = "ROOM", teams.Team
		s.public = i == d.cfg.Streams
		s.name, s.about = "Pharmacy Chain Desk", "A public room of others"
		s.members = nil
		s.chat.Members = slices.DeleteFunc(slices.Clone(s.chat.Members), func(m int64) bool { return uid(m) == d.me() })
		if !s.public {
			s.name, s.about = "Board Papers", "A private room of others"
		}
		return
	}
	if s.kind != "ROOM" {
		s.name, s.about, s.public = "", "", false
		return
	}
	if r, ok := rooms[i]; ok {
		s.name, s.about = r.name, r.about
	}
	s.copyProtected = i == 4 || i%17 == 8 && i > 16
	s.noHistory = !s.public && (i == 5 || i%19 == 9 && i > 16)
	s.readOnly = i == 0
	s.multilateral = i == 9
	if i == 8 || i == 9 {
		s.chat.Members = append(slices.Clone(s.chat.Members), teams.Guest(1), teams.Guest(4))
	}
}

func (d *data) baseCount(i int) int {
	if i >= d.cfg.Streams {
		return outsideHas
	}
	return d.base.Count(i)
}

// count is how many messages a stream has. The caller holds the lock.
func (d *data) count(i int) int { return d.baseCount(i) + len(d.late[i]) }

// at is when the n-th message of the start was made, in ms. Now and then two have
// the same time.
func (d *data) at(s *stream, n int) int64 {
	if s.index >= d.cfg.Streams {
		return s.created + int64(1+n)*7*60_000
	}
	if n%23 == 22 {
		n--
	}
	return d.base.At(s.index, n).UnixMilli()
}

// time is when any message was made. The caller holds the lock.
func (d *data) time(s *stream, n int) int64 {
	if base := d.baseCount(s.index); n >= base {
		return d.late[s.index][n-base].at
	}
	return d.at(s, n)
}

// first is the number of the first message not before a time. The caller holds
// the lock.
func (d *data) first(s *stream, ms int64) int {
	return sort.Search(d.count(s.index), func(n int) bool { return d.time(s, n) >= ms })
}

// message is the n-th of a stream; ok is false when there is none. The caller
// holds the lock.
func (d *data) message(s *stream, n int) (message, bool) {
	base := d.baseCount(s.index)
	switch {
	case n < 0:
		return message{}, false
	case n < base:
		return d.make(s, n), true
	case n-base < len(d.late[s.index]):
		return d.late[s.index][n-base], true
	}
	return message{}, false
}

// brief is what sorting and filtering streams needs to know of one.
type brief struct {
	index   int
	created int64
	kind    string
	active  bool
}

// sorted are the account's streams, oldest first.
func (d *data) sorted() []brief {
	d.once.Do(func() {
		d.order = make([]brief, d.cfg.Streams)
		for i := range d.order {
			k := d.base.Chat(i)
			d.order[i] = brief{i, k.Created.UnixMilli(), kindOf(&k), !k.Archived}
		}
		slices.SortStableFunc(d.order, func(a, b brief) int { return cmp.Compare(a.created, b.created) })
	})
	return d.order
}

// findStream is the stream with that id, in its URL-safe form.
func (d *data) findStream(id string) (stream, bool) {
	p, ok := d.seal.find(id, streamID)
	if !ok {
		return stream{}, false
	}
	s, ok := d.stream(p.stream)
	return s, ok && s.id == id
}

// findMessage is the message with that id and its stream.
func (d *data) findMessage(id string) (stream, message, bool) {
	p, ok := d.seal.find(id, messageID)
	if !ok {
		return stream{}, message{}, false
	}
	s, ok := d.stream(p.stream)
	if !ok {
		return s, message{}, false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	m, ok := d.message(&s, p.n)
	return s, m, ok && m.id == id
}

// add says something now. Times of a stream never run backwards.
func (d *data) add(s *stream, m message) message {
	d.mu.Lock()
	defer d.mu.Unlock()
	m.stream, m.n, m.at = s.index, d.count(s.index), d.now().UnixMilli()
	if m.n > 0 {
		m.at = max(m.at, d.time(s, m.n-1))
	}
	m.id = d.seal.id(place{kind: messageID, stream: m.stream, n: m.n}, m.at)
	for i := range m.files {
		m.files[i].number(d.seal, place{kind: fileID, stream: m.stream, n: m.n, part: byte(i)})
		d.held += m.files[i].bytes
	}
	d.late[s.index] = append(d.late[s.index], m)
	return m
}

// sees reports whether the account may read the stream at all, as a member, as
// anybody of a public room, or to export content.
func (d *data) sees(s *stream) bool { return s.mine || s.public || d.cfg.ContentExport }

// reads reports whether the account may read what was said then.
func (d *data) reads(s *stream, ms int64) bool {
	return d.sees(s) && (ms >= s.joined || !s.noHistory || d.cfg.ContentExport)
}
