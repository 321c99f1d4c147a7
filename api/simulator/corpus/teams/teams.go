package teams

import (
	"math"
	"time"

	"switchboard/api/simulator/corpus"
)

// The kinds of chats, in the service's words.
const (
	Everyone = "Everyone"
	Personal = "Personal"
	Direct   = "Direct"
	Group    = "Group"
	Team     = "Team"
)

// Config says how much there is.
type Config struct {
	Seed      uint64
	Chats     int
	Posts     int       // of all chats together
	Directory int       // entries of the directory that members are taken from
	Now       time.Time // when the newest post was made, or a little later
}

// Teams is team messaging that is computed where it is looked at.
type Teams struct {
	c      *corpus.Corpus
	cfg    Config
	seed   uint64
	now    int64 // office milliseconds; see clock.go
	loc    *time.Location
	people []int32 // directory indices of who can be a member, not Front Desk
	weight float64 // of all chats
}

// Chat is one conversation.
type Chat struct {
	Index             int
	ID                int64
	Type              string
	Name, Description string
	Public, Archived  bool
	Created           time.Time
	Members           []int64 // person ids; none for Everyone, whom nobody counts
	Mine              bool    // Front Desk is in it
	Posts             int     // made by the start
}

// Ids are numbers of some ten digits, and each tells what it names.
const (
	chatBase   = int64(1_100_000_002)
	chatStride = 8
	postBase   = int64(20_000_000_004)
	threadBase = int64(7_000_000_000_000_000)
	fileBase   = int64(8_000_000_000_000_000)
	guestBase  = int64(900_000_000_001)
	perChat    = 24 // bits for a post's number
)

// New makes team messaging for the account of c.
func New(c *corpus.Corpus, cfg Config) *Teams {
	t := &Teams{c: c, cfg: cfg, seed: mix(cfg.Seed ^ 0x7ea85), loc: cfg.Now.Location()}
	t.now = officeTime(cfg.Now)
	for i := 1; i < cfg.Directory; i++ {
		if e := c.Entry(i); e.Person() && e.Status == "Enabled" {
			t.people = append(t.people, int32(i))
		}
	}
	for i := range cfg.Chats {
		t.weight += weight(i)
	}
	return t
}

// Len is how many chats there are at the start.
func (t *Teams) Len() int { return t.cfg.Chats }

// weight is how much is said in a chat, beside the others.
func weight(i int) float64 {
	switch i {
	case 0:
		return .15 // announcements
	case 1:
		return .1
	}
	return 1 / (1 + .35*float64(i-2))
}

// ChatID is the id of a chat, made or created later.
func ChatID(i int) int64 { return chatBase + int64(i)*chatStride }

// FindChat gives the index of a chat's id.
func FindChat(id int64) (i int, ok bool) {
	n := id - chatBase
	return int(n / chatStride), n >= 0 && n%chatStride == 0 && n/chatStride < 1<<22
}

// PostID is the id of the n-th post of a chat, made or to come.
func PostID(chat, n int) int64 { return postBase + (int64(chat)<<perChat+int64(n))*4 }

// FindPost gives the chat and the number of a post's id.
func FindPost(id int64) (chat, n int, ok bool) {
	k := id - postBase
	if k < 0 || k%4 != 0 || k/4 >= 1<<(22+perChat) {
		return 0, 0, false
	}
	k /= 4
	return int(k >> perChat), int(k & (1<<perChat - 1)), true
}

// ThreadID is the id of the thread that a post begins.
func ThreadID(chat, n int) int64 { return threadBase + PostID(chat, n) }

// FindThread gives the chat and the number of the post that began a thread.
func FindThread(id int64) (chat, n int, ok bool) { return FindPost(id - threadBase) }

// The chats that every account has, and the first of the others: what people
// look for in a picture of the program.
var named = []struct{ kind, name, about string }{
	{Everyone, corpus.OwnerCompany, "Everybody at all offices"},
	{Personal, "", ""},
	{Team, "Front Desk", "Who covers what, and what callers ask for"},
	{Direct, "", ""},
	{Team, "Refill Requests", "Pharmacy call-backs. One thread per patient, please"},
	{Team, "Dispatch & Dock", "Deliveries, returns, gate codes"},
	{Group, "", ""},
	{Direct, "", ""},
	{Team, "Dental Scheduling", ""},
	{Team, "Billing Questions", "Post the invoice number, never the card number"},
	{Direct, "", ""},
	{Team, "Night Desk", "Handover at 7 and at 19"},
	{Group, "", ""},
	{Team, "IT Help", "Telephones, printers, that one fax machine"},
	{Direct, "", ""},
	{Team, "Lunch 🥪", ""},
	{Team, "Приёмная — Pacifica", "Русскоязычные пациенты"},
}

