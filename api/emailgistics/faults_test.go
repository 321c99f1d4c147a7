package emailgistics_test

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
)

// TestDownloadErrors goes through the table of errors of the download's documents,
// with each case that a status can hide.
func TestDownloadErrors(t *testing.T) {
	none := func(*testing.T, *desk, *sim.Mail, *eg.Attachment, *string) {}
	always := func(fault string) func(*testing.T, *desk, *sim.Mail, *eg.Attachment, *string) {
		return func(t *testing.T, d *desk, _ *sim.Mail, _ *eg.Attachment, _ *string) {
			if err := d.FailNext("downloadAttachment", fault, 0, 100); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range []struct {
		name    string
		arrange func(t *testing.T, d *desk, m *sim.Mail, a *eg.Attachment, key *string)
		cause   eg.Cause
		is      func(error) bool // more that has to hold
		words   string           // in the error
		asked   int              // downloads sent; 0: not looked at
	}{
		{"401: the key is deleted", func(_ *testing.T, d *desk, _ *sim.Mail, _ *eg.Attachment, _ *string) {
			d.DeleteKey(d.Description().APIKey)
			d.clock.move(2 * time.Minute)
		}, eg.CauseKey, func(err error) bool { return errors.Is(err, api.ErrSignedOut) && !api.IsTemporary(err) }, "API key was refused", 1},
		{"401: passed on from the mail system", always("upstream-401"), eg.CauseUpstream, api.IsTemporary, "the API key itself is good", 3},
		{"401: the same in its own form", always("graph-401"), eg.CauseUpstream, api.IsTemporary, "the API key itself is good", 3},
		{"403: the scope is missing", func(_ *testing.T, d *desk, _ *sim.Mail, _ *eg.Attachment, key *string) {
			*key = d.AddKey(3, "reporting", "messages:read")
		}, eg.CauseScope, func(err error) bool {
			what, missing := api.MissingPermission(err)
			return missing && what == "messages:content" && !api.IsTemporary(err)
		}, "lacks the scope messages:content", 1},
		{"403: not a file", func(_ *testing.T, _ *desk, _ *sim.Mail, a *eg.Attachment, _ *string) { a.Kind = "itemAttachment" }, eg.CauseKind, nil, "in the mail program", -1},
		{"403: a link", func(_ *testing.T, _ *desk, _ *sim.Mail, a *eg.Attachment, _ *string) { a.Kind = "referenceAttachment" }, eg.CauseKind, nil, "a link to a file", -1},
		{"403: a kind of tomorrow", func(_ *testing.T, _ *desk, _ *sim.Mail, a *eg.Attachment, _ *string) { a.Kind = "loopAttachment" }, eg.CauseKind, nil, `"loopAttachment"`, -1},
		{"403: passed on", func(t *testing.T, d *desk, m *sim.Mail, a *eg.Attachment, key *string) {
			if _, _, err := fetch(t.Context(), d.c, ref(*m), *a); err != nil { // that proves the scope
				t.Fatal(err)
			}
			always("upstream-403")(t, d, m, a, key)
		}, eg.CauseUpstream, func(err error) bool {
			_, missing := api.MissingPermission(err)
			return api.IsTemporary(err) && !missing
		}, "mail system", 4},
		{"403: passed on in its own form", always("graph-403"), eg.CauseUpstream, api.IsTemporary, "mail system", 3},
		{"404: the message is unknown", func(_ *testing.T, d *desk, m *sim.Mail, _ *eg.Attachment, _ *string) { d.Delete(m.Index) }, eg.CauseGone, api.IsNotFound, "message is unknown", 1},
		{"404: the message was moved", func(_ *testing.T, d *desk, m *sim.Mail, _ *eg.Attachment, _ *string) { d.Move(m.Index) }, eg.CauseGone, api.IsNotFound, "its id changes then", 1},
		{"404: the attachment is unknown", func(_ *testing.T, _ *desk, _ *sim.Mail, a *eg.Attachment, _ *string) { a.ID = "AAMkADk5nobody" }, eg.CauseGone, api.IsNotFound, "no longer has this attachment", 1},
		{"404: the mailbox is not on the allowlist", func(_ *testing.T, d *desk, m *sim.Mail, _ *eg.Attachment, _ *string) {
			for i := range d.Len() {
				if n := d.Mail(i); n.MailboxEmail == "payroll@harborstreet.example" {
					*m = n
				}
			}
		}, eg.CauseMailbox, func(err error) bool { return !api.IsNotFound(err) && !api.IsTemporary(err) }, "not on the API key's allowlist", 1},
		{"404: passed on", always("upstream-404"), eg.CauseUpstream, func(err error) bool { return !api.IsNotFound(err) && api.IsTemporary(err) }, "although it lists it", 3},
		{"404: passed on in its own form", always("graph-404"), eg.CauseUpstream, func(err error) bool { return !api.IsNotFound(err) }, "although it lists it", 3},
		{"429", always("429"), eg.CauseLimit, func(err error) bool {
			at, ok := api.RetryAt(err, time.Time{})
			return api.IsTemporary(err) && ok && !at.IsZero()
		}, "100 requests a minute", 1},
		{"5xx: of the service", always("500"), eg.CauseUpstream, api.IsTemporary, "failed for the moment", 5},
		{"5xx: passed on", always("upstream-502"), eg.CauseUpstream, api.IsTemporary, "failed for the moment", 5},
		{"5xx: a web page", always("html"), eg.CauseUpstream, api.IsTemporary, "failed for the moment", 5},
		{"a status nobody expects", always("upstream-418"), eg.CauseUpstream, api.IsTemporary, "worth trying again", 3},
		{"an id that is none", func(_ *testing.T, _ *desk, m *sim.Mail, _ *eg.Attachment, _ *string) { m.MessageID = "../x\n" }, eg.CauseGone, nil, "not the id of a message", -1},
		{"nothing", none, eg.CauseOther, func(err error) bool { return err == nil }, "", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := start(t, sim.Config{Seed: 6, Messages: 30})
			m, k := d.oneFile(t)
			a := attached(t, d.c, m, k)
			key := ""
			row.arrange(t, d, &m, &a, &key)
			c := d.c
			if key != "" {
				c = d.client(t, eg.Config{Key: key})
			}
			_, _, err := fetch(t.Context(), c, ref(m), a)
			if eg.CauseOf(err) != row.cause || row.is != nil && !row.is(err) {
				t.Errorf("%v: cause %q, want %q", err, eg.CauseOf(err), row.cause)
			}
			if err != nil && !strings.Contains(err.Error(), row.words) {
				t.Errorf("%v: does not say %q", err, row.words)
			}
			asked := d.count("downloadAttachment", a.ID)
			if row.asked > 0 && asked != row.asked || row.asked < 0 && asked != 0 {
				t.Errorf("%d downloads were sent, want %d", asked, max(row.asked, 0))
			}
			if n := len(d.Requests()); n > 40 {
				t.Errorf("%d requests for one download", n)
			}
		})
	}
}

// count is how many requests of an operation there were for what has part in its path.
func (d *desk) count(op, part string) int {
	n := 0
	for _, r := range d.Requests() {
		if r.Op == op && strings.Contains(r.Path, strings.TrimRight(part, "=")) {
			n++
		}
	}
	return n
}

// TestPassingFaults: what passes is got over without a word.
func TestPassingFaults(t *testing.T) {
	for _, fault := range []string{
		"500", "html", "upstream-401", "upstream-403", "upstream-404", "upstream-502", "graph-401", "graph-403", "graph-404", "upstream-418",
		"reset", "truncate", "nolength",
	} {
		t.Run(fault, func(t *testing.T) {
			d := start(t, sim.Config{Seed: 7})
			m, k := d.oneFile(t)
			a := attached(t, d.c, m, k)
			if err := d.FailNext("downloadAttachment", fault, 0, 1); err != nil {
				t.Fatal(err)
			}
			got, _, err := fetch(t.Context(), d.c, ref(m), a)
			want, _ := d.Content(m.Index, k)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v, %d bytes of %d", err, len(got), len(want))
			}
		})
	}
}

