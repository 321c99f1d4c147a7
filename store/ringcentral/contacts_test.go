package ringcentral_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

var contactFeeds = []string{store.FeedContacts, store.FeedDirectory, store.FeedFavorites}

// pullContacts reads all there is about contacts, as often as it takes.
func (d *desk) pullContacts() {
	d.t.Helper()
	var err error
	for range 300 {
		if err = d.SyncFeeds(d.t.Context(), d.acc.ID, contactFeeds...); err == nil {
			return
		}
		<-d.clock.After(time.Minute)
	}
	d.t.Fatalf("the contacts do not get through: %v", err)
}

func (d *desk) contacts(q store.ContactQuery) []store.Contact {
	d.t.Helper()
	w, err := d.ContactWindow(d.t.Context(), q, 0, 0, 10_000)
	if err != nil {
		d.t.Fatal(err)
	}
	return w.Rows
}

// book is the address book as the service has it, by id.
func (d *desk) book() map[string]rc.PersonalContact {
	d.t.Helper()
	out := map[string]rc.PersonalContact{}
	q := rc.ContactQuery{PerPage: 1000}
	for {
		list, err := d.client.Contacts(d.t.Context(), q)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, r := range list.Records {
			out[string(r.ID)] = r
		}
		if list.Next == "" {
			return out
		}
		q = rc.ContactQuery{Next: list.Next}
	}
}

// booksAgree checks that the address book here is the service's.
func (d *desk) booksAgree() {
	d.t.Helper()
	there := d.book()
	for _, c := range d.contacts(store.ContactQuery{Source: store.Personal}) {
		r, ok := there[c.Remote]
		delete(there, c.Remote)
		if !ok {
			d.t.Errorf("contact %d (%s, %q) is not at the service", c.ID, c.Name, c.Remote)
			continue
		}
		var mails []string
		for _, e := range []string{r.Email, r.Email2, r.Email3} {
			if e != "" {
				mails = append(mails, store.CleanLine(e))
			}
		}
		clean := func(s string) string { // long names are shortened
			s = store.CleanLine(s)
			return s[:min(len(s), 100)]
		}
		if clean(c.First) != clean(r.FirstName) || clean(c.Last) != clean(r.LastName) || c.Company != store.CleanLine(r.Company) || c.Pending || !slices.Equal(c.Emails, mails) {
			d.t.Errorf("contact %s: here %+v, there %+v", c.Remote, c, r)
		}
		mobile := ""
		for _, n := range c.Numbers {
			if n.Kind == store.NumberMobile {
				mobile = n.Number
			}
		}
		if n, _ := store.NormalNumber(r.MobilePhone, "US"); n != mobile {
			d.t.Errorf("contact %s: mobile %q here, %q there", c.Remote, mobile, n)
		}
	}
	for id, r := range there {
		d.t.Errorf("contact %s (%s %s) is missing here", id, r.FirstName, r.LastName)
	}
}

func TestContactsSync(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 700, Directory: 300})
	d.pullContacts()
	d.booksAgree()
	if n := len(d.contacts(store.ContactQuery{Source: store.Personal})); n != 700 {
		t.Errorf("%d contacts", n)
	}
	entries := d.contacts(store.ContactQuery{Source: store.Directory})
	kinds := map[string]int{}
	for _, e := range entries {
		kinds[e.Type+" "+e.Status]++
		if e.Name == "" || e.Extension == "" && e.Type == "User" {
			t.Errorf("%+v", e)
		}
	}
	if len(entries) < 250 || len(kinds) < 3 {
		t.Errorf("%d entries: %v", len(entries), kinds)
	}
	favs := d.contacts(store.ContactQuery{Favorites: true})
	if len(favs) != 4 {
		t.Errorf("%d favourites", len(favs))
	}
	for _, f := range favs {
		if !f.Favorite {
			t.Errorf("%+v", f)
		}
	}
	// Only what changed comes the next time, and the directory not at all.
	before := len(d.sim.Requests())
	made, err := d.client.CreateContact(t.Context(), rc.PersonalContact{FirstName: "Nora", LastName: "Quint", MobilePhone: "+14155550177"})
	if err != nil {
		t.Fatal(err)
	}
	gone := d.contacts(store.ContactQuery{Source: store.Personal})[3]
	if err := d.client.DeleteContact(t.Context(), rc.ID(gone.Remote)); err != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Second)
	d.pullContacts()
	ops := map[string]int{}
	for _, r := range d.sim.Requests()[before+2:] {
		ops[fmt.Sprint(r.Op, " ", r.Status)]++
	}
	if ops["syncAddressBook 200"] != 1 || ops["listDirectoryEntries 304"] != 1 || ops["listDirectoryEntries 200"] != 0 || ops["listFavoriteContacts 200"] != 1 {
		t.Errorf("requests: %v", ops)
	}
	d.booksAgree()
	if got := d.contacts(store.ContactQuery{Text: "quint nora"}); len(got) != 1 || got[0].Remote != string(made.ID) {
		t.Errorf("%+v", got)
	}
}

// A token that has expired starts the reading over, in the middle of it too; what has
// gone meanwhile goes here.
func TestContactsTokenExpires(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 600, Directory: 5})
	d.pullContacts()
	ids := map[string]int64{}
	for _, c := range d.contacts(store.ContactQuery{Source: store.Personal}) {
		ids[c.Remote] = c.ID
	}
	gone := d.contacts(store.ContactQuery{Source: store.Personal})[5]
	if err := d.client.DeleteContact(t.Context(), rc.ID(gone.Remote)); err != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Minute)
	d.sim.PurgeContactTokens()
	d.pullContacts()
	d.booksAgree()
	for _, c := range d.contacts(store.ContactQuery{Source: store.Personal}) {
		if ids[c.Remote] != c.ID {
			t.Fatalf("contact %s has become another one here", c.Remote)
		}
	}
}

