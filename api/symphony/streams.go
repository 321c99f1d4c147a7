package symphony

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"switchboard/api"
)

// The kinds of streams. Others pass through as they come.
const (
	StreamIM   = "IM"   // with one other
	StreamMIM  = "MIM"  // with several
	StreamRoom = "ROOM" // has a name, and members who come and go
	StreamPost = "POST" // somebody's wall
)

// errNoID is an answer that does not tell what it is about.
var errNoID = errors.New("the answer names no id")

// Stream is a conversation as a list gives it (StreamAttributes).
type Stream struct {
	ID       string
	Type     string // StreamIM …
	Name     string // of a room
	Members  []string
	CrossPod bool // with people of other companies
	Active   bool
}

// StreamInfo is a conversation as it is asked for by itself (V2StreamAttributes).
type StreamInfo struct {
	Stream
	Origin      string    // INTERNAL if made by somebody of the own pod, else EXTERNAL
	LastMessage time.Time // zero: none, or not told
}

// StreamQuery selects streams.
type StreamQuery struct {
	Types       []string // none: all
	Inactive    bool     // those that were closed, too
	Skip, Limit int      // Limit 0: the service's 50
}

type wireStream struct {
	ID          text   `json:"id"`
	CrossPod    flag   `json:"crossPod"`
	Active      *flag  `json:"active"`
	Origin      text   `json:"origin"`
	LastMessage moment `json:"lastMessageDate"`
	Type        struct {
		Type text `json:"type"`
	} `json:"streamType"`
	Room struct {
		Name text `json:"name"`
	} `json:"roomAttributes"`
	Talk struct {
		Members []text `json:"members"`
	} `json:"streamAttributes"`
}

func (w *wireStream) stream() Stream {
	return Stream{
		ID: string(w.ID), Type: string(w.Type.Type), Name: string(w.Room.Name), Members: plainTexts(w.Talk.Members),
		CrossPod: bool(w.CrossPod), Active: w.Active == nil || bool(*w.Active),
	}
}

// usualPage is the length of a page where none is asked for. A page may be shorter than
// what was asked for because of a limit that is not documented; one that is shorter than
// this is the last.
const usualPage = 50

// Streams returns a page of the account's streams, oldest first, and where the next one
// begins (StreamQuery.Skip); 0 after the last (POST /pod/v1/streams/list).
func (c *Client) Streams(ctx context.Context, q StreamQuery) (list []Stream, next int, err error) {
	const op = "listStreams"
	type kind struct {
		Type string `json:"type"`
	}
	body := struct {
		Types    []kind `json:"streamTypes,omitempty"`
		Inactive bool   `json:"includeInactiveStreams"`
	}{Inactive: q.Inactive}
	for _, t := range q.Types {
		body.Types = append(body.Types, kind{t})
	}
	var w []wireStream
	_, err = c.ask(ctx, c.pod, PodGroup, api.Request{
		Op: op, Method: http.MethodPost, Path: "/pod/v1/streams/list", Query: window(q.Skip, q.Limit), Body: body, Safe: true,
	}, lists(&w))
	if err != nil {
		return nil, 0, err
	}
	for i := range w {
		if w[i].ID != "" {
			list = append(list, w[i].stream())
		}
	}
	if len(w) > 0 && (len(w) >= usualPage || len(w) >= q.Limit && q.Limit > 0) {
		next = q.Skip + len(w)
	}
	return list, next, nil
}

// Stream describes one stream (GET /pod/v2/streams/{sid}/info).
func (c *Client) Stream(ctx context.Context, id string) (StreamInfo, error) {
	const op = "streamInfo"
	sid, err := segment(op, id)
	if err != nil {
		return StreamInfo{}, err
	}
	var w wireStream
	if _, err = c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v2/streams/" + sid + "/info"}, reads(&w)); err != nil {
		return StreamInfo{}, err
	}
	if w.ID == "" {
		w.ID = text(SafeID(id))
	}
	return StreamInfo{Stream: w.stream(), Origin: string(w.Origin), LastMessage: w.LastMessage.time()}, nil
}

