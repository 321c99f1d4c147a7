package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// sameStore has three files of one account, of which the first two have the same content,
// and that content once more in a chat and in a mail of other services.
func sameStore(t *testing.T) *fileStoreT {
	t.Helper()
	whole := noise(5_000, 1)
	f := newFileStore(t, t.TempDir(), []string{"a.pdf", "b.pdf", "other.pdf"},
		map[string][]byte{"a.pdf": whole, "b.pdf": whole, "other.pdf": noise(5_000, 2), "c.pdf": whole, "d.pdf": whole})
	ctx := t.Context()
	at := f.clock.now()
	file := func(name string) []Attachment {
		return []Attachment{{Remote: name, Kind: PostedFile, Name: name, Type: "application/pdf", Size: -1, URI: "/" + name}}
	}
	for i, key := range []string{"symphony:pod:7", "emailgistics:host:desk"} {
		svc := &otherBox{fetchService: f.svc, key: key}
		acc, err := f.PutAccount(ctx, Account{Key: key, Service: []string{"symphony", "emailgistics"}[i], Name: []string{"Desk bot", "Claims"}[i]})
		if err != nil {
			t.Fatal(err)
		}
		f.Attach(svc)
		if i == 0 {
			if err := f.TakeChats(ctx, acc.ID, []IncomingChat{{Remote: "room", Type: ChatTeam, Name: "Deals", Joined: true}}); err != nil {
				t.Fatal(err)
			}
			err = f.TakePosts(ctx, acc.ID, []IncomingPost{{
				Remote: "p1", Chat: "room", Author: "9", Time: at.Add(-3 * time.Minute), Modified: at, Text: "the deed", Attachments: file("c.pdf"),
			}})
		} else {
			_, err = f.Apply(ctx, acc.ID, []Incoming{{
				Remote: "mail:1", Kind: Fax, Direction: Inbound, Time: at.Add(-2 * time.Minute), From: Party{Name: "Ben Ode"}, Attachments: file("d.pdf"),
			}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"c.pdf", "d.pdf"} {
		var id int64
		if err := f.r.QueryRow(`SELECT id FROM attachments WHERE name = ?`, name).Scan(&id); err != nil {
			t.Fatal(err)
		}
		f.atts[name] = Attachment{ID: id}
	}
	return f
}

// otherBox is the same files under another account.
type otherBox struct {
	*fetchService
	key string
}

func (o *otherBox) Key() string { return o.key }

func (f *fileStoreT) seen(name string) (out []string) {
	f.t.Helper()
	list, err := f.SameContent(f.t.Context(), f.atts[name].ID)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, p := range list {
		out = append(out, fmt.Sprintf("%s %s %s", p.Name, p.Service, p.Chat))
	}
	return out
}

func TestSameContentOfAllServices(t *testing.T) {
	f := sameStore(t)
	if got := f.seen("a.pdf"); got != nil {
		t.Errorf("what is not here was seen as %q", got)
	}
	for _, name := range []string{"a.pdf", "b.pdf", "other.pdf", "c.pdf", "d.pdf"} {
		if _, err := f.FetchNow(t.Context(), f.att(name), nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string][]string{
		"a.pdf":     {"d.pdf emailgistics ", "c.pdf symphony Deals", "b.pdf test "},
		"b.pdf":     {"d.pdf emailgistics ", "c.pdf symphony Deals", "a.pdf test "},
		"c.pdf":     {"d.pdf emailgistics ", "b.pdf test ", "a.pdf test "},
		"other.pdf": nil,
	} {
		if got := f.seen(name); !slices.Equal(got, want) {
			t.Errorf("%s was seen as %q, want %q", name, got, want)
		}
	}
	list, err := f.SameContent(t.Context(), f.atts["a.pdf"].ID)
	if err != nil {
		t.Fatal(err)
	}
	if r := list[0].Row; r.Who.Name != "Ben Ode" || r.Mailbox != "Claims" || list[0].Account != "emailgistics:host:desk" {
		t.Errorf("the mail is %+v", list[0])
	}
	// One copy on the disk serves all; removed here, it stays for the others.
	if err := f.RemoveLocal(t.Context(), f.atts["a.pdf"].ID); err != nil {
		t.Fatal(err)
	}
	if got, want := f.seen("b.pdf"), []string{"d.pdf emailgistics ", "c.pdf symphony Deals"}; !slices.Equal(got, want) {
		t.Errorf("after one is removed: %q, want %q", got, want)
	}
	if _, err := f.SameContent(t.Context(), 1<<40); !errors.Is(err, ErrNotFound) {
		t.Errorf("an attachment that is not there: %v", err)
	}
}

// A logo that hangs on thousands of mails is no reason to read them all.
func TestSameContentIsBounded(t *testing.T) {
	names, content, logo := []string(nil), map[string][]byte{}, noise(100, 1)
	for i := range SameMost + 10 {
		n := fmt.Sprintf("f%02d", i)
		names, content[n] = append(names, n), logo
	}
	f := newFileStore(t, t.TempDir(), names, content)
	sum := fmt.Sprintf("%064d", 1)
	if _, err := f.w.Exec(`UPDATE attachments SET state = 4, sha256 = ?`, sum); err != nil {
		t.Fatal(err)
	}
	got := f.seen("f00")
	if len(got) != SameMost || got[0] != names[len(names)-1]+" test " {
		t.Errorf("%d places, the first %q", len(got), got[0])
	}
	var plan string
	rows, err := f.r.Query(`EXPLAIN QUERY PLAN `+selectSame, sum, int64(Kept), 1, SameMost)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var detail string
		if err := rows.Scan(&a, &b, &c, &detail); err != nil {
			t.Fatal(err)
		}
		plan += detail + "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plan, "SCAN a") || strings.Contains(plan, "SCAN i") || !strings.Contains(plan, "attachments_sha") {
		t.Errorf("it is not found by its hash alone:\n%s", plan)
	}
}
