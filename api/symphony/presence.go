package symphony

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
)

// Where somebody is. Others pass through as they come.
const (
	PresenceUndefined    = "UNDEFINED"
	PresenceAvailable    = "AVAILABLE"
	PresenceBusy         = "BUSY"
	PresenceDoNotDisturb = "DO_NOT_DISTURB"
	PresenceOnThePhone   = "ON_THE_PHONE"
	PresenceBeRightBack  = "BE_RIGHT_BACK"
	PresenceInAMeeting   = "IN_A_MEETING"
	PresenceAway         = "AWAY"
	PresenceOutOfOffice  = "OUT_OF_OFFICE"
	PresenceOffWork      = "OFF_WORK"
	PresenceOffline      = "OFFLINE"
)

// MaxPresences is the most that one page of presences may hold.
const MaxPresences = 5000

// Presence is where somebody is (V2Presence).
type Presence struct {
	UserID   string
	Category string    // PresenceAvailable …
	Time     time.Time // since when
}

type wirePresence struct {
	UserID    count  `json:"userId"`
	Category  text   `json:"category"`
	Timestamp moment `json:"timestamp"`
}

func (w wirePresence) presence() Presence {
	return Presence{idOf(w.UserID), string(w.Category), w.Timestamp.time()}
}

// Presence tells where somebody is (GET /pod/v3/user/{uid}/presence), or the account itself
// for "" (GET /pod/v2/user/presence).
func (c *Client) Presence(ctx context.Context, user string) (Presence, error) {
	const op = "presence"
	path := "/pod/v2/user/presence"
	if user != "" {
		uid, err := number(op, user)
		if err != nil {
			return Presence{}, err
		}
		path = "/pod/v3/user/" + strconv.FormatInt(uid, 10) + "/presence"
	}
	var w wirePresence
	_, err := c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: path}, reads(&w))
	p := w.presence()
	if p.UserID == "" {
		p.UserID = user
	}
	return p, err
}

// Presences returns a page of everybody's in the own pod, by ascending id, after the user
// last; "" is the beginning (GET /pod/v2/users/presence). Who is left out is offline. limit
// 0 is the service's 1,000. The service calls it expensive: seldom, and in the background.
func (c *Client) Presences(ctx context.Context, last string, limit int) ([]Presence, error) {
	const op = "presences"
	v := window(0, min(limit, MaxPresences))
	if last != "" {
		uid, err := number(op, last)
		if err != nil {
			return nil, err
		}
		v.Set("lastUserId", strconv.FormatInt(uid, 10))
	}
	var w []wirePresence
	if _, err := c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v2/users/presence", Query: v}, lists(&w)); err != nil {
		return nil, err
	}
	list := make([]Presence, 0, len(w))
	for _, p := range w {
		if p.UserID != 0 {
			list = append(list, p.presence())
		}
	}
	return list, nil
}

// How two users are connected.
const (
	PendingIncoming = "PENDING_INCOMING"
	PendingOutgoing = "PENDING_OUTGOING"
	Accepted        = "ACCEPTED"
	Rejected        = "REJECTED"
)

// Connection is how the account is connected to somebody of another company
// (UserConnection). Within a company all are.
type Connection struct {
	UserID    string
	Status    string // PendingIncoming …
	Requested time.Time
	Updated   time.Time
}

// Connections lists the account's connections of a status; "" is all of them (GET
// /pod/v1/connection/list).
func (c *Client) Connections(ctx context.Context, status string) ([]Connection, error) {
	if status == "" {
		status = "ALL"
	}
	var w []struct {
		UserID    count  `json:"userId"`
		Status    text   `json:"status"`
		Requested moment `json:"firstRequestedAt"`
		Updated   moment `json:"updatedAt"`
	}
	if _, err := c.ask(ctx, c.pod, PodGroup, api.Request{
		Op: "connections", Path: "/pod/v1/connection/list", Query: url.Values{"status": {strings.ToUpper(status)}},
	}, lists(&w)); err != nil {
		return nil, err
	}
	list := make([]Connection, 0, len(w))
	for _, k := range w {
		if k.UserID != 0 {
			list = append(list, Connection{idOf(k.UserID), string(k.Status), k.Requested.time(), k.Updated.time()})
		}
	}
	return list, nil
}

// Receipt is what became of a message at somebody's.
type Receipt struct {
	User User
	Time time.Time
}

// Receipts tells who got a message (MessageStatus): each reader is in one of the lists.
type Receipts struct {
	Author                User
	Read, Delivered, Sent []Receipt
}

// Status tells who read a message (GET /pod/v1/message/{mid}/status). One that is not there is
// an error for which [api.IsNotFound] holds.
func (c *Client) Status(ctx context.Context, message string) (Receipts, error) {
	const op = "messageStatus"
	mid, err := segment(op, message)
	if err != nil {
		return Receipts{}, err
	}
	var w struct {
		Author    *wireUser  `json:"author"`
		Read      []wireUser `json:"read"`
		Delivered []wireUser `json:"delivered"`
		Sent      []wireUser `json:"sent"`
	}
	if _, err = c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v1/message/" + mid + "/status"}, reads(&w)); err != nil {
		return Receipts{}, err
	}
	return Receipts{w.Author.user(), receipts(w.Read), receipts(w.Delivered), receipts(w.Sent)}, nil
}

func receipts(list []wireUser) []Receipt {
	var out []Receipt
	for i := range list {
		if u := list[i].user(); u.ID != "" {
			out = append(out, Receipt{u, list[i].Timestamp.time()})
		}
	}
	return out
}
