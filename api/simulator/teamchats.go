package simulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"switchboard/api/simulator/corpus/teams"
)

const (
	defaultTeamRecords = 30
	maxTeamRecords     = 250
)

// teamToken is a place in a list, with what the list was asked for.
type teamToken struct {
	List  string   `json:"l"`
	At    int      `json:"a"` // the record that the page begins after
	Back  bool     `json:"b,omitempty"`
	Count int      `json:"c"`
	Types []string `json:"t,omitempty"`
}

func (t teamToken) String() string {
	b, err := json.Marshal(t)
	if err != nil { // plain values only
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// teamPlace reads what a list is asked for: a token, which tells all, or the
// filters of a first page.
func (c *call) teamPlace(list string, start int) (teamToken, *apiError) {
	q := c.r.URL.Query()
	if s := q.Get("pageToken"); s != "" {
		var t teamToken
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil || json.Unmarshal(b, &t) != nil || t.List != list || t.Count < 1 || t.Count > maxTeamRecords {
			return t, badParameter("pageToken")
		}
		return t, nil
	}
	t := teamToken{List: list, At: start}
	n, err := teamCount(q)
	if err != nil {
		return t, err
	}
	t.Count = n
	for _, kind := range q["type"] {
		if !slices.Contains([]string{teams.Personal, teams.Direct, teams.Group, teams.Team, teams.Everyone}, kind) {
			return t, badParameter("type")
		}
		t.Types = append(t.Types, kind)
	}
	return t, nil
}

func teamCount(q url.Values) (int, *apiError) {
	n, err := parseCount(q, "recordCount", defaultTeamRecords, maxTeamRecords+1)
	if err == nil && n > maxTeamRecords {
		err = badParameter("recordCount")
	}
	return n, err
}

type chatPage[R any] struct {
	Records []R        `json:"records"`
	Tokens  wireTokens `json:"navigation"`
}

func (c *call) listChats() *apiError {
	return listChats(c, "chats", nil, func(k *teams.Chat) wireChat { return c.s.teams.wireChat(k, k.Type != teams.Everyone) })
}

func (c *call) listTeams() *apiError {
	return listChats(c, "teams", []string{teams.Team}, func(k *teams.Chat) wireChat { return c.s.teams.wireChat(k, false) })
}

func (c *call) listConversations() *apiError {
	return listChats(c, "conversations", []string{teams.Group}, func(k *teams.Chat) wireChat { return c.s.teams.wireChat(k, true) })
}

// listChats pages through the chats in the order of their creation: the user's
// own, and public teams.
func listChats[R any](c *call, list string, types []string, write func(*teams.Chat) R) *apiError {
	place, err := c.teamPlace(list, -1)
	if err != nil {
		return err
	}
	if types == nil {
		types = place.Types
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	page := chatPage[R]{Records: []R{}}
	order := b.sorted()
	wanted := func(at int) bool {
		kind, mine, alive := b.about(order[at])
		if !alive || len(types) > 0 && !slices.Contains(types, kind) {
			return false
		}
		k, _ := b.chat(order[at])
		return mine || k.Public
	}
	var found []int
	step := 1
	if place.Back {
		step = -1
	}
	at := place.At + step
	for ; at >= 0 && at < len(order) && len(found) < place.Count; at += step {
		if wanted(at) {
			found = append(found, at)
		}
	}
	if place.Back {
		slices.Reverse(found)
	}
	for _, at := range found {
		k, _ := b.chat(order[at])
		page.Records = append(page.Records, write(&k))
	}
	if len(found) > 0 {
		first, last := found[0], found[len(found)-1]
		more := func(from, step int) bool {
			for at := from + step; at >= 0 && at < len(order); at += step {
				if wanted(at) {
					return true
				}
			}
			return false
		}
		place.Types = types
		if place.Back = false; more(last, 1) {
			place.At = last
			page.Tokens.Next = place.String()
		}
		if place.Back = true; more(first, -1) {
			place.At = first
			page.Tokens.Prev = place.String()
		}
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

type plainChats struct {
	Records []wireChat `json:"records"`
}

// recentChats are the user's own, the latest changed first.
func (c *call) recentChats() *apiError {
	place, err := c.teamPlace("recent", 0)
	if err != nil {
		return err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	type entry struct {
		i  int
		at int64
	}
	var list []entry
	for _, i := range b.sorted() {
		if kind, mine, alive := b.about(i); alive && mine && (len(place.Types) == 0 || slices.Contains(place.Types, kind)) {
			list = append(list, entry{i, b.modified(i).UnixMilli()})
		}
	}
	slices.SortFunc(list, func(x, y entry) int {
		if x.at != y.at {
			return int(max(-1, min(1, y.at-x.at)))
		}
		return x.i - y.i
	})
	page := plainChats{Records: []wireChat{}}
	for _, e := range list[:min(len(list), place.Count)] {
		k, _ := b.chat(e.i)
		page.Records = append(page.Records, b.wireChat(&k, k.Type != teams.Everyone))
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

func (c *call) favoriteChats() *apiError {
	n, err := teamCount(c.r.URL.Query())
	if err != nil {
		return err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	page := plainChats{Records: []wireChat{}}
	for _, i := range b.favs {
		if k, ok := b.chat(i); ok && k.Mine && len(page.Records) < n {
			page.Records = append(page.Records, b.wireChat(&k, k.Type != teams.Everyone))
		}
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

func (c *call) favoriteChat() *apiError   { return c.setFavorite(true) }
func (c *call) unfavoriteChat() *apiError { return c.setFavorite(false) }

func (c *call) setFavorite(on bool) *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.find(c.r.PathValue("chat"), true)
	if err != nil {
		return err
	}
	b.favs = slices.DeleteFunc(b.favs, func(i int) bool { return i == k.Index })
	if on {
		b.favs = append(b.favs, k.Index)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// find gives the chat of an id in a path; ~ is one's own. mine: it must be one
// that the user is in. The caller holds the lock.
func (b *teamBox) find(id string, mine bool) (teams.Chat, *apiError) {
	missing := notFound("chatId")
	if id == "~" {
		for _, i := range b.sorted() {
			if kind, _, alive := b.about(i); kind == teams.Personal && alive {
				k, _ := b.chat(i)
				return k, nil
			}
		}
		return teams.Chat{}, missing
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return teams.Chat{}, missing
	}
	i, ok := teams.FindChat(n)
	k, alive := b.chat(i)
	if !ok || !alive || !k.Mine && (mine || !k.Public) {
		return teams.Chat{}, missing
	}
	return k, nil
}

// readChat answers for a chat of the given kinds; none: any.
func (c *call) readChatOf(members bool, kinds ...string) *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.find(c.r.PathValue("chat"), false)
	if err != nil {
		return err
	}
	if len(kinds) > 0 && !slices.Contains(kinds, k.Type) {
		return notFound("chatId")
	}
	writeJSON(c.w, http.StatusOK, b.wireChat(&k, members && k.Type != teams.Everyone))
	return nil
}

func (c *call) readChat() *apiError { return c.readChatOf(true) }
func (c *call) readTeam() *apiError { return c.readChatOf(false, teams.Team) }
func (c *call) readConversation() *apiError {
	return c.readChatOf(true, teams.Group, teams.Direct, teams.Personal)
}

func (c *call) readEveryone() *apiError {
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.everyone()
	if !ok {
		return notFound("chatId")
	}
	writeJSON(c.w, http.StatusOK, b.wireChat(&k, false))
	return nil
}

func (b *teamBox) everyone() (teams.Chat, bool) {
	for _, i := range b.sorted() {
		if kind, _, alive := b.about(i); kind == teams.Everyone && alive {
			return b.chat(i)
		}
	}
	return teams.Chat{}, false
}

func (c *call) updateEveryone() *apiError {
	var change teamChange
	if err := decodeBody(c.r.Body, &change); err != nil {
		return err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.everyone()
	if !ok {
		return notFound("chatId")
	}
	return c.applyTeam(&k, change)
}
