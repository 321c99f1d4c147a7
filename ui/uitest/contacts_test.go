package uitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/keymap"
	"switchboard/store"
)

// book opens the contacts once all of them are here.
func book(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.Eventually("the contacts are here", func() bool {
		for _, f := range d.Store.Feeds() {
			if !f.Done && (f.Name == store.FeedContacts || f.Name == store.FeedDirectory || f.Name == store.FeedFavorites) {
				return false
			}
		}
		return true
	})
	d.Press("g c")
	d.See("Contacts", "by name", "personal", "company")
	return d
}

// atBook asks the service itself for a resource, as another program would.
func (d *Desk) atBook(t *testing.T, path string) []map[string]any {
	t.Helper()
	at := d.Sim.Description().RingCentral
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {at.JWT}}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, at.BaseURL+"/restapi/oauth/token", strings.NewReader(form.Encode()))
	req.SetBasicAuth(at.ClientID, at.ClientSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Access string `json:"access_token"`
	}
	fetch(t, req, &token)
	req, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, at.BaseURL+"/restapi/v1.0/account/~/extension/~"+path, nil)
	req.Header.Set("Authorization", "Bearer "+token.Access)
	var got struct{ Records []map[string]any }
	fetch(t, req, &got)
	return got.Records
}

func fetch(t *testing.T, req *http.Request, v any) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %v %s", req.URL.Path, res.Status, err, b)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func (d *Desk) named(t *testing.T, first string) []map[string]any {
	t.Helper()
	return slices.DeleteFunc(d.atBook(t, "/address-book/contact?perPage=250"), func(c map[string]any) bool { return c["firstName"] != first })
}

// search goes to one contact.
func (d *Desk) search(name string) {
	d.t.Helper()
	d.Press("/")
	d.See("Find in the contacts")
	d.Free(name)
	d.Press("Enter")
	d.See("/ "+name, "1 of 1")
}

// A contact's whole life with keys, held against what the service has of it.
func TestContactAtTheService(t *testing.T) {
	d := book(t, Config{})
	d.Press("+")
	d.See("New contact")
	d.Free("Zoe")
	d.Press("Tab")
	d.Free("Pyne")
	d.Press("Tab Tab Tab")
	d.Free("(650) 555-0177")
	d.Press("Enter")
	d.See("Zoe Pyne")
	d.Eventually("the service has her", func() bool {
		c := d.named(t, "Zoe")
		return len(c) == 1 && c[0]["lastName"] == "Pyne" && c[0]["mobilePhone"] == "+16505550177"
	})
	d.search("zoe")
	d.Press("e Tab Tab")
	d.Free("Acme")
	d.Press("Enter")
	d.Eventually("the service has the change", func() bool {
		c := d.named(t, "Zoe")
		return len(c) == 1 && c[0]["company"] == "Acme" && c[0]["mobilePhone"] == "+16505550177"
	})
	favorites := len(d.atBook(t, "/favorite"))
	d.Press("F")
	d.See("a favourite")
	d.Eventually("the service has her among the favourites", func() bool { return len(d.atBook(t, "/favorite")) == favorites+1 })
	d.Press("F")
	d.Eventually("and no more", func() bool { return len(d.atBook(t, "/favorite")) == favorites })
	d.Press("-")
	d.See("No contact has zoe")
	d.Eventually("the service has her no more", func() bool { return len(d.named(t, "Zoe")) == 0 })
	d.Press("u")
	d.See("Taken back", "1 of 1")
	d.Eventually("the service has her again", func() bool {
		c := d.named(t, "Zoe")
		return len(c) == 1 && c[0]["company"] == "Acme" && c[0]["mobilePhone"] == "+16505550177"
	})
}

func TestContactsImportExport(t *testing.T) {
	d := book(t, Config{})
	path := filepath.Join(t.TempDir(), "two.vcf")
	cards := "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Orn;Ulla;;;\r\nFN:Ulla Orn\r\nTEL;TYPE=CELL:(650) 555-0181\r\nEND:VCARD\r\n" +
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bad \x1b]0;title\x07 Name\r\nN:Name;Ullabad;;;\r\nTEL:tel:+16505550182\r\nEND:VCARD\r\n"
	if err := os.WriteFile(path, []byte(cards), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Press("I C-u")
	d.Free(path[:len(path)-5])
	d.Press("Tab")
	d.See("two.vcf")
	d.Press("Enter")
	d.See("Added 2 contacts")
	d.Eventually("the service has both", func() bool { return len(d.named(t, "Ulla")) == 1 && len(d.named(t, "Ullabad")) == 1 })
	d.Press("/")
	d.Free("ulla")
	d.Press("Enter")
	d.See("1 of 2", "Ulla Orn")
	d.Press("* S Enter")
	d.See("Wrote 2 contacts")
	b, err := os.ReadFile(filepath.Join(d.SaveDir, "contacts.vcf"))
	if err != nil || strings.Count(string(b), "BEGIN:VCARD") != 2 || !strings.Contains(string(b), "+16505550181") || strings.ContainsAny(string(b), "\x1b\x07") {
		t.Errorf("%v: %q", err, b)
	}
	d.Press("u")
	d.Eventually("one undo takes both back at the service", func() bool { return len(d.named(t, "Ulla"))+len(d.named(t, "Ullabad")) == 0 })
}

