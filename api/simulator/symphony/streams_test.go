package symphony

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

type seen struct {
	ID       string     `json:"messageId"`
	At       int64      `json:"timestamp"`
	Body     string     `json:"message"`
	Files    []wireFile `json:"attachments"`
	Shared   *seen      `json:"sharedMessage"`
	User     wireSender `json:"user"`
	Replaces string     `json:"replacing"`
}

func TestStreams(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 60, Messages: 600})
	var all []wireStream
	for skip := 0; ; skip += 25 {
		a := b.do("POST", fmt.Sprintf("/pod/v1/streams/list?skip=%d&limit=25", skip), `{"includeInactiveStreams":true}`)
		if a.status == 204 {
			break
		}
		all = append(all, decode[[]wireStream](t, a)...)
	}
	if len(all) != 60 {
		t.Fatalf("%d streams, want 60", len(all))
	}
	ids, kinds := map[string]bool{}, map[string]int{}
	last := int64(0)
	for _, w := range all {
		ids[w.ID] = true
		kinds[w.Type.Type]++
		s, ok := b.s.data.findStream(w.ID)
		if !ok || s.created < last {
			t.Errorf("%s: found %v, made at %d after %d", w.ID, ok, s.created, last)
		}
		last = s.created
	}
	if len(ids) != 60 || kinds["IM"] == 0 || kinds["MIM"] == 0 || kinds["ROOM"] == 0 {
		t.Errorf("%d ids of %v", len(ids), kinds)
	}
	rooms := decode[[]wireStream](t, b.do("POST", "/pod/v1/streams/list?limit=100", `{"streamTypes":[{"type":"ROOM"}],"includeInactiveStreams":true}`))
	if len(rooms) != kinds["ROOM"] {
		t.Errorf("%d rooms, want %d", len(rooms), kinds["ROOM"])
	}
	if a := b.do("POST", "/pod/v1/streams/list", `{"streamTypes":[{"type":"TOWER"}]}`); a.status != 400 {
		t.Errorf("another type: %d", a.status)
	}
	info := decode[wireStream](t, b.get("/pod/v2/streams/"+all[3].ID+"/info"))
	if info.ID != all[3].ID || info.Last == 0 || info.Origin == "" {
		t.Errorf("%+v", info)
	}
}

func TestRooms(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 20, Messages: 900})
	for name, want := range map[string]func(*wireRoom) bool{
		"Settlements (confidential)":  func(w *wireRoom) bool { return w.Attributes.CopyProtected },
		"Denials Review":              func(w *wireRoom) bool { return !w.Attributes.ViewHistory },
		"Harbor Street Announcements": func(w *wireRoom) bool { return w.Attributes.ReadOnly },
		"Bay Mutual × Harbor Street":  func(w *wireRoom) bool { return w.Attributes.ViewHistory && !w.Attributes.CopyProtected },
	} {
		id := b.s.Room(name)
		w := decode[wireRoom](t, b.get("/pod/v3/room/"+id+"/info"))
		if w.Attributes.Name != name || w.System.ID != id || !want(&w) {
			t.Errorf("%s: %+v", name, w)
		}
	}
	members := decode[[]wireMember](t, b.get("/pod/v2/room/"+b.s.Room("Night Desk")+"/membership/list"))
	if !slices.ContainsFunc(members, func(m wireMember) bool { return m.ID == b.s.data.me() }) || len(members) < 3 {
		t.Errorf("%v", members)
	}
	for _, id := range b.s.Streams() {
		if s, _ := b.s.data.findStream(id); s.kind == "IM" {
			if a := b.get("/pod/v3/room/" + id + "/info"); a.status != 400 {
				t.Errorf("an IM as a room: %d", a.status)
			}
		}
	}
}

// TestHistory pages through all of a stream as the document says: by the time of
// the last message, passing over those of the same time.
func TestHistory(t *testing.T) {
	b := start(t, Config{Seed: 3, Streams: 4, Messages: 400})
	id := b.s.Streams()[0]
	ids := map[string]bool{}
	since, skip, pages, same := int64(0), 0, 0, 0
	for {
		a := b.get(fmt.Sprintf("/agent/v4/stream/%s/message?since=%d&skip=%d&limit=11", id, since, skip))
		if a.status == 204 {
			break
		}
		pages++
		for _, m := range decode[[]seen](t, a) {
			if ids[m.ID] {
				t.Fatalf("%s is there twice", m.ID)
			}
			if m.At < since {
				t.Fatalf("%d before %d", m.At, since)
			}
			if m.At > since {
				since, skip = m.At, 0
			} else {
				same++
			}
			skip++
			ids[m.ID] = true
		}
	}
	if len(ids) != b.s.Count(id) || pages < 3 || same == 0 {
		t.Errorf("%d messages of %d on %d pages, %d of the same time", len(ids), b.s.Count(id), pages, same)
	}
}

