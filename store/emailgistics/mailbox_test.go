package emailgistics

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

func TestReadsAll(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: size(600)})
	d := open(t, srv)
	if d.acc.Key != "emailgistics:"+strings.TrimPrefix(srv.Description().BaseURL, "http://")+":acme" || d.acc.Name != "Acme" {
		t.Errorf("%+v", d.acc)
	}
	d.sync()
	checkAll(t, d.Store, srv)
	open := 0
	for _, m := range seen(srv) {
		it := d.item(m)
		if it.Kind != store.Email || it.From.Email != m.From.Address || it.Subject != store.CleanLine(m.Subject) || it.Conversation != m.ConversationID ||
			!it.Time.Equal(m.Received.Truncate(time.Millisecond)) || it.Mail.Address != m.MailboxEmail || it.Mail.Internet != m.InternetMessageID ||
			len(it.To) != len(m.To)+len(m.Cc) || it.Mail.Cc != len(m.Cc) || it.Mail.Status != m.Status {
			t.Fatalf("%+v\n%+v\nis not %+v", it, it.Mail, m)
		}
		if (it.State == store.Done) != (m.Status == "closed") {
			t.Errorf("a message that is %s is %s here", m.Status, it.State)
		}
		if it.State == store.StateOpen {
			open++
		}
	}
	if n := len(d.rows("in:inbox")); n != open {
		t.Errorf("%d in the inbox, want %d", n, open)
	}

	// News: what came in, and what was closed by others.
	last := seen(srv)[len(seen(srv))-1]
	if it := d.item(last); it.State != store.StateOpen {
		t.Fatalf("the newest is %s", it.State)
	}
	srv.Arrive(30)
	srv.SetStatus(last.Index, "closed")
	before := srv.Reports()
	d.sync()
	checkAll(t, d.Store, srv)
	ids, _ := srv.Mailboxes()
	if n := srv.Reports() - before; n != 2*len(ids) {
		t.Errorf("%d reports for a look at %d mailboxes, want two each", n, len(ids))
	}
}

// Whatever goes wrong on the way, in the end all is here once.
func TestReadsAllInTrouble(t *testing.T) {
	for _, faults := range []map[string]float64{
		{"500": 0.1, "429": 0.03, "reset": 0.05, "html": 0.02, "badjson": 0.05, "truncate": 0.05},
		{"report-error": 0.2, "expired": 0.2, "late-500": 0.1},
		{"foreign-next": 0.05, "foreign-self": 0.05, "relative": 0.3},
		{"unknown": 0.5, "upstream-502": 0.1, "stale": 0.1},
	} {
		names := make([]string, 0, len(faults))
		for n := range faults {
			names = append(names, n)
		}
		slices.Sort(names)
		t.Run(strings.Join(names, " "), func(t *testing.T) {
			srv := simulate(t, sim.Config{Messages: size(240), Faults: faults})
			d := open(t, srv)
			d.sync()
			if err := srv.SetFaults(nil); err != nil {
				t.Fatal(err)
			}
			srv.Arrive(5)
			d.sync()
			checkAll(t, d.Store, srv)
		})
	}
}

// A mailbox that comes onto the allowlist later is read as a whole, and one that leaves it
// does not hold up the others.
func TestAllowlistChanges(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: size(240), Mailboxes: 3})
	few := newClient(t, srv, srv.AddKey(1, "reporting", "messages:read", "messages:content"))
	acc, err := Identify(t.Context(), few, "")
	if err != nil || acc.Name == "" {
		t.Fatalf("%+v, %v", acc, err)
	}
	d := open(t, srv)
	one := New(d.acc.Key, few, WithClock(srv.clock))
	d.Attach(one)
	d.sync()
	n := len(d.rows("in:email"))
	if all := len(seen(srv)); n == 0 || n >= all {
		t.Fatalf("%d of %d messages with a key for one mailbox", n, all)
	}
	d.Attach(d.box) // the same account, with a key for all three
	d.sync()
	checkAll(t, d.Store, srv)
	d.Attach(one)
	srv.Arrive(10)
	d.sync()
	d.Attach(d.box)
	d.sync()
	checkAll(t, d.Store, srv)
}

