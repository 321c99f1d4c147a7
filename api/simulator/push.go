package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What the push gateway tells a client about itself, in its ConnectionDetails.
const (
	pushConnections = 50              // of one sign-in
	pushBuffer      = 100             // notifications kept for a client that comes back
	pushRecovery    = 3 * time.Minute // how long they are kept
	pushIdle        = 30 * time.Minute
	pushLife        = 24 * time.Hour
	pushRequests    = 10
	wsTokenLife     = 30 * time.Second
	// pushQueue is how many frames may wait for a client that reads slowly,
	// before its connection is given up.
	pushQueue = 100_000
)

// pushHub knows who listens to what. Its lock is the innermost: publishing
// is allowed under any other.
type pushHub struct {
	mu       sync.Mutex
	tokens   map[string]wsToken
	sessions []*pushSession // in the order in which they began
	hooks    []*subscription
	faults   pushFaults
	life     time.Duration // of a session
	// favorites are the extensions among the user's favourites.
	favorites map[string]bool
	serial    uint64 // of notifications
	count     PushCount
}

// wsToken opens one connection.
type wsToken struct {
	session string // the sign-in it belongs to
	ends    time.Time
}

// PushCount counts what the push gateway did.
type PushCount struct {
	Connections int `json:"connections"` // opened since the start
	Recovered   int `json:"recovered"`   // of them, those that went on with an earlier session
	Open        int `json:"open"`        // now
	Sessions    int `json:"sessions"`    // including those that may still be recovered
	Published   int `json:"published"`   // events that anybody listened to
	Sent        int `json:"sent"`        // notifications written or waiting to be
	Lost        int `json:"lost"`        // left out by a fault
	Doubled     int `json:"doubled"`
	Late        int `json:"late"`
	Heartbeats  int `json:"heartbeats"` // asked for by clients
}

// shaped is a body that depends on the parameters of the filter that asked for
// it. ok is false where the filter does not want it.
type shaped interface {
	shape(f *pushFilter) (body any, ok bool)
}

// pushEvent is the second half of a notification.
type pushEvent struct {
	UUID         string          `json:"uuid"`
	Event        string          `json:"event"`
	Timestamp    string          `json:"timestamp"`
	Subscription string          `json:"subscriptionId"`
	Owner        string          `json:"ownerId"`
	Body         json.RawMessage `json:"body"`
}

func newPushHub(seed uint64, life time.Duration) *pushHub {
	return &pushHub{life: life, tokens: map[string]wsToken{}, faults: pushFaults{seed: seed}}
}

// publish hands an event to every push session that subscribed to it. ext is
// the id of the extension that it concerns; "" and "~" are the desk's own.
// event is the concrete path, such as /team-messaging/v1/posts or
// /restapi/v1.0/account/37439510/extension/178009114/message-store; body is
// encoded as JSON. It never blocks and may be called under any lock.
func (s *Server) publish(ext, event string, body any) {
	if ext == "" || ext == "~" {
		ext = extensionID
	}
	h := s.push
	h.mu.Lock()
	defer h.mu.Unlock()
	now := s.now()
	h.expire(now)
	heard := false
	for _, p := range h.sessions {
		if p.sub == nil {
			continue
		}
		for _, f := range p.sub.matching(ext, event, h.favorites) {
			heard = h.notify(p, f, event, body, now) || heard
		}
	}
	if heard {
		h.count.Published++
	}
}

// notify makes one notification of an event, or none if the filter does not
// want it after all. The caller holds the lock.
func (h *pushHub) notify(p *pushSession, f *pushFilter, event string, body any, now time.Time) bool {
	if v, ok := body.(shaped); ok {
		var wanted bool
		if body, wanted = v.shape(f); !wanted {
			return false
		}
	}
	b, err := json.Marshal(body)
	if err != nil { // only plain values of our own come here
		return false
	}
	h.serial++
	stamp := now.UTC().Format(timeLayout)
	if h.serial%2 == 0 { // the service writes its times in two ways
		stamp = strings.TrimSuffix(stamp, "Z") + "+0000"
	}
	h.deliver(p, pushEvent{
		UUID: "sim-" + p.id[:8] + "-" + strconv.FormatUint(h.serial, 10), Event: f.event(event), Timestamp: stamp,
		Subscription: p.sub.ID, Owner: extensionID, Body: b,
	})
	return true
}