func TestContactsFaults(t *testing.T) {
	for name, faults := range map[string]simulator.Faults{
		"errors":     {"500": 0.2, "503": 0.1},
		"connection": {"reset": 0.2, "truncate": 0.2},
		"nonsense":   {"badjson": 0.1, "html": 0.1, "badlength": 0.1},
		"tokens":     {"expire": 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, simulator.Config{Messages: 1, Contacts: 900, Directory: 60, Faults: faults})
			d.pullContacts()
			all := d.contacts(store.ContactQuery{Source: store.Personal})
			if len(all) != 900 {
				t.Fatalf("%d contacts", len(all))
			}
			for i := range 12 {
				c := all[i*7]
				var err error
				switch i % 4 {
				case 0:
					c.Company = fmt.Sprint("Firm ", i)
					_, err = d.SaveContact(t.Context(), c)
				case 1:
					_, err = d.DeleteContact(t.Context(), c.ID)
				case 2:
					_, err = d.SaveContact(t.Context(), store.Contact{First: "New", Last: fmt.Sprint("One ", i), Numbers: []store.PhoneNumber{{Kind: "mobile", Number: fmt.Sprint("+1650555020", i%10)}}})
				case 3:
					_, err = d.SetFavorite(t.Context(), c.ID, true)
				}
				if err != nil {
					t.Fatal(err)
				}
				if i%5 == 4 {
					if _, err := d.Undo(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			d.settle()
			if err := d.sim.SetFaults(nil); err != nil {
				t.Fatal(err)
			}
			<-d.clock.After(time.Minute)
			d.pullContacts()
			d.booksAgree()
			seen := map[string]bool{}
			for _, r := range d.book() {
				if name := r.FirstName + r.LastName; strings.HasPrefix(name, "NewOne") {
					if seen[name] {
						t.Errorf("%s was made twice", name)
					}
					seen[name] = true
				}
			}
		})
	}
}

// Without the permission each list says so, and the others are read.
func TestContactsDenied(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 20, Directory: 20})
	d.sim.Deny("ReadContacts", true)
	d.pullContacts()
	denied := map[string]bool{}
	for _, f := range d.Feeds() {
		if f.Denied {
			denied[f.Name] = true
			if !strings.Contains(f.Err, "ReadContacts") {
				t.Errorf("%+v", f)
			}
		}
	}
	if !denied[store.FeedContacts] || !denied[store.FeedFavorites] || denied[store.FeedDirectory] {
		t.Errorf("denied: %v", denied)
	}
	if n := len(d.contacts(store.ContactQuery{})); n == 0 {
		t.Error("no entry of the directory")
	}
}

// Two processes work on one account: no contact is made twice, and both show the same.
func TestContactsTwoProcesses(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1, Contacts: 50, Directory: 20})
	two, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(d.Dir()), Actor: "bob@desk", Now: d.clock.Now, Location: time.UTC, After: d.clock.After})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	if _, err := two.PutAccount(t.Context(), d.acc); err != nil {
		t.Fatal(err)
	}
	two.Attach(adapter.New(d.acc.Key, d.client))
	d.pullContacts()
	if err := two.SyncFeeds(t.Context(), d.acc.ID, contactFeeds...); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		s := []*store.Store{d.Store, two}[i%2]
		if _, err := s.SaveContact(t.Context(), store.Contact{Account: d.acc.ID, First: "Made", Last: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 2)
	for _, s := range []*store.Store{d.Store, two} {
		go func() {
			var err error
			for range 50 {
				if err = s.Flush(context.WithoutCancel(t.Context())); err == nil {
					break
				}
			}
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	n := 0
	for _, r := range d.book() {
		if r.FirstName == "Made" {
			n++
		}
	}
	if n != 6 {
		t.Errorf("%d made", n)
	}
	d.pullContacts()
	d.booksAgree()
}

// The first reading of a large account within the service's limits: nothing is refused,
// and rows are there from the first answer on.
func TestContactsWithinLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 contacts and 10,000 entries")
	}
	d := open(t, simulator.Config{Messages: 1, Contacts: 10_000, Directory: 10_000, RateLimits: true})
	if _, err := d.client.Extension(t.Context()); err != nil {
		t.Fatal(err) // what the limits are is told with the first answer
	}
	began := d.clock.Now()
	if err := d.SyncFeeds(t.Context(), d.acc.ID, contactFeeds...); err != nil {
		t.Fatal(err)
	}
	took := d.clock.Now().Sub(began)
	heavy := 0
	for _, r := range d.sim.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Fatal("asked for more than is allowed")
		}
		if r.Group == "Heavy" {
			heavy++
		}
	}
	if n, _, err := d.CountContacts(t.Context(), store.ContactQuery{Source: store.Personal}, 20_000); n != 10_000 || err != nil {
		t.Errorf("%d contacts, %v", n, err)
	}
	// Ten at once, then ten a minute: 40 parts are there after three minutes.
	if used := 100 * float64(heavy) / (10 * (1 + took.Minutes())); used < 80 {
		t.Errorf("%d requests in %v: %.0f %% of what is allowed", heavy, took, used)
	}
	t.Logf("%d heavy requests in %v", heavy, took)
}
