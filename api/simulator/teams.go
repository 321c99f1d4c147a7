package simulator

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/corpus/teams"
)

// defaultPostLimit is how many posts a user may make in a day.
const defaultPostLimit = 2500

// teamBox is team messaging: the corpus's chats and posts with changes over
// them. Its lock may be held while events are published, never while another
// part of the server is asked.
type teamBox struct {
	mu      sync.Mutex
	now     func() time.Time
	base    *teams.Teams
	order   []int              // chats by creation; made when first asked for
	brief   []chatBrief        // of the corpus's chats
	over    map[int]*chatState // chats that were changed or made
	made    int
	posts   map[int]*chatPosts // by chat: what was posted or changed since the start
	favs    []int
	files   map[int64]*teamFile
	bytes   int64 // of all files
	hooks   []*teamHook
	age     string // "", "2019", "2018": which paths the service knows
	day     string // of the count
	posted  int
	limit   int
	serial  int64 // of files and webhooks
	traffic uint64
}

// chatBrief is what sorting and filtering chats needs to know of one.
type chatBrief struct {
	kind    string
	created int64 // ms
	mine    bool
}

// chatState is a chat that is not as the corpus has it.
type chatState struct {
	teams.Chat
	deleted  bool
	modified time.Time
}

// chatPosts are the posts of one chat that were made since the start, and the
// changes to any of its posts.
type chatPosts struct {
	late []teams.Post
	over map[int]postState
}

// postState is a change of a post.
type postState struct {
	text     *string
	mentions []teams.Mention // in text
	modified time.Time
	removed  bool
	parent   bool // a thread was begun on it
}

// teams makes team messaging: some chats even for an empty mailbox, since every
// account has its own and the company's.
func (s *Server) newTeams() {
	chats, posts := s.cfg.Chats, s.cfg.Posts
	switch {
	case chats < 0:
		chats = 0
	case chats == 0 && s.cfg.Messages == 0:
		chats = 2
	case chats == 0:
		chats = 24
	}
	if posts == 0 {
		posts = 40 * chats
	}
	s.teams = &teamBox{
		now: s.cfg.Now, over: map[int]*chatState{}, posts: map[int]*chatPosts{}, files: map[int64]*teamFile{}, limit: defaultPostLimit,
		base: teams.New(s.corpus, teams.Config{Seed: s.cfg.Seed, Chats: chats, Posts: max(posts, 0), Directory: s.cfg.Directory, Now: s.cfg.Now()}),
	}
	for _, i := range []int{2, 4} {
		if i < chats {
			s.teams.favs = append(s.teams.favs, i)
		}
	}
}

// me is the person that the account's user is.
func me() int64 { return corpus.EntryID(0) }

// chat is a chat as it is now. The caller holds the lock.
func (b *teamBox) chat(i int) (teams.Chat, bool) {
	if st := b.over[i]; st != nil {
		return st.Chat, !st.deleted
	}
	if i < 0 || i >= b.base.Len() {
		return teams.Chat{}, false
	}
	return b.base.Chat(i), true
}

// change makes a chat one that differs from the corpus's. The caller holds the
// lock.
func (b *teamBox) change(i int) *chatState {
	st := b.over[i]
	if st == nil {
		st = &chatState{Chat: b.base.Chat(i)}
		st.Members = slices.Clone(st.Members)
		b.over[i] = st
	}
	st.modified = b.now()
	return st
}

// addChat stores a new chat. The caller holds the lock.
func (b *teamBox) addChat(k teams.Chat) *chatState {
	b.sorted() // before it is one of them
	k.Index = b.base.Len() + b.made
	k.ID, k.Created, k.Mine = teams.ChatID(k.Index), b.now(), true
	b.made++
	st := &chatState{Chat: k, modified: k.Created}
	b.over[k.Index] = st
	b.order = append(b.order, k.Index)
	return st
}

// sorted is every chat there ever was, oldest first. The caller holds the lock.
func (b *teamBox) sorted() []int {
	if b.order != nil {
		return b.order
	}
	b.brief = make([]chatBrief, b.base.Len())
	b.order = make([]int, b.base.Len())
	for i := range b.order {
		k := b.base.Chat(i)
		b.order[i], b.brief[i] = i, chatBrief{k.Type, k.Created.UnixMilli(), k.Mine}
	}
	slices.SortStableFunc(b.order, func(x, y int) int { return cmp.Compare(b.brief[x].created, b.brief[y].created) })
	return b.order
}

