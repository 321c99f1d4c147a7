package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"switchboard/api"
)

// mailDesk is a service of e-mails in memory: it tells of attachments one by one.
type mailDesk struct {
	*box
	files map[string][]string // remote -> names
	asked []string
	fault map[string]error
	moved map[string]Incoming // by Message-ID: what a search finds
	finds int
}

func newMailDesk() *mailDesk {
	return &mailDesk{box: newBox("emailgistics:mail.example:acme"), files: map[string][]string{}, fault: map[string]error{}, moved: map[string]Incoming{}}
}

func (d *mailDesk) mail(in Incoming, files ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	in.Modified = in.Time
	d.messages[in.Remote] = &in
	d.files[in.Remote] = files
}

func (d *mailDesk) Detail(_ context.Context, m MailName) (Incoming, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, strings.TrimPrefix(m.Remote, "mail:"))
	if err := d.fault[m.Remote]; err != nil {
		return Incoming{}, err
	}
	in := Incoming{Remote: m.Remote}
	for i, f := range d.files[m.Remote] {
		in.Attachments = append(in.Attachments, Attachment{Remote: fmt.Sprint(m.Remote, i), Kind: MailFile, Name: f, Size: 5, URI: m.Remote})
	}
	return in, nil
}

func (d *mailDesk) FindMail(_ context.Context, m MailName, cursor string) ([]Incoming, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.finds++
	if cursor == "" {
		return nil, "running", nil
	}
	if in, ok := d.moved[m.Internet]; ok {
		return []Incoming{in}, "", nil
	}
	return nil, "", nil
}

func (d *mailDesk) takeAsked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked := d.asked
	d.asked = nil
	return asked
}

func TestAttachmentsAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newMailDesk()
		d.now = time.Now()
		at := func(n int) time.Time { return time.Now().Add(-time.Duration(n) * time.Hour) }
		for i := range 5 {
			d.mail(email(fmt.Sprint("m", i), at(i)), fmt.Sprintf("f%d.pdf", i))
		}
		d.mail(email("quiet", at(9), func(in *Incoming) { in.Bare = OnDemand }), "logo.png")
		d.fault["mail:m1"] = &api.Error{Service: "Test", Op: "list", Status: 422, Message: "no"}
		d.fault["mail:m2"] = notFound
		d.moved["<m2@customer.example>"] = email("m2-moved", at(2))
		d.files["mail:m2-moved"] = []string{"f2.pdf"}
		s := atWork(t, t.TempDir(), d)
		time.Sleep(2 * time.Minute)

		asked := d.takeAsked()
		if want := []string{"m0", "m1", "m2", "m3", "m4", "m2-moved"}; !slices.Equal(asked, want) {
			t.Errorf("asked about %v, want the newest first and each once: %v", asked, want)
		}
		for remote, want := range map[string]string{"mail:m0": "f0.pdf", "mail:m2-moved": "f2.pdf", "mail:m4": "f4.pdf", "mail:m1": "", "mail:quiet": ""} {
			it := mailItem(t, s, remote)
			names := ""
			for _, a := range it.Attachments {
				names += a.Name
			}
			if names != want || it.Files != min(len(names), 1) || (it.Bare == NotBare) != (want != "") {
				t.Errorf("%s has %q (%d, %s), want %q", remote, names, it.Files, it.Bare, want)
			}
		}
		if why, err := s.WhyBare(t.Context(), mailItem(t, s, "mail:m1").ID); err != nil || why == "" {
			t.Errorf("why: %q, %v", why, err)
		}
		if d.finds != 2 {
			t.Errorf("%d steps of looking for what was moved, want 2", d.finds)
		}

		// A person opens them: asked at once, the others not.
		delete(d.fault, "mail:m1")
		for _, remote := range []string{"mail:m1", "mail:quiet"} {
			id := mailItem(t, s, remote).ID
			if more, err := s.WantDetail(t.Context(), id); err != nil || !more {
				t.Errorf("%s: %v, %v", remote, more, err)
			}
			if more, err := s.WantDetail(t.Context(), id); err != nil || more {
				t.Errorf("%s again: %v, %v", remote, more, err)
			}
		}
		if asked := d.takeAsked(); !slices.Equal(asked, []string{"m1", "quiet"}) {
			t.Errorf("asked about %v", asked)
		}
		q, err := ParseQuery("logo", testNow, time.UTC)
		if w, e := s.Window(t.Context(), q, NewestFirst, 0, 0, 5); err != nil || e != nil || len(w.Rows) != 1 {
			t.Errorf("the name of a file finds %d: %v %v", len(w.Rows), err, e)
		}
	})
}

// A full rate budget makes what a person opened the next in turn, and trouble of the whole
// account is waited out.
func TestWantedAttachmentsComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newMailDesk()
		d.now = time.Now()
		for i := range 4 {
			d.mail(email(fmt.Sprint("m", i), time.Now().Add(-time.Duration(i)*time.Hour)), "a.txt")
			d.fault[fmt.Sprint("mail:m", i)] = &api.LimitError{Group: "Account", Until: time.Now().Add(time.Minute)}
		}
		s := atWork(t, t.TempDir(), d)
		time.Sleep(10 * time.Second)
		if more, err := s.WantDetail(t.Context(), mailItem(t, s, "mail:m3").ID); err != nil || more {
			t.Fatalf("%v, %v", more, err)
		}
		d.takeAsked()
		time.Sleep(40 * time.Second)
		if asked := d.takeAsked(); len(asked) > 0 {
			t.Errorf("asked about %v during a penalty", asked)
		}
		d.mu.Lock()
		clear(d.fault)
		d.mu.Unlock()
		time.Sleep(time.Minute)
		if asked := d.takeAsked(); !slices.Equal(asked, []string{"m3", "m0", "m1", "m2"}) {
			t.Errorf("asked about %v", asked)
		}
	})
}

// A look that takes the service long goes on in steps, each kept before the next, and the
// status says what it is busy with.
func TestPullInSteps(t *testing.T) {
	d := &stepDesk{mailDesk: newMailDesk(), steps: 4}
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	s.Attach(d)
	d.tell = func() string { return s.Status()[0].Doing }
	rep, err := s.SyncOnce(t.Context(), a.ID, true)
	if err != nil || !rep.History {
		t.Fatalf("%+v, %v", rep, err)
	}
	if want := []string{"", "report 25 %", "report 50 %", "report 75 %"}; !slices.Equal(d.seen, want) {
		t.Errorf("the status said %q, want %q", d.seen, want)
	}
	if st, _ := s.SyncState(t.Context(), a.ID); st.Cursor != "4" || st.Synced.IsZero() || s.Status()[0].Doing != "" {
		t.Errorf("%+v, %q", st, s.Status()[0].Doing)
	}
	if _, err = s.SyncOnce(t.Context(), a.ID, true); err != nil || len(d.seen) != 8 {
		t.Errorf("the next look took %d steps: %v", len(d.seen)-4, err)
	}
}

type stepDesk struct {
	*mailDesk
	steps int
	tell  func() string
	seen  []string
}

func (d *stepDesk) Pull(_ context.Context, cursor string) (Pulled, error) {
	d.seen = append(d.seen, d.tell())
	n := 0
	fmt.Sscan(cursor, &n)
	n = n%d.steps + 1
	p := Pulled{Cursor: fmt.Sprint(n), More: n < d.steps}
	if p.More {
		p.Doing = fmt.Sprintf("report %d %%", 100*n/d.steps)
	}
	return p, nil
}

func (d *stepDesk) Older(context.Context, string) (Pulled, error) { return Pulled{}, nil }