var about = []string{"Supplies", "Intake", "Referrals", "Couriers", "Records", "On Call", "Training", "Quality", "Inventory", "Events", "Insurance", "Newsletters"}

// Chat makes the i-th chat of the start.
func (t *Teams) Chat(i int) Chat {
	k := Chat{Index: i, ID: ChatID(i), Mine: true, Posts: t.posts(i)}
	r := t.stream(forChat, uint64(i))
	if i < len(named) {
		k.Type, k.Name, k.Description = named[i].kind, named[i].name, named[i].about
		k.Public = k.Type == Team && i%4 == 0
	} else {
		t.another(&k, &r)
	}
	t.members(&k, &r)
	k.Created = t.At(i, 0).Add(-time.Duration(5+r.n(600)) * time.Second)
	return k
}

// another is a chat beyond the named ones.
func (t *Teams) another(k *Chat, r *rng) {
	switch k.Index % 5 {
	case 0, 3:
		k.Type = Direct
	case 1:
		k.Type = Group
	default:
		k.Type = Team
		k.Name = pick(r, towns) + " " + pick(r, about)
		if r.percent(40) {
			k.Description = "All about " + k.Name
		}
		k.Public = k.Index%3 == 0
		k.Mine = !k.Public || k.Index%2 == 0
		k.Archived = k.Mine && k.Index%11 == 7
		if k.Index%43 == 17 {
			k.Name = pick(r, hostileNames)
		}
	}
}

// members says who is in a chat; Front Desk comes first in its own.
func (t *Teams) members(k *Chat, r *rng) {
	if k.Type == Everyone {
		return
	}
	if k.Mine {
		k.Members = append(k.Members, corpus.EntryID(0))
	}
	n := 0
	switch k.Type {
	case Direct:
		k.Members = append(k.Members, t.other(k.Index))
	case Group:
		n = r.between(2, 5)
	case Team:
		n = r.between(3, 12)
	}
	for range n {
		id := t.somebody(r)
		known := false
		for _, m := range k.Members {
			known = known || m == id
		}
		if !known {
			k.Members = append(k.Members, id)
		}
	}
}

// somebody is anybody of the directory.
func (t *Teams) somebody(r *rng) int64 {
	if len(t.people) == 0 {
		return Guest(r.n(9))
	}
	return corpus.EntryID(int(t.people[r.n(len(t.people))]))
}

// other is who a direct chat is with: everybody of the directory in turn, then
// guests, so that no two of them are with the same one.
func (t *Teams) other(chat int) int64 {
	nth := 0
	if chat < len(named) {
		for _, n := range named[:chat] {
			if n.kind == Direct {
				nth++
			}
		}
	} else {
		nth = 4 + (chat-len(named))/5*2 + [...]int{0, 0, 0, 1, 1}[chat%5]
	}
	if nth < len(t.people) {
		return corpus.EntryID(int(t.people[nth]))
	}
	return Guest(nth - len(t.people))
}

// Count is how many posts a chat has at the start.
func (t *Teams) Count(i int) int { return t.posts(i) }

func (t *Teams) posts(i int) int {
	if i < 0 || i >= t.cfg.Chats || t.cfg.Posts <= 0 {
		return 0
	}
	return max(1, int(math.Round(float64(t.cfg.Posts)*weight(i)/t.weight)))
}

// Person is somebody who posts.
type Person struct {
	ID                 int64
	First, Last, Email string
	Guest              bool // of another company
	Since              time.Time
}

// Guest is the id of the n-th person of another company.
func Guest(n int) int64 { return guestBase + int64(n)*8 }

// Person finds somebody by id.
func (t *Teams) Person(id int64) (Person, bool) {
	since := t.cfg.Now.AddDate(-2, 0, -int(id%300)).Truncate(24 * time.Hour)
	if i, ok := corpus.FindEntry(id); ok && i < t.cfg.Directory {
		e := t.c.Entry(i)
		if !e.Person() {
			return Person{}, false
		}
		return Person{ID: id, First: e.First, Last: e.Last, Email: e.Email, Since: since}, true
	}
	n := id - guestBase
	if n < 0 || n%8 != 0 || n/8 > 1<<20 {
		return Person{}, false
	}
	r := t.stream(forGuest, uint64(n))
	return Person{ID: id, First: pick(&r, guestFirst), Last: pick(&r, guestLast), Email: "", Guest: true, Since: since}, true
}

// Name is a person's name as chats show it.
func (p Person) Name() string {
	switch {
	case p.First == "":
		return p.Last
	case p.Last == "":
		return p.First
	}
	return p.First + " " + p.Last
}