func TestHistoryWays(t *testing.T) {
	b := start(t, Config{Seed: 3, Streams: 4, Messages: 400})
	id := b.s.Streams()[0]
	page := func(query string) []seen {
		return decode[[]seen](t, b.get("/agent/v4/stream/"+id+"/message?since=0"+query))
	}
	plain := page("&limit=5")
	if err := b.s.SetFault("newest-first", 1); err != nil {
		t.Fatal(err)
	}
	turned := page("&limit=5")
	slices.Reverse(turned)
	if fmt.Sprint(plain) != fmt.Sprint(turned) {
		t.Error("newest-first: other messages")
	}
	if err := b.s.SetFaults(map[string]float64{"newest-page": 1}); err != nil {
		t.Fatal(err)
	}
	newest := page("&limit=5")
	if len(newest) != 5 || newest[0].At <= newest[4].At || newest[4].At <= plain[4].At {
		t.Error("newest-page: not the newest ones")
	}
	if got := page("&limit=1000000"); len(got) > mostPage {
		t.Errorf("%d messages, at most %d are given", len(got), mostPage)
	}
	until := page(fmt.Sprintf("&until=%d&limit=500", plain[2].At))
	if len(until) != 3 {
		t.Errorf("%d until the third, want 3", len(until))
	}
}

// TestRights: what is not to be read is refused in words, and content export
// reads it all the same.
func TestRights(t *testing.T) {
	for _, export := range []bool{false, true} {
		if export && testing.Short() {
			break // drawing the files takes its time
		}
		b := start(t, Config{Seed: 7, Streams: 20, Messages: 1000, ContentExport: export})
		public, private := b.s.Outside()
		refused := 403
		if export {
			refused = 200
		}
		if a := b.get("/agent/v4/stream/" + public + "/message?since=0"); a.status != 200 {
			t.Errorf("a public room: %d %s", a.status, a.body)
		}
		if a := b.get("/agent/v4/stream/" + private + "/message?since=0"); a.status != refused {
			t.Errorf("a private room, export %v: %d", export, a.status)
		}
		room := b.s.Room("Denials Review")
		list := decode[[]wireListed](t, b.get("/pod/v1/streams/"+room+"/attachments?limit=100"))
		if len(list) < 2 {
			t.Fatal("the room has no files")
		}
		old, late := list[0], list[len(list)-1]
		a := b.get("/agent/v1/stream/" + room + "/attachment?fileId=" + escaped(old.File) + "&messageId=" + safe(old.Message))
		if a.status != refused || !export && !strings.Contains(string(a.body), "view history") {
			t.Errorf("a file from before, export %v: %d %.100s", export, a.status, a.body)
		}
		if a := b.get("/agent/v1/message/" + safe(old.Message)); a.status != refused {
			t.Errorf("a message from before, export %v: %d", export, a.status)
		}
		if a := b.get("/agent/v1/stream/" + room + "/attachment?fileId=" + escaped(late.File) + "&messageId=" + safe(late.Message)); a.status != 200 {
			t.Errorf("a file from after: %d %.100s", a.status, a.body)
		}
		s, _ := b.s.data.findStream(room)
		for _, m := range decode[[]seen](t, b.get("/agent/v4/stream/"+room+"/message?since=0&limit=500")) {
			if !export && m.At < s.joined {
				t.Fatalf("a message of %d is listed, from before %d", m.At, s.joined)
			}
		}
	}
}

func TestIDs(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 3, Messages: 60})
	id := b.s.Streams()[2]
	if len(id) != 34 || !strings.HasSuffix(id, "dA") || strings.ContainsAny(id, "+/=") {
		t.Errorf("a stream's id is %q", id)
	}
	m := decode[[]seen](t, b.get("/agent/v4/stream/"+id+"/message?since=0"))[0]
	if !strings.HasSuffix(m.ID, "bQ") {
		t.Errorf("a message's id is %q", m.ID)
	}
	if safe(standard(m.ID)) != m.ID || !strings.HasSuffix(standard(m.ID), "==") {
		t.Errorf("%s in the standard alphabet is %s", m.ID, standard(m.ID))
	}
	for path, want := range map[string]int{
		"/agent/v1/message/" + m.ID:  200,
		"/agent/v1/message/" + id:    204,
		"/agent/v1/message/nonsense": 204,
		"/agent/v1/message/" + strings.ReplaceAll(standard(m.ID), "/", "%2F"): 400,
		"/agent/v4/stream/" + m.ID + "/message?since=0":                       400,
		"/agent/v4/stream/" + standard(id) + "/message?since=0":               0, // 400, or 404 with a slash in it
		"/agent/v4/stream/" + id + "/message":                                 400,
		"/agent/v4/stream/" + id + "/message?since=yesterday":                 400,
		"/pod/v2/streams/nonsense/info":                                       400,
		"/agent/v9/nothing":                                                   404,
	} {
		a := b.get(path)
		if want == 0 && (a.status == 400 || a.status == 404) {
			continue
		}
		if a.status != want {
			t.Errorf("%s: %d %.100s, want %d", path, a.status, a.body, want)
		}
	}
}

// TestLarge: an account of any size starts at once, and its last pages cost no
// more than its first.
func TestLarge(t *testing.T) {
	began := time.Now()
	b := start(t, Config{Seed: 1, Streams: 10_000, Messages: 100_000})
	if took := time.Since(began); took > 2*time.Second { // some milliseconds, and the process's key
		t.Errorf("starting took %v", took)
	}
	a := b.do("POST", "/pod/v1/streams/list?skip=9990&limit=50", `{"includeInactiveStreams":true}`)
	if got := decode[[]wireStream](t, a); len(got) != 10 {
		t.Errorf("%d streams on the last page, want 10", len(got))
	}
	total := 0
	for i := range 10_000 {
		total += b.s.data.baseCount(i)
	}
	if total < 90_000 || total > 130_000 {
		t.Errorf("%d messages, want about 100,000", total)
	}
}
