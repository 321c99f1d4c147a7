package teams

import (
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
)

// Post is an entry of a chat.
type Post struct {
	Chat, N           int
	ID                int64
	Type              string // TextMessage, PersonJoined, PersonsAdded
	Text              string
	Creator           int64
	Added             []int64 // of PersonsAdded
	Created, Modified time.Time
	Attachments       []Attachment
	Mentions          []Mention
	Parent            int64 // of an answer in a thread
	Thread            int64
	IsParent          bool
	Title, Emoji      string // of a bot's post
}

// Mention names who or what a text points at.
type Mention struct {
	ID         int64
	Type, Name string
}

// Attachment is what hangs on a post.
type Attachment struct {
	ID                   int64
	Type                 string // File, Card, Event, Note, Task
	Name                 string // of a file
	Title, Text, Note    string
	Intro, Footer, Color string
	Fields               [][2]string
	Start, End           time.Time // of an event
	Place                string
}

// The kinds of sittings, in the order in which they follow each other.
const (
	talkPlain = iota
	talkMention
	talkPhoto
	talkThread
	talkMarkdown
	talkJoined
	talkForeign
	talkEdited
	talkPapers
	talkHostile
	talkFiles
	talkCards
	talkKinds
)

// Post makes the n-th post of a chat, 0 being the oldest; n may be beyond what
// there is at the start, and is then still to come.
func (t *Teams) Post(k *Chat, n int) Post {
	p := Post{Chat: k.Index, N: n, ID: PostID(k.Index, n), Type: "TextMessage", Created: t.At(k.Index, n)}
	p.Modified = p.Created
	sitting, line := n/perTalk, n%perTalk
	r := t.stream(forPost, uint64(k.Index)<<perChat|uint64(n))
	talk := t.stream(forTalk, uint64(k.Index)<<perChat|uint64(sitting))
	kind := (sitting + k.Index*5) % talkKinds
	w := &writer{rng: talk, t: t}
	script := pick(&w.rng, dialogues)
	p.Creator = t.speaker(k, sitting, line)
	words := rng(uint64(w.rng) + uint64(line)*77)
	w.rng = words
	p.Text = w.text(script[line%len(script)])
	t.special(&p, k, kind, line, w, &r)
	return p
}

// speaker is who says a line: two or three people take turns.
func (t *Teams) speaker(k *Chat, sitting, line int) int64 {
	r := t.stream(forTalk, uint64(k.Index)<<perChat|uint64(sitting)|1<<50)
	if len(k.Members) == 0 {
		id := t.somebody(&r)
		if line%2 == 1 {
			return t.somebody(&r)
		}
		return id
	}
	a := r.n(len(k.Members))
	turn := [perTalk]int{0, 1, 0, 1, 2, 0}[line]
	return k.Members[(a+turn*(1+r.n(2)))%len(k.Members)]
}

// special makes a post what the kind of its sitting has in that place.
func (t *Teams) special(p *Post, k *Chat, kind, line int, w *writer, r *rng) {
	switch kind {
	case talkMention:
		t.mention(p, k, line, w)
	case talkPhoto:
		if line == 1 {
			p.Text = pick(r, []string{"", "here's the label", "this is what was in the box"})
			p.Attachments = t.files(p, fileJPEG)
		}
	case talkThread:
		t.thread(p, line)
	case talkMarkdown:
		p.Text = w.text(markdown[(k.Index+p.N/perTalk+line)%len(markdown)])
	case talkJoined:
		t.joined(p, k, line)
	case talkForeign:
		p.Text = foreign[(k.Index+p.N)%len(foreign)]
	case talkEdited:
		if line%3 == 1 {
			p.Text += " (edit: " + w.text("{time}") + ")"
			p.Modified = p.Created.Add(time.Duration(20+r.n(50)) * time.Second)
		}
	case talkPapers:
		switch line {
		case 0:
			p.Attachments = t.files(p, filePDF)
		case 3:
			p.Text, p.Attachments = "", t.files(p, fileWAV)
		}
	case talkHostile:
		if line%2 == 0 {
			p.Text = hostileTexts[(k.Index+p.N/perTalk/talkKinds*3+line/2)%len(hostileTexts)]
		}
		if line == 3 {
			p.Attachments = t.files(p, fileJPEG)
			p.Attachments[0].Name = pick(r, hostileFiles)
		}
	case talkFiles:
		switch line {
		case 0:
			p.Attachments = t.files(p, fileText)
		case 2:
			p.Text, p.Attachments = "", t.files(p, fileCSV, filePDF, fileJPEG)
		}
	case talkCards:
		t.cards(p, line, w)
	}
}