// Each attachment is what the service has; those it does not hand out are refused without
// a request.
func TestAttachments(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: size(40)})
	d := open(t, srv)
	d.sync()
	ctx := t.Context()
	fetched, refused := 0, 0
	for _, m := range seen(srv) {
		it := d.item(m)
		if want := map[bool]store.Bare{true: store.Wanting, false: store.OnDemand}[m.HasAttachments]; it.Bare != want {
			t.Errorf("message %d with attachments %v is %q", m.Index, m.HasAttachments, it.Bare)
		}
		more, err := d.WantDetail(ctx, it.ID)
		if err == nil && !more { // the account's requests of this minute are used up
			d.clock.pass(time.Minute)
			more, err = d.WantDetail(ctx, it.ID)
		}
		if err != nil || !more {
			t.Fatalf("message %d: %v, %v", m.Index, more, err)
		}
		it = d.item(m)
		if len(it.Attachments) != len(m.Files) || it.Bare != store.NotBare {
			t.Fatalf("message %d has %d attachments here and %d there", m.Index, len(it.Attachments), len(m.Files))
		}
		for k, a := range it.Attachments {
			before := len(srv.Requests())
			path, err := d.FetchNow(ctx, a, nil)
			if m.Files[k].Kind != eg.KindFile {
				if err == nil || len(srv.Requests()) != before {
					t.Errorf("%s %q: %v after %d requests", m.Files[k].Kind, a.Name, err, len(srv.Requests())-before)
				}
				refused++
				continue
			}
			if err != nil {
				t.Fatalf("message %d, %q: %v", m.Index, a.Name, err)
			}
			if fetched++; fetched%5 != 1 {
				continue
			}
			want, err := srv.Content(m.Index, k)
			if got := read(t, path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("message %d, %q: %d bytes, want %d (%v)", m.Index, a.Name, len(got), len(want), err)
			}
		}
	}
	if !testing.Short() && (fetched < 10 || refused < 1) {
		t.Errorf("%d fetched and %d refused say little", fetched, refused)
	}
}

// The background asks about the newest first, and finds those that were moved meanwhile.
func TestMovedMessagesAreFound(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 40})
	d := open(t, srv)
	d.sync()
	ctx := t.Context()
	var moved []sim.Mail
	items := map[int]store.ID{}
	for _, m := range seen(srv) {
		if m.HasAttachments && len(moved) < 3 {
			items[m.Index] = d.item(m).ID
			srv.Move(m.Index)
			moved = append(moved, m)
		}
	}
	lost := seen(srv)[0]
	srv.Delete(lost.Index)
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	for _, m := range moved {
		now := srv.Mail(m.Index)
		it := d.item(now)
		if it.ID != items[m.Index] || it.Bare == store.Wanting && it.Files == 0 && now.MessageID == m.MessageID {
			t.Errorf("message %d is %s, want %s", m.Index, it.ID, items[m.Index])
		}
	}
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	for _, m := range moved {
		if it := d.item(srv.Mail(m.Index)); len(it.Attachments) != len(m.Files) {
			t.Errorf("message %d has %d attachments, want %d", m.Index, len(it.Attachments), len(m.Files))
		}
	}

	// One that moves after its attachments are known is found when one of them is wanted.
	m := srv.Mail(moved[0].Index)
	k := slices.IndexFunc(m.Files, func(f sim.File) bool { return f.Kind == eg.KindFile })
	if k < 0 {
		t.Fatal("no file to fetch")
	}
	it := d.item(m)
	srv.Move(m.Index)
	if _, err := d.FetchNow(ctx, it.Attachments[k], nil); !api.IsNotFound(err) {
		t.Fatalf("fetched under the old name: %v", err)
	}
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	now := d.item(srv.Mail(m.Index))
	if now.ID != it.ID || now.Attachments[k].ID != it.Attachments[k].ID {
		t.Errorf("%+v", now.Attachments)
	}
	if path, err := d.FetchNow(ctx, now.Attachments[k], nil); err != nil {
		t.Error(err)
	} else if want, _ := srv.Content(m.Index, k); !bytes.Equal(read(t, path), want) {
		t.Error("another file was fetched")
	}
}