// TestConfirmedOnce: a hundred refused downloads do not ask a hundred times whether the key is good.
func TestConfirmedOnce(t *testing.T) {
	d := start(t, sim.Config{Seed: 8})
	m, k := d.oneFile(t)
	a := attached(t, d.c, m, k)
	before := d.count("listMailboxes", "")
	if err := d.FailNext("downloadAttachment", "upstream-401", 0, 1000); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, _, err := fetch(t.Context(), d.c, ref(m), a); eg.CauseOf(err) != eg.CauseUpstream {
			t.Fatal(err)
		}
	}
	if n := d.count("listMailboxes", "") - before; n > 2 {
		t.Errorf("the key was confirmed %d times within a minute", n)
	}
}

func TestProbe(t *testing.T) {
	all := []string{"reporting", "messages:read", "messages:content"}
	d := start(t, sim.Config{Seed: 9})
	for bits := range 1 << len(all) {
		var scopes []string
		for n, s := range all {
			if bits>>n&1 == 1 {
				scopes = append(scopes, s)
			}
		}
		before := len(d.Requests())
		got, err := d.client(t, eg.Config{Key: d.AddKey(2, scopes...)}).Probe(t.Context())
		if err != nil {
			t.Fatalf("%v: %v", scopes, err)
		}
		if n := len(d.Requests()) - before; n > 3 {
			t.Errorf("%v: %d requests", scopes, n)
		}
		for _, s := range all {
			has, grant := slices.Contains(scopes, s), got.Of(eg.Scope(s))
			if has != (grant == eg.GrantYes || grant == eg.GrantLikely) || !has && grant != eg.GrantNo {
				t.Errorf("key with %v: %s is told as %q", scopes, s, grant)
			}
		}
		if want := 2; slices.Contains(scopes, "reporting") != (got.Mailboxes == want) {
			t.Errorf("%v: %d mailboxes", scopes, got.Mailboxes)
		}
	}
}