func (t *Teams) mention(p *Post, k *Chat, line int, w *writer) {
	point := func(kind string, id int64, name string) string {
		p.Mentions = append(p.Mentions, Mention{ID: id, Type: kind, Name: name})
		return "![:" + kind + "](" + strconv.FormatInt(id, 10) + ")"
	}
	who := corpus.EntryID(0)
	if line > 0 || !k.Mine {
		who = t.speaker(k, p.N/perTalk, (line+1)%perTalk)
	}
	someone, ok := t.Person(who)
	if !ok {
		return
	}
	switch line {
	case 0, 2:
		p.Text = point("Person", who, someone.Name()) + " " + p.Text
	case 3:
		p.Text = w.text("thanks ") + point("Person", who, someone.Name()) + " 🙏"
	case 4:
		if k.Type == Team {
			p.Text = point("Team", k.ID, k.Name) + " " + p.Text
		}
	case 5:
		// Somebody whom the list of mentions leaves out.
		p.Text = "![:Person](" + strconv.FormatInt(who, 10) + ") see above"
	}
}

// thread: the first post of the sitting begins it, the next four answer.
func (t *Teams) thread(p *Post, line int) {
	first := p.N - line
	if line == perTalk-1 {
		return
	}
	p.Thread = ThreadID(p.Chat, first)
	if p.IsParent = line == 0; !p.IsParent {
		p.Parent = PostID(p.Chat, first)
	}
}

func (t *Teams) joined(p *Post, k *Chat, line int) {
	if len(k.Members) < 3 || k.Type != Team {
		return
	}
	switch line {
	case 0:
		p.Type, p.Text = "PersonJoined", ""
	case 2:
		p.Type, p.Text = "PersonsAdded", ""
		n := p.N / perTalk
		for i := range 1 + n%2 {
			p.Added = append(p.Added, k.Members[(n+i+1)%len(k.Members)])
		}
	}
}

func (t *Teams) cards(p *Post, line int, w *writer) {
	id := fileBase/2 + p.ID*8
	switch line {
	case 0:
		p.Title, p.Emoji, p.Text = "Queue Watch", ":bell:", ""
		p.Attachments = []Attachment{{
			ID: id, Type: "Card", Title: w.text("{n} callers waiting on Patient Line"), Text: w.text("Longest wait **{n} minutes**. Last agent: {first}"),
			Note: w.text("Patient Line: {n} waiting"), Intro: "Queue report", Color: "Red", Footer: "Queue Watch, every 15 minutes",
			Fields: [][2]string{{"Queue", "Patient Line (201)"}, {"Waiting", w.text("{n}")}},
		}}
	case 2:
		day := time.Date(p.Created.Year(), p.Created.Month(), p.Created.Day()+1, 12, 0, 0, 0, t.loc)
		p.Attachments = []Attachment{{ID: id, Type: "Event", Title: w.text("Huddle: {topic}"), Start: day, End: day.Add(30 * time.Minute), Place: "Break room", Color: "Blue"}}
	case 3:
		p.Text = ""
		p.Attachments = []Attachment{{ID: id, Type: "Note", Title: w.text("Closing checklist, {town}")}}
	case 4:
		p.Attachments = []Attachment{{ID: id, Type: "Task", Title: w.text("Order {drug}, {n} boxes")}}
	}
}

// Snippet is a text that somebody might post now; another n, another one.
func (t *Teams) Snippet(n int) string {
	w := &writer{rng: t.stream(forTalk, uint64(n)|1<<52), t: t}
	script := pick(&w.rng, dialogues)
	return strings.TrimSpace(w.text(pick(&w.rng, script)))
}
