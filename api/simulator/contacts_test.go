package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/handclock"
)

type wireBook struct {
	Records []struct {
		ID           int64  `json:"id"`
		Availability string `json:"availability"`
		FirstName    string `json:"firstName"`
		LastName     string `json:"lastName"`
		Company      string `json:"company"`
	} `json:"records"`
	Paging   wirePaging         `json:"paging"`
	Links    map[string]pageURI `json:"navigation"`
	Info     syncInfo           `json:"syncInfo"`
	NextPage int64              `json:"nextPageId"`
	NextURI  string             `json:"nextPageUri"`
}

func (p *person) bookOf(path string) wireBook {
	p.t.Helper()
	a := p.get(path)
	if a.status != 200 {
		p.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return decode[wireBook](p.t, a)
}

// syncBook follows the parts of a sync to their end.
func (p *person) syncBook(query string, between func(part int)) (ids []int64, token string) {
	p.t.Helper()
	path := ext + "/address-book-sync?" + query
	for part := 0; ; part++ {
		got := p.bookOf(path)
		for _, r := range got.Records {
			ids = append(ids, r.ID)
		}
		if got.NextPage == 0 {
			return ids, got.Info.Token
		}
		if got.Info.Token != "" {
			p.t.Error("a token before the last part")
		}
		if between != nil {
			between(part)
		}
		path = got.NextURI
	}
}

func TestBookSync(t *testing.T) {
	p := start(t, Config{Messages: 10, Contacts: 600, Seed: 2})
	p.clock.Add(time.Minute)
	ids, token := p.syncBook("syncType=FSync&perPage=9999", func(part int) {
		p.clock.Add(time.Second)
		if part == 0 { // a change during the sync comes with the next one
			p.do("PUT", fmt.Sprint(ext, "/address-book/contact/", corpus.ContactID(3)), `{"firstName":"Changed"}`)
		}
	})
	if len(ids) != 600 || token == "" {
		t.Fatalf("%d contacts, token %q", len(ids), token)
	}
	increment := "syncType=ISync&syncToken=" + url.QueryEscape(token)
	p.clock.Add(time.Minute)
	if got, _ := p.syncBook(increment, nil); !slices.Equal(got, []int64{corpus.ContactID(3)}) {
		t.Errorf("increment %v", got)
	}
	made := decode[struct{ ID int64 }](t, p.do("POST", ext+"/address-book/contact", `{"firstName":"New","mobilePhone":"+14155550123"}`)).ID
	p.do("DELETE", fmt.Sprint(ext, "/address-book/contact/", corpus.ContactID(9)), "")
	got := p.bookOf(ext + "/address-book-sync?" + increment)
	kinds := map[string]int{}
	for _, r := range got.Records {
		kinds[r.Availability]++
	}
	if len(got.Records) != 3 || kinds["Deleted"] != 1 || got.Records[2].ID != made {
		t.Errorf("increment %+v", got.Records)
	}
	p.s.PurgeContactTokens()
	if a := p.get(ext + "/address-book-sync?" + increment); a.status != 400 || a.code() != "CMN-101" {
		t.Errorf("purged token: %d %s", a.status, a.body)
	}
	for _, bad := range []string{"syncType=XSync", "syncType=ISync", "syncType=FSync&pageId=x", "syncType=FSync&pageId=9223372036854775807"} {
		if a := p.get(ext + "/address-book-sync?" + bad); a.status != 400 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestBookPages: pages of any length and order hold the same contacts.
func TestBookPages(t *testing.T) {
	p := start(t, Config{Messages: 10, Contacts: 130, Seed: 2})
	p.do("DELETE", fmt.Sprint(ext, "/address-book/contact/", corpus.ContactID(50)), "")
	p.do("POST", ext+"/address-book/contact", `{"firstName":"Zz","lastName":"Zzz"}`)
	for _, order := range []string{"", "&sortBy=LastName", "&sortBy=Company&sortBy=FirstName"} {
		var names []string
		seen := map[int64]bool{}
		for path := ext + "/address-book/contact?perPage=30" + order; path != ""; {
			got := p.bookOf(path)
			for _, r := range got.Records {
				seen[r.ID] = true
				names = append(names, strings.ToLower(r.LastName))
			}
			if *got.Paging.Total != 130 {
				t.Errorf("%q: total %d", order, *got.Paging.Total)
			}
			path = got.Links["nextPage"].URI
		}
		if len(seen) != 130 || seen[corpus.ContactID(50)] || order == "&sortBy=LastName" && !slices.IsSorted(names) {
			t.Errorf("%q: %d contacts, sorted %v", order, len(seen), slices.IsSorted(names))
		}
	}
	if got := p.bookOf(ext + "/address-book/contact?phoneNumber=%2B14155551234"); len(got.Records) == 0 {
		t.Error("a number that is written another way was not found")
	}
}

// TestContactsKnowCallers: most who call have a contact, some have none.
func TestContactsKnowCallers(t *testing.T) {
	c := corpus.New(corpus.Config{Seed: 2, Messages: 1000, Now: handclock.New().Now()})
	known := map[string]bool{}
	for i := range 200 {
		v := c.Contact(i)
		if n, ok := corpus.FindContact(v.ID); !ok || n != i {
			t.Errorf("id %d leads to %d", v.ID, n)
		}
		for _, n := range []string{v.Mobile, v.Home, v.Business, v.Fax, v.CompanyPhone} {
			if d := digits(n); len(d) >= 10 {
				known[d[len(d)-10:]] = true
			}
		}
	}
	hits, all := 0, 0
	for i := range c.Len() {
		if n := c.Message(i).From.Number; len(n) == 12 && n != corpus.OwnerNumber {
			all++
			if known[n[2:]] {
				hits++
			}
		}
	}
	if hits*100 < all*60 || hits*100 > all*95 {
		t.Errorf("%d of %d callers are known", hits, all)
	}
}

func TestDirectoryIDs(t *testing.T) {
	if itoa(corpus.EntryID(0)) != extensionID {
		t.Errorf("the desk is %d", corpus.EntryID(0))
	}
	c := corpus.New(corpus.Config{Seed: 2, Now: handclock.New().Now()})
	seen := map[string]bool{}
	for i := range 300 {
		e := c.Entry(i)
		if n, ok := corpus.FindEntry(e.ID); !ok || n != i {
			t.Errorf("id %d leads to %d", e.ID, n)
		}
		if e.Extension == "" {
			continue
		}
		if n, ok := corpus.FindExtension(e.Extension); !ok || n != i || seen[e.Extension] {
			t.Errorf("extension %s of %d leads to %d", e.Extension, i, n)
		}
		seen[e.Extension] = true
	}
	for _, bad := range []string{"", "999", "x1000", "1000000000"} {
		if n, ok := corpus.FindExtension(bad); ok {
			t.Errorf("extension %q leads to %d", bad, n)
		}
	}
}

// TestPeopleGroups: every call counts in its own rate group.
func TestPeopleGroups(t *testing.T) {
	p := start(t, Config{Messages: 10, Seed: 2})
	acct := "/restapi/v1.0/account/~"
	for path, want := range map[string]string{
		ext + "/call-log": "heavy", acct + "/call-log": "heavy", ext + "/active-calls": "heavy", ext + "/call-log-sync?recordCount=1": "heavy",
		ext + "/address-book/contact": "heavy", ext + "/address-book-sync?syncType=FSync": "heavy", ext + "/favorite": "light",
		acct + "/directory/entries": "medium", ext + "/presence": "light", acct + "/presence": "heavy", acct + "/recording/1": "heavy",
	} {
		if got := p.get(path).header.Get("X-Rate-Limit-Group"); got != want {
			t.Errorf("%s counts as %q, want %q", path, got, want)
		}
	}
	if got := p.do(http.MethodPut, ext+"/favorite", `{"records":[]}`).header.Get("X-Rate-Limit-Group"); got != "medium" {
		t.Errorf("favourites count as %q", got)
	}
	p.s.Limited(true)
	if a := p.do("DELETE", fmt.Sprint(ext, "/address-book/contact/", corpus.ContactID(1)), ""); a.status != 503 || a.code() != "CMN-211" {
		t.Errorf("limited mode: %d %s", a.status, a.body)
	}
	if log, active := p.get(ext+"/call-log"), p.get(ext+"/active-calls"); log.status != 200 || active.status != 503 {
		t.Errorf("limited mode: log %d, active calls %d", log.status, active.status)
	}
}

func TestPresenceOfThings(t *testing.T) {
	p := start(t, Config{Messages: 10, Seed: 2})
	for i := range 60 {
		e := p.s.corpus.Entry(i)
		a := p.get(fmt.Sprintf("/restapi/v1.0/account/~/extension/%d/presence", e.ID))
		if e.Extension == "" {
			if a.status != 404 {
				t.Errorf("entry %d: %d", i, a.status)
			}
			continue
		}
		got := decode[wirePresence](t, a)
		if got.Extension.ID != e.ID || e.Person() != (got.User != "") || !e.Person() && (got.Status != "Offline" || got.Telephony != "" || got.DND != "") {
			t.Errorf("%s %s: %+v", e.Type, e.Extension, got)
		}
	}
	if a := p.do("PUT", ext+"/presence", `{"message":"`+strings.Repeat("x", 76)+`"}`); a.status != 400 {
		t.Errorf("a long message: %d", a.status)
	}
	if a := p.do("PUT", fmt.Sprintf("/restapi/v1.0/account/~/extension/%d/presence", corpus.EntryID(2)), `{"userStatus":"Busy"}`); a.status != 403 {
		t.Errorf("somebody else's: %d", a.status)
	}
}
