package groups

import (
	"context"
	"errors"
	"sort"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// posts is the pane with the posts of one chat, or of one thread of it. It keeps its
// place by post: line is where the first line of the post under the cursor stands on
// the screen, and stays so whatever is loaded above and below.
type posts struct {
	m      *Model
	chat   store.Chat
	thread string
	back   store.ID // where one was before the thread
	rows   []store.ChatPost
	start  bool
	end    bool
	more   bool // the service has older ones
	have   bool
	at     store.ID
	line   int
	stick  bool // show the end when it is next drawn
	bottom bool // the end was in sight when it was last drawn

	gen    int
	busy   bool
	again  bool
	aim    int // moves that wait for rows
	edge   int // -1 to the first, 1 to the last, once they are here
	err    error
	asking bool // the service is asked for older ones
	asked  store.ID
	ask    error // why it did not answer

	cache   map[store.ID]drawn
	cacheW  int
	heights map[store.ID]int
	height  int // of the room for posts, as last drawn
}

// postsGot is a part of a chat.
type postsGot struct {
	gen  int
	edge int // at which end it was read
	w    store.PostWindow
	c    store.Chat
	me   store.Person
	read bool // at what is unread
	err  error
}

// olderGot is what came of asking for older posts.
type olderGot struct {
	chat int64
	came int
	more bool
	err  error
}

func (p *posts) clear() {
	m, gen := p.m, p.gen
	*p = posts{m: m, gen: gen + 1}
}

// waits reports whether keys must wait for posts.
func (p *posts) waits() bool { return p.busy && (!p.have || p.aim != 0 || p.edge != 0) }

// open shows a chat, where one was in it or at what is unread.
func (p *posts) open(c store.Chat, thread string) tea.Cmd {
	m := p.m
	if old, ok := p.current(); ok && p.thread == "" && !p.bottom {
		m.places[p.chat.ID] = old.ID
	} else if p.thread == "" {
		delete(m.places, p.chat.ID)
	}
	gen, height := p.gen, p.height
	*p = posts{m: m, gen: gen + 1, chat: c, thread: thread, height: height}
	if thread == "" {
		p.at = m.places[c.ID]
	}
	return join(p.load(), m.write.peek(c.ID))
}

// load reads the posts around the cursor.
func (p *posts) load() tea.Cmd {
	if p.chat.ID == 0 {
		return nil
	}
	if p.busy {
		p.again = true
		return nil
	}
	p.busy = true
	m, gen, at, edge := p.m, p.gen, p.at, p.edge
	q := store.PostQuery{Chat: p.chat.ID, Thread: p.thread}
	_, known := m.me[p.chat.Account]
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		st := m.env.Store
		c, err := st.ChatOf(ctx, q.Chat)
		got := postsGot{gen: gen, edge: edge, c: c}
		switch {
		case err != nil:
		case edge > 0:
			got.w, err = st.Posts(ctx, q, store.FromEnd, 2*postsAround, 0)
		case edge < 0:
			got.w, err = st.Posts(ctx, q, store.FromStart, 0, 2*postsAround)
		case at != 0:
			got.w, err = st.Posts(ctx, q, at, postsAround, postsAround)
		case c.Unread > 0 && q.Thread == "":
			got.read = true
			got.w, err = st.Posts(ctx, q, c.ReadTo+1, postsAround, postsAround)
		default:
			got.w, err = st.Posts(ctx, q, store.FromEnd, 2*postsAround, 0)
		}
		if err == nil && !known {
			got.me, err = st.Myself(ctx, c.Account)
		}
		got.err = err
		return got
	})
}