// Room describes a room (V3RoomDetail).
type Room struct {
	ID            string
	Name          string
	Description   string
	Created       time.Time
	CreatedBy     string
	Active        bool
	Public        bool
	ReadOnly      bool // only owners post
	CopyProtected bool // what is said is not to be copied
	CrossPod      bool
	ViewHistory   bool // those who join see what was said before
	Discoverable  bool
	GroupChat     bool
	Pinned        string // the id of the pinned message
}

type wireRoom struct {
	Attributes struct {
		Name          text `json:"name"`
		Description   text `json:"description"`
		Public        flag `json:"public"`
		ReadOnly      flag `json:"readOnly"`
		CopyProtected flag `json:"copyProtected"`
		CrossPod      flag `json:"crossPod"`
		ViewHistory   flag `json:"viewHistory"`
		Discoverable  flag `json:"discoverable"`
		GroupChat     flag `json:"groupChat"`
		Pinned        text `json:"pinnedMessageId"`
	} `json:"roomAttributes"`
	System struct {
		ID        text   `json:"id"`
		Created   moment `json:"creationDate"`
		CreatedBy text   `json:"createdByUserId"`
		Active    *flag  `json:"active"`
	} `json:"roomSystemInfo"`
}

// Room describes a room (GET /pod/v3/room/{id}/info).
func (c *Client) Room(ctx context.Context, id string) (Room, error) {
	const op = "roomInfo"
	sid, err := segment(op, id)
	if err != nil {
		return Room{}, err
	}
	var w wireRoom
	if _, err = c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v3/room/" + sid + "/info"}, reads(&w)); err != nil {
		return Room{}, err
	}
	a, s := w.Attributes, w.System
	if s.ID == "" {
		s.ID = text(SafeID(id))
	}
	return Room{
		ID: string(s.ID), Name: string(a.Name), Description: string(a.Description), Created: s.Created.time(), CreatedBy: string(s.CreatedBy),
		Active: s.Active == nil || bool(*s.Active), Public: bool(a.Public), ReadOnly: bool(a.ReadOnly), CopyProtected: bool(a.CopyProtected),
		CrossPod: bool(a.CrossPod), ViewHistory: bool(a.ViewHistory), Discoverable: bool(a.Discoverable), GroupChat: bool(a.GroupChat),
		Pinned: string(a.Pinned),
	}, nil
}

// Member is somebody in a room (MemberInfo).
type Member struct {
	ID     string
	Owner  bool
	Joined time.Time
}

// Members lists a room's members (GET /pod/v2/room/{id}/membership/list).
func (c *Client) Members(ctx context.Context, id string) ([]Member, error) {
	const op = "roomMembers"
	sid, err := segment(op, id)
	if err != nil {
		return nil, err
	}
	var w []struct {
		ID     count  `json:"id"`
		Owner  flag   `json:"owner"`
		Joined moment `json:"joinDate"`
	}
	if _, err = c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v2/room/" + sid + "/membership/list"}, lists(&w)); err != nil {
		return nil, err
	}
	list := make([]Member, 0, len(w))
	for _, m := range w {
		if m.ID != 0 {
			list = append(list, Member{idOf(m.ID), bool(m.Owner), m.Joined.time()})
		}
	}
	return list, nil
}

// roomCache remembers for a while whether rooms show their history, so that a hundred
// refused files ask about their room once.
type roomCache struct {
	mu    sync.Mutex
	known map[string]bool
	until time.Time
}

const (
	mostRooms = 1000
	roomsFor  = 10 * time.Minute
)

// hidesHistory reports whether stream is a room that does not show its history. What
// cannot be found out is not.
func (c *Client) hidesHistory(ctx context.Context, stream string) bool {
	stream = SafeID(stream)
	r, now := &c.rooms, c.session.clock.Now()
	r.mu.Lock()
	if r.known == nil || len(r.known) >= mostRooms || now.After(r.until) {
		r.known, r.until = map[string]bool{}, now.Add(roomsFor)
	}
	hides, ok := r.known[stream]
	r.mu.Unlock()
	if ok {
		return hides
	}
	room, err := c.Room(ctx, stream)
	if e, ok := answered(err); err != nil && (!ok || e.Status >= http.StatusInternalServerError || api.IsTemporary(err)) {
		return false
	}
	hides = err == nil && !room.ViewHistory && !room.Public // else it is no room, or none to be seen
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[stream] = hides
	return hides
}