func TestContactInTheEditor(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "editor")
	t.Setenv("VISUAL", script)
	write := func(body string) {
		if err := os.WriteFile(script, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d := book(t, Config{})
	d.search("carmen")
	write(`sed -i -e 's/^Compny:.*/Company: Acme/' -e 's/^Company:.*/Compny: Acme/' "$1"; cp "$1" ` + filepath.Join(dir, "seen"))
	d.Press("o")
	d.See("Not kept: line", "is it Company?")
	d.Press("C-l") // the first key after an editor may be lost where there is no terminal
	write(`cp "$1" ` + filepath.Join(dir, "seen") + `; sed -i 's/^Compny:.*/Company: Acme/' "$1"`)
	d.Press("o")
	d.Eventually("the service has the change", func() bool {
		c := d.named(t, "Carmen")
		return len(c) == 1 && c[0]["company"] == "Acme"
	})
	b, err := os.ReadFile(filepath.Join(dir, "seen"))
	if err != nil || !strings.HasPrefix(string(b), "#! Not kept yet: line") || !strings.Contains(string(b), "Compny: Acme") {
		t.Errorf("the second time stood there: %v\n%s", err, b)
	}
	d.Press("C-l")
	write("exit 3")
	d.Press("o")
	d.See("Could not edit it in an editor")
}

// Task 8: a caller on the line. Everything from this row's number is one press.
func TestTaskEverythingFromThisNumber(t *testing.T) {
	d := desk(t)
	d.Eventually("the contacts are here", func() bool {
		return slices.ContainsFunc(d.Store.Feeds(), func(f store.FeedStatus) bool { return f.Name == store.FeedContacts && f.Done })
	})
	first := d.all(t, "in:inbox")[0]
	p := d.Play("8a")
	p.Rest()
	p.Over()
	want := d.all(t, "number:"+first.Who.Number)
	if id := first.Who.Contact; id != 0 {
		want = d.all(t, fmt.Sprintf("person:%d", id))
	}
	d.See("Everything with", fmt.Sprintf("of %d", len(want)))
	d.Press("m")
	d.Free("knows us well")
	d.Press("Enter q")
	d.See("Inbox")
	d.Eventually("the note stands on the newest", func() bool { return len(d.item(t, want[len(want)-1].ID).NoteList) == 1 })
}

// A person of the company is shown with what they posted and who called them.
func TestPersonOfTheDirectory(t *testing.T) {
	d := book(t, Config{})
	d.feedDone(store.FeedChats)
	posts := d.all(t, "in:posts")
	author := ""
	for _, p := range posts {
		q := store.ContactQuery{Text: p.Who.Name} // not in the address book, too
		if w, err := d.Store.ContactWindow(t.Context(), q, 0, 0, 2); err == nil && len(w.Rows) == 1 && w.Rows[0].Name == p.Who.Name && w.Rows[0].Source == store.Directory {
			author = p.Who.Name
			break
		}
	}
	if author == "" {
		t.Fatalf("no post of somebody in the directory among %d", len(posts))
	}
	d.search(author)
	d.Press("Enter")
	d.See("Everything with "+author, "in the company directory")
	d.Until("their posts", func(s string) bool { return strings.Contains(s, "post") && !strings.Contains(s, "There is nothing") })
	d.Press("q")
	d.See("/ "+author, "by name")
}

// tap presses one key and waits for the frame it makes: each makes one.
func (d *Desk) tap(key string) {
	d.t.Helper()
	d.mu.Lock()
	before := d.frames
	d.mu.Unlock()
	d.Press(key)
	d.Until("a frame after "+key, func(string) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.frames > before
	})
}

// Every key of the contacts, pressed: each does something or says why not.
func TestEveryContactsKey(t *testing.T) {
	unwatched(t)
	d := book(t, Config{})
	scopes := keymap.Stack(keymap.ViewContacts)
	n := 0
	for _, row := range keymap.Default().Palette(scopes) {
		switch row.Action {
		case keymap.Suspend, keymap.Interrupt, keymap.OpenOutside, keymap.GoMailboxes, keymap.Reply, keymap.SendCard:
			continue // end or stop the program, or open something later, and are tried elsewhere
		}
		for _, key := range keymap.Default().KeysIn(scopes, row.Action) {
			n++
			for k := range strings.FieldsSeq(key) {
				d.tap(k)
			}
			s := d.Screen()
			if strings.Contains(s, "does nothing here") || strings.Contains(s, "is not possible here") {
				t.Errorf("%s (%s):\n%s", key, row.Action, s)
			}
			for _, k := range []string{"C-c", "n", "g", "c"} { // out of a prompt, or out of the question whether to quit
				d.tap(k)
			}
			for strings.Contains(d.Screen(), "Quit switchboard?") { // what came up a moment later took the answer
				d.tap("n")
			}
			d.Until("the contacts", func(s string) bool { return strings.HasPrefix(s, " Contacts") })
		}
	}
	if n < 80 {
		t.Errorf("only %d keys were pressed", n)
	}
}

// A contact card that came in a message is added from the reader, once, also when the key
// was pressed before the message was shown.
func TestAddTheCardOfAMessage(t *testing.T) {
	d := Open(t, Config{Now: noon, Messages: 2000})
	d.See("Inbox", "oldest first")
	var with store.Item
	for _, it := range d.all(t, "in:mms has:file") {
		if slices.ContainsFunc(it.Attachments, func(a store.Attachment) bool { return strings.Contains(a.Type, "vcard") }) {
			with = it
		}
	}
	if with.ID == 0 {
		t.Fatal("no message has a contact card")
	}
	before := len(d.atBook(t, "/address-book/contact?perPage=1000"))
	d.Press("/")
	d.Free("id:" + with.ID.String())
	d.Press("Enter Enter , c") // ahead of what it is about
	d.See("Added 1 contact")
	d.Eventually("the service has it", func() bool { return len(d.atBook(t, "/address-book/contact?perPage=1000")) == before+1 })
	d.Press(", c")
	d.See("1 there already")
}