// about tells kind and membership of a chat without making it. The caller holds
// the lock and has called sorted.
func (b *teamBox) about(i int) (kind string, mine, alive bool) {
	if st := b.over[i]; st != nil {
		return st.Type, st.Mine, !st.deleted
	}
	return b.brief[i].kind, b.brief[i].mine, true
}

// after is the time of a change: later than the one before it, as on a clock that goes on,
// so that whoever hears of both can tell which is the newer.
func (b *teamBox) after(before time.Time) time.Time {
	if now := b.now(); now.After(before) {
		return now
	}
	return before.Add(time.Millisecond)
}

// modified is when something last happened in a chat. The caller holds the lock.
func (b *teamBox) modified(i int) time.Time {
	at, ok := b.stored(i, b.count(i)-1)
	if !ok && i < b.base.Len() {
		at = b.base.Chat(i).Created
	}
	if st := b.over[i]; st != nil && st.modified.After(at) {
		at = st.modified
	}
	return at
}

// stored is when a post was made, removed or not. The caller holds the lock.
func (b *teamBox) stored(i, n int) (time.Time, bool) {
	base := b.base.Count(i)
	if n < 0 {
		return time.Time{}, false
	}
	if n < base {
		return b.base.At(i, n), true
	}
	if ps := b.posts[i]; ps != nil && n-base < len(ps.late) {
		return ps.late[n-base].Created, true
	}
	return time.Time{}, false
}

// count is how many posts a chat had, removed ones included. The caller holds
// the lock.
func (b *teamBox) count(i int) int {
	n := b.base.Count(i)
	if ps := b.posts[i]; ps != nil {
		n += len(ps.late)
	}
	return n
}

// post is a post as it is now; ok is false for one that was removed or never
// was. The caller holds the lock.
func (b *teamBox) post(k *teams.Chat, n int) (p teams.Post, ok bool) {
	base, ps := b.base.Count(k.Index), b.posts[k.Index]
	switch {
	case n < 0:
		return p, false
	case n < base:
		plain := b.base.Chat(k.Index) // whose members wrote it
		p = b.base.Post(&plain, n)
	case ps != nil && n-base < len(ps.late):
		p = ps.late[n-base]
	default:
		return p, false
	}
	if ps == nil {
		return p, true
	}
	st, changed := ps.over[n]
	if !changed {
		return p, true
	}
	if st.text != nil {
		p.Text, p.Mentions = *st.text, st.mentions
	}
	if st.modified.After(p.Modified) {
		p.Modified = st.modified
	}
	if st.parent {
		p.IsParent, p.Thread = true, teams.ThreadID(k.Index, n)
	}
	return p, !st.removed
}

// changed gives the changes of a chat's posts, to be written. The caller holds
// the lock.
func (b *teamBox) changed(i int) *chatPosts {
	ps := b.posts[i]
	if ps == nil {
		ps = &chatPosts{over: map[int]postState{}}
		b.posts[i] = ps
	}
	return ps
}

// add posts. Times of a chat's posts never run backwards. The caller holds the
// lock.
func (b *teamBox) add(k *teams.Chat, p teams.Post) teams.Post {
	n := b.count(k.Index)
	p.Chat, p.N, p.ID = k.Index, n, teams.PostID(k.Index, n)
	p.Created = b.now().Truncate(time.Millisecond)
	if last, ok := b.stored(k.Index, n-1); ok && !p.Created.After(last) {
		p.Created = last.Add(time.Millisecond)
	}
	p.Modified = p.Created
	if p.Type == "" {
		p.Type = "TextMessage"
	}
	if p.Parent != 0 {
		_, at, _ := teams.FindPost(p.Parent)
		p.Thread = teams.ThreadID(k.Index, at)
		ps := b.changed(k.Index)
		st := ps.over[at]
		st.parent = true
		ps.over[at] = st
	}
	ps := b.changed(k.Index)
	ps.late = append(ps.late, p)
	return p
}

// mayPost counts a post against the day's limit. The caller holds the lock.
func (b *teamBox) mayPost() bool {
	if day := b.now().UTC().Format(time.DateOnly); day != b.day {
		b.day, b.posted = day, 0
	}
	if b.posted >= b.limit {
		return false
	}
	b.posted++
	return true
}