func (p *posts) took(msg postsGot) tea.Cmd {
	if msg.gen != p.gen {
		return nil
	}
	p.busy = false
	if p.err = msg.err; msg.err != nil {
		p.aim, p.edge, p.again = 0, 0, false
		if errors.Is(msg.err, store.ErrNotFound) {
			p.clear()
			return p.m.load()
		}
		return nil
	}
	if msg.me.Remote != "" {
		p.m.me[msg.c.Account] = msg.me
	}
	first := !p.have
	last := store.ID(0)
	if n := len(p.rows); n > 0 {
		last = p.rows[n-1].ID
	}
	p.rows, p.start, p.end, p.more, p.have, p.cache = msg.w.Rows, msg.w.Start, msg.w.End, msg.w.Older, true, nil
	p.chat = msg.c
	switch {
	case len(p.rows) == 0:
		p.at = 0
	case msg.edge > 0 || p.at == 0 && !msg.read:
		p.at, p.stick = p.rows[len(p.rows)-1].ID, true
	case msg.edge < 0:
		p.at, p.line = p.rows[0].ID, 0
	case msg.read && first:
		p.at, p.line = p.rows[p.index(msg.c.ReadTo+1)].ID, max(p.height/4, 2)
	default:
		p.at = p.rows[p.index(p.at)].ID
		p.stick = p.stick || p.bottom && p.end && p.rows[len(p.rows)-1].ID > last && last != 0
	}
	if first && !msg.read && p.at != 0 && !p.stick {
		p.line = max(p.height/3, 2)
	}
	if msg.edge == p.edge {
		p.edge = 0
	}
	p.step(0)
	cmd := p.need()
	if p.again || p.edge != 0 {
		p.again = false
		cmd = join(cmd, p.load())
	}
	return cmd
}

// index is the place of a post among the rows, or of the next one.
func (p *posts) index(id store.ID) int {
	i := sort.Search(len(p.rows), func(i int) bool { return p.rows[i].ID >= id })
	return min(i, max(len(p.rows)-1, 0))
}

// current is the post under the cursor.
func (p *posts) current() (store.ChatPost, bool) {
	if len(p.rows) == 0 {
		return store.ChatPost{}, false
	}
	return p.rows[p.index(p.at)], true
}

// step moves the cursor by n posts, as far as they are known; what is left waits for
// those that are read.
func (p *posts) step(n int) {
	p.aim += n
	if len(p.rows) == 0 || !p.have {
		p.aim = 0
		return
	}
	for p.aim != 0 {
		i := p.index(p.at)
		switch {
		case p.aim > 0 && i+1 < len(p.rows):
			p.line += p.tall(p.rows[i].ID)
			p.at = p.rows[i+1].ID
			p.aim--
		case p.aim < 0 && i > 0:
			p.line -= p.tall(p.rows[i-1].ID)
			p.at = p.rows[i-1].ID
			p.aim++
		case p.aim > 0 && p.end, p.aim < 0 && p.start:
			p.stick = p.stick || p.aim > 0
			p.aim = 0
		default:
			return
		}
	}
}

func (p *posts) tall(id store.ID) int {
	if h := p.heights[id]; h > 0 {
		return h
	}
	return 2
}

// near is how many rows from an end more are read.
const near = 25

// need reads more where the cursor comes near an end of what is known, and asks the
// service where it comes near the end of what is here.
func (p *posts) need() tea.Cmd {
	if !p.have || p.err != nil {
		return nil
	}
	i := p.index(p.at)
	var cmd tea.Cmd
	if len(p.rows) > 0 && (i < near && !p.start || i >= len(p.rows)-near && !p.end) {
		if !p.busy {
			cmd = p.load()
		}
	}
	if p.thread != "" || p.asking || p.ask != nil {
		return cmd
	}
	if p.more && i < near {
		at := store.FromEnd
		if len(p.rows) > 0 {
			at = p.rows[0].ID
		}
		return join(cmd, p.askOlder(at))
	}
	for j := max(i-near, 0); j <= min(i+near, len(p.rows)-1); j++ {
		if p.rows[j].Gap && j > 0 {
			return join(cmd, p.askOlder(p.rows[j].ID))
		}
	}
	return cmd
}

// askOlder asks the service for what is missing above a post.
func (p *posts) askOlder(at store.ID) tea.Cmd {
	p.asking, p.asked = true, at
	m, chat := p.m, p.chat.ID
	return m.env.Do(m.env.Ctx, network, func(ctx context.Context) tea.Msg {
		came, more, err := m.env.Store.OlderPosts(ctx, chat, at)
		return olderGot{chat, came, more, err}
	})
}

func (p *posts) older(msg olderGot) tea.Cmd {
	if msg.chat != p.chat.ID {
		return nil
	}
	p.asking = false
	if msg.err != nil && !screen.Quiet(msg.err) {
		p.ask = msg.err // said where the posts are missing; F5 asks again
		return nil
	}
	return p.load()
}

// unread is where the line above what is unread stands: at a post, or 0.
func (p *posts) unread() store.ID {
	if p.thread != "" {
		return 0
	}
	for i, r := range p.rows {
		if r.Unread {
			if i == 0 && !p.start {
				return 0
			}
			return r.ID
		}
	}
	return 0
}