// TestProbeProven: what has been used is known for certain, and not asked again.
func TestProbeProven(t *testing.T) {
	d := start(t, sim.Config{Seed: 10})
	m, k := d.oneFile(t)
	a := attached(t, d.c, m, k)
	if _, _, err := fetch(t.Context(), d.c, ref(m), a); err != nil {
		t.Fatal(err)
	}
	before := len(d.Requests())
	got, err := d.c.Probe(t.Context())
	if err != nil || got.Reporting != eg.GrantYes || got.Read != eg.GrantYes || got.Content != eg.GrantYes || got.Mailboxes != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if n := len(d.Requests()) - before; n != 1 {
		t.Errorf("%d requests, want the list of mailboxes only", n)
	}
}

func TestProbeTrouble(t *testing.T) {
	d := start(t, sim.Config{Seed: 11})
	if _, err := d.client(t, eg.Config{Key: "eg_wrong"}).Probe(t.Context()); eg.CauseOf(err) != eg.CauseKey || !errors.Is(err, api.ErrSignedOut) {
		t.Errorf("a wrong key: %v", err)
	}
	if err := d.FailNext("listAttachments", "500", 0, 100); err != nil {
		t.Fatal(err)
	}
	got, err := d.c.Probe(t.Context())
	if err != nil || got.Read != eg.GrantUnknown || got.Read.String() != "could not be told" || got.Content != eg.GrantLikely {
		t.Errorf("%+v, %v: what fails for the moment says nothing", got, err)
	}
}

// TestListErrors: the other calls' errors.
func TestListErrors(t *testing.T) {
	d := start(t, sim.Config{Seed: 12})
	m, _ := d.oneFile(t)
	reporting, reading := d.AddKey(3, "reporting"), d.AddKey(3, "messages:read")
	bare := d.client(t, eg.Config{Key: reporting})
	if _, err := bare.Attachments(t.Context(), ref(m)); eg.CauseOf(err) != eg.CauseScope || !strings.Contains(err.Error(), "messages:read") {
		t.Errorf("a list without the scope: %v", err)
	}
	if _, err := bare.StartReport(t.Context(), eg.ReportQuery{Mailbox: m.MailboxID}); eg.CauseOf(err) != eg.CauseScope || !strings.Contains(err.Error(), "messages:read") {
		t.Errorf("a report without messages:read: %v", err)
	}
	reader := d.client(t, eg.Config{Key: reading})
	if _, err := reader.Mailboxes(t.Context()); eg.CauseOf(err) != eg.CauseScope || !strings.Contains(err.Error(), "reporting") {
		t.Errorf("mailboxes without the scope: %v", err)
	}
	if _, err := reader.StartReport(t.Context(), eg.ReportQuery{Mailbox: m.MailboxID}); eg.CauseOf(err) != eg.CauseScope || !strings.Contains(err.Error(), "reporting") {
		t.Errorf("a report without reporting: %v", err)
	}
	if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: "6f2b4d1e-0000-4000-8000-000000000000"}); eg.CauseOf(err) != eg.CauseMailbox {
		t.Errorf("a report of a mailbox that is not on the allowlist: %v", err)
	}
	if _, err := d.c.Attachments(t.Context(), eg.Ref{ID: "AAMkAGnobody="}); eg.CauseOf(err) != eg.CauseGone || !api.IsNotFound(err) {
		t.Errorf("a list of an unknown message: %v", err)
	}
	if err := d.FailNext("listAttachments", "graph-403", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.c.Attachments(t.Context(), ref(m)); eg.CauseOf(err) != eg.CauseUpstream {
		t.Errorf("a list that the mail system refuses: %v", err)
	}
	if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: m.MailboxID, Activity: "read"}); eg.CauseOf(err) != eg.CauseRequest || !strings.Contains(err.Error(), "activityType") {
		t.Errorf("a report of an unknown activity: %v", err)
	}
}
