package symphony

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func categories() []string {
	return []string{
		"AVAILABLE", "BUSY", "DO_NOT_DISTURB", "ON_THE_PHONE", "BE_RIGHT_BACK", "IN_A_MEETING", "AWAY", "OUT_OF_OFFICE", "OFF_WORK", "OFFLINE", "UNDEFINED",
	}
}

// presences are what people say of themselves.
type presences struct {
	mu   sync.Mutex
	d    *data
	now  func() time.Time
	over map[int64]wirePresence
}

type wirePresence struct {
	Category string `json:"category"`
	User     int64  `json:"userId"`
	At       int64  `json:"timestamp"`
}

func newPresences(d *data, now func() time.Time) *presences {
	return &presences{d: d, now: now, over: map[int64]wirePresence{}}
}

// of is somebody's presence. Who is of another pod is not known unless asked for
// there.
func (p *presences) of(u *user, local bool) wirePresence {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w, ok := p.over[u.id]; ok {
		return w
	}
	h := mix(uint64(u.id) ^ p.d.cfg.Seed)
	w := wirePresence{categories()[h%10], u.id, p.now().Add(-time.Duration(h>>8%7200) * time.Second).UnixMilli()}
	if h>>20%2 == 0 {
		w.Category = "AVAILABLE"
	}
	if u.guest && local || u.service {
		w.Category = "UNDEFINED"
	}
	return w
}

// SetPresence makes somebody present as the category says, such as "AWAY".
func (s *Server) SetPresence(user int64, category string) bool {
	if _, ok := s.data.user(user); !ok || !slices.Contains(categories(), category) {
		return false
	}
	s.present.mu.Lock()
	defer s.present.mu.Unlock()
	s.present.over[user] = wirePresence{category, user, s.now().UnixMilli()}
	return true
}

func (c *call) ownPresence() *apiError {
	u, _ := c.s.data.user(c.user)
	writeJSON(c.w, http.StatusOK, c.s.present.of(&u, true))
	return nil
}

func (c *call) userPresence() *apiError {
	id, err := strconv.ParseInt(c.r.PathValue("uid"), 10, 64)
	if err != nil {
		return bad("Invalid user id")
	}
	u, ok := c.s.data.user(id)
	if !ok {
		return c.missing("No user with id " + c.r.PathValue("uid"))
	}
	writeJSON(c.w, http.StatusOK, c.s.present.of(&u, c.r.URL.Query().Get("local") == "true"))
	return nil
}

// allPresences lists those of the pod, by id; the next page begins after the last
// user of this one.
func (c *call) allPresences() *apiError {
	last, err := c.number("lastUserId", 0)
	if err != nil {
		return err
	}
	_, limit, err := c.page(1000, 5000)
	if err != nil {
		return err
	}
	all := []wirePresence{}
	for _, u := range c.s.data.people() {
		if u.id > last && !u.guest && len(all) < limit {
			all = append(all, c.s.present.of(&u, true))
		}
	}
	writeJSON(c.w, http.StatusOK, all)
	return nil
}

type wireConnection struct {
	User      int64  `json:"userId"`
	Status    string `json:"status"`
	Requested int64  `json:"firstRequestedAt,omitempty"`
	Updated   int64  `json:"updatedAt,omitempty"`
	Requests  int    `json:"requestCounter,omitempty"`
}

// listConnections lists who of other companies one is connected with. Colleagues
// always are, and are listed when asked for by id.
func (c *call) listConnections() *apiError {
	q := c.r.URL.Query()
	want := strings.ToUpper(cmp.Or(q.Get("status"), "PENDING"))
	if !slices.Contains([]string{"PENDING_INCOMING", "PENDING_OUTGOING", "ACCEPTED", "REJECTED", "ALL", "PENDING"}, want) {
		return bad("Invalid status")
	}
	var asked []int64
	for id := range strings.SplitSeq(q.Get("userIds"), ",") {
		if id == "" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
		if err != nil {
			return bad("Invalid userIds")
		}
		asked = append(asked, n)
	}
	all := []wireConnection{}
	status := []string{"ACCEPTED", "ACCEPTED", "PENDING_INCOMING", "ACCEPTED", "PENDING_OUTGOING", "REJECTED"}
	for i, u := range c.s.data.people() {
		w := wireConnection{User: u.id, Status: "ACCEPTED"}
		if u.guest {
			h := mix(uint64(u.id))
			at := c.s.data.cfg.Now().AddDate(0, -3, -int(h%90)).UnixMilli()
			w.Status, w.Requested, w.Updated, w.Requests = status[i%len(status)], at, at+86_400_000, 1
		}
		if len(asked) > 0 && !slices.Contains(asked, u.id) || len(asked) == 0 && !u.guest || want != "ALL" && !strings.HasPrefix(w.Status, want) {
			continue
		}
		all = append(all, w)
	}
	writeJSON(c.w, http.StatusOK, all)
	return nil
}