// A file that is asked for when its e-mail was found again, and its attachments not yet asked
// for under its new name, is not there under the old one. That does not make the e-mail lost
// once more.
func TestOldNameOfAFile(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 40, Mailboxes: 1})
	d := open(t, srv)
	d.sync()
	ctx := t.Context()
	m, k := withFile(t, srv)
	it := d.item(m)
	if _, err := d.WantDetail(ctx, it.ID); err != nil {
		t.Fatal(err)
	}
	old := d.item(m).Attachments[k]
	srv.Move(m.Index)
	if _, err := d.FetchNow(ctx, old, nil); !api.IsNotFound(err) {
		t.Fatalf("fetched under the old name: %v", err)
	}
	for range 20 {
		if err := d.SyncFeeds(ctx, d.acc.ID, store.FeedMoved); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Resolve(ctx, "mail:"+srv.Mail(m.Index).MessageID); err == nil {
			break
		}
		d.clock.pass(time.Minute)
	}
	if now, err := d.Attachment(ctx, old.ID); err != nil || now.URI != old.URI {
		t.Fatalf("%+v, %v", now, err)
	}
	if _, err := d.FetchNow(ctx, old, nil); !api.IsNotFound(err) {
		t.Fatalf("fetched under the old name: %v", err)
	}
	if err := d.SyncFeeds(ctx, d.acc.ID); err != nil {
		t.Fatal(err)
	}
	now, err := d.Attachment(ctx, old.ID)
	if err != nil || now.URI == old.URI {
		t.Fatalf("the attachments were not asked for again: %+v, %v", now, err)
	}
	if path, err := d.FetchNow(ctx, now, nil); err != nil {
		t.Error(err)
	} else if want, _ := srv.Content(m.Index, k); !bytes.Equal(read(t, path), want) {
		t.Error("another file was fetched")
	}
}

// withFile is an e-mail with a file to fetch, and which of its attachments that is.
func withFile(t *testing.T, srv account) (sim.Mail, int) {
	t.Helper()
	for _, m := range seen(srv) {
		if k := slices.IndexFunc(m.Files, func(f sim.File) bool { return f.Kind == eg.KindFile }); k >= 0 {
			return m, k
		}
	}
	t.Fatal("no file to fetch")
	return sim.Mail{}, 0
}

// What the key may not do is told as that, and what the service does not offer is refused.
func TestErrorsAreTold(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 20})
	d := open(t, srv)
	d.sync()
	ctx := t.Context()
	m := seen(srv)[0]
	name := store.MailName{Remote: "mail:" + m.MessageID, MailDetail: store.MailDetail{Box: m.MailboxID}}
	weak := New(d.acc.Key, newClient(t, srv, srv.AddKey(3, "reporting")))
	if _, err := weak.Pull(ctx, ""); !forbidden(err, "messages:read") {
		t.Errorf("a report without messages:read: %v", err)
	}
	if _, err := weak.Detail(ctx, name); !forbidden(err, "messages:read") {
		t.Errorf("attachments without messages:read: %v", err)
	}
	if _, err := Identify(ctx, newClient(t, srv, srv.AddKey(3, "messages:read")), ""); err != nil {
		t.Errorf("a key without reporting: %v", err)
	}
	gone := srv.AddKey(3, "reporting")
	deleted := newClient(t, srv, gone)
	srv.DeleteKey(gone)
	if _, err := Identify(ctx, deleted, ""); !errors.Is(err, api.ErrSignedOut) {
		t.Errorf("a deleted key: %v", err)
	}
	// A mailbox that may not be seen does not make its messages gone.
	one := New(d.acc.Key, newClient(t, srv, srv.AddKey(1, "reporting", "messages:read", "messages:content")))
	for _, m := range seen(srv) {
		if ids, _ := srv.Mailboxes(); m.MailboxID == ids[0] {
			continue
		}
		_, err := one.Detail(ctx, store.MailName{Remote: "mail:" + m.MessageID, MailDetail: store.MailDetail{Box: m.MailboxID}})
		if err == nil || api.IsNotFound(err) || !strings.Contains(err.Error(), "allowlist") {
			t.Errorf("another mailbox: %v", err)
		}
		break
	}
	var no *store.NotOfferedError
	if _, err := d.box.Delete(ctx, []string{name.Remote}); !errors.As(err, &no) {
		t.Errorf("delete: %v", err)
	}
	if _, err := d.box.Fetch(ctx, store.Attachment{URI: "https://elsewhere.example/x"}, nil, "", nil, nil); err == nil {
		t.Error("a foreign address was fetched")
	}
	for _, uri := range []string{address("b/1", "AA=-_", "../x"), address("", "m", "a b")} {
		ref, id, err := parseAddress(uri)
		if err != nil || address(ref.Mailbox, ref.ID, id) != uri {
			t.Errorf("%s is read as %+v %q, %v", uri, ref, id, err)
		}
	}
	for _, o := range []string{"", "v1", `{"v":2}`} {
		if p, err := d.box.Pull(ctx, o); o != "" && (err != nil || !p.Reset) {
			t.Errorf("cursor %q: %+v, %v", o, p, err)
		}
	}
}

func forbidden(err error, scope string) bool {
	p, ok := api.MissingPermission(err)
	return ok && p == scope
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Acme": "acme", "acme.example": "acme.example", "  Front desk / 2 ": "front-desk-2", "Büro": "büro", "::": "mailboxes", "": "mailboxes", "..": "mailboxes",
	} {
		if got := slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	boxes := func(mails ...string) (out []eg.Mailbox) {
		for _, m := range mails {
			out = append(out, eg.Mailbox{Email: m})
		}
		return out
	}
	for want, b := range map[string][]eg.Mailbox{
		"acme.example": boxes("a@acme.example", "b@ACME.example"), "Emailgistics": boxes("a@acme.example", "b@other.example"),
	} {
		if got := domain(b); got != want {
			t.Errorf("%v: %q, want %q", b, got, want)
		}
	}
	if got := domain(nil); got != "Emailgistics" {
		t.Error(got)
	}
}

// A save asks for the attachments of what is saved, where they are not known yet.
func TestSaveAsksForAttachments(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: size(30)})
	d := open(t, srv)
	d.sync()
	var ids []store.ID
	files := 0
	for _, m := range seen(srv) {
		ids = append(ids, d.item(m).ID)
		for _, f := range m.Files {
			if m.HasAttachments && f.Kind == eg.KindFile {
				files++
			}
		}
	}
	dir := t.TempDir()
	rep, err := d.Save(t.Context(), ids, store.SaveOptions{Dir: dir, Manifest: true})
	if err != nil || len(rep.Files) != files || files == 0 {
		t.Fatalf("%d files saved, want %d: %v", len(rep.Files), files, err)
	}
	for _, f := range rep.Failed {
		if no := (*store.NotOfferedError)(nil); !errors.As(f.Err, &no) && eg.CauseOf(f.Err) != eg.CauseKind {
			t.Errorf("%q: %v", f.Name, f.Err)
		}
	}
	if v, err := store.Verify(t.Context(), dir); err != nil || !v.Good() || len(v.OK) != files {
		t.Errorf("%+v, %v", v, err)
	}
}

// The mailboxes with their users and tags are kept, and what a report tells by id is named.
func TestBoxes(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 5})
	d := open(t, srv)
	if list, err := d.Boxes(t.Context(), d.acc.ID); err != nil || len(list) != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := d.SyncFeeds(t.Context(), d.acc.ID, store.FeedBoxes); err != nil {
		t.Fatal(err)
	}
	list, err := d.Boxes(t.Context(), d.acc.ID)
	ids, mails := srv.Mailboxes()
	if err != nil || len(list) != len(ids) || list[0].ID != ids[0] || list[0].Email != mails[0] || len(list[0].Users) == 0 || list[0].TimeZone == "" ||
		!slices.ContainsFunc(list[0].Tags, func(t store.BoxTag) bool { return t.Name == "Urgent" && t.Color == "#d13438" && t.Active }) ||
		!slices.ContainsFunc(list[0].Tags, func(t store.BoxTag) bool { return t.Name == "Holiday" && !t.Active }) {
		t.Fatalf("%+v, %v", list, err)
	}
	box := eg.Mailbox{Users: []eg.User{{ID: "u1", Name: "Ana Lima"}, {ID: "u2", Email: "ben@acme.example"}}, Tags: []eg.Tag{{ID: "t1", Name: "billing"}}}
	box.Users = append(box.Users, eg.User{ID: "u3", Name: "Dora Mann", Email: "dora@acme.example"})
	if got := people(box, []string{"Dora@acme.example", "eve@acme.example", ""}); !slices.Equal(got, []string{"Dora Mann", "eve@acme.example", ""}) {
		t.Error(got)
	}
	if got := people(box, []string{"u1", "u2", "Cora", "u9"}); !slices.Equal(got, []string{"Ana Lima", "ben@acme.example", "Cora", "u9"}) {
		t.Error(got)
	}
	if got := tags(box, []string{"t1", "urgent"}); !slices.Equal(got, []string{"billing", "urgent"}) || tags(box, nil) != nil {
		t.Error(got)
	}
}

// A download that was asked for waits while its message is looked for under its new name,
// and goes on by itself.
func TestQueuedDownloadFollowsAMove(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 40, Mailboxes: 1})
	d := open(t, srv)
	d.sync()
	ctx := t.Context()
	m, k := withFile(t, srv)
	if _, err := d.WantDetail(ctx, d.item(m).ID); err != nil {
		t.Fatal(err)
	}
	a := d.item(m).Attachments[k]
	srv.Move(m.Index)
	if err := d.Fetch(ctx, []int64{a.ID}, true); err != nil {
		t.Fatal(err)
	}
	stop := d.run()
	defer stop()
	d.until("the file", func() bool {
		now, err := d.Attachment(ctx, a.ID)
		return err == nil && now.State == store.Kept
	})
}
