package emailgistics_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
)

// read follows a run to its end and returns all rows.
func read(t *testing.T, c *eg.Client, link string) (rows []eg.Row, progress []int) {
	t.Helper()
	ctx := api.Background(t.Context())
	for range 1000 {
		p, err := c.Run(ctx, link)
		if err != nil {
			t.Fatal(err)
		}
		progress = append(progress, p.Progress)
		if !p.Done() {
			if p.Self != link || len(p.Rows) > 0 {
				t.Fatalf("while it runs: %+v", p)
			}
			continue
		}
		for _, b := range p.Broken {
			t.Errorf("row %s: %v", b.Cursor, b.Err)
		}
		rows = append(rows, p.Rows...)
		if p.Next == "" {
			if p.Total != len(rows) {
				t.Errorf("%d rows in all pages, %d told", len(rows), p.Total)
			}
			return rows, progress
		}
		link = p.Next
	}
	t.Fatal("the report has no end")
	return nil, nil
}

// want is which messages a report has to find.
func (d *desk) want(q eg.ReportQuery) []sim.Mail {
	var out []sim.Mail
	for i := range d.Len() {
		m := d.Mail(i)
		if m.MailboxID == q.Mailbox && (q.From.IsZero() || !m.Received.Before(q.From)) && (q.Until.IsZero() || !m.Received.After(q.Until)) &&
			(q.Conversation == "" || m.ConversationID == q.Conversation) && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, m.Status)) {
			out = append(out, m)
		}
	}
	return out
}

func TestReport(t *testing.T) {
	d := start(t, sim.Config{Seed: 20, Messages: 260, ReportFor: time.Minute})
	ids, _ := d.Server.Mailboxes()
	middle := d.Mail(130).Received
	for name, q := range map[string]eg.ReportQuery{
		"all of a mailbox":  {Mailbox: ids[0], Max: 50, Details: true},
		"as one page":       {Mailbox: ids[0]},
		"another one":       {Mailbox: ids[1], Max: 60},
		"from a time on":    {Mailbox: ids[0], From: middle.Add(time.Millisecond), FieldGroups: []string{"basic", "replyData"}},
		"until a time":      {Mailbox: ids[0], Until: middle.Add(-time.Millisecond)},
		"open ones":         {Mailbox: ids[0], Statuses: []string{"open", "snoozed"}},
		"of a conversation": {Mailbox: d.Mail(110).MailboxID, Conversation: d.Mail(110).ConversationID},
		"nothing":           {Mailbox: ids[0], From: d.clock.Now().Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			run, err := d.c.StartReport(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if run.Page.Status != eg.StatusRunning || run.Link == "" || run.Page.Total != -1 {
				t.Errorf("started: %+v", run)
			}
			d.clock.move(30 * time.Second)
			half, err := d.c.Run(t.Context(), run.Link)
			if err != nil || half.Progress < 45 || half.Progress > 55 || half.Done() {
				t.Errorf("half way: %+v, %v", half, err)
			}
			d.clock.move(time.Minute)
			rows, _ := read(t, d.c, run.Link)
			if q.From.Nanosecond() != 0 { // whole seconds go out: more, never less
				q.From = q.From.Truncate(time.Second)
			}
			if q.Until.Nanosecond() != 0 {
				q.Until = q.Until.Truncate(time.Second).Add(time.Second)
			}
			d.compare(t, rows, d.want(q))
		})
	}
}

func (d *desk) compare(t *testing.T, rows []eg.Row, want []sim.Mail) {
	t.Helper()
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, r := range rows {
		m := want[i]
		if r.MessageID != m.MessageID || r.InternetMessageID != m.InternetMessageID || r.ConversationID != m.ConversationID || r.MailboxID != m.MailboxID ||
			r.Subject != m.Subject || r.From != eg.Person(m.From) || !r.Received.Equal(m.Received) || r.Status != m.Status ||
			r.HasAttachments == nil || *r.HasAttachments != m.HasAttachments || len(r.To) != len(m.To) || len(r.Cc) != len(m.Cc) || r.Fields["subject"] == nil {
			t.Fatalf("row %d: %+v\nwant %+v", i, r, m)
		}
	}
}

// TestReportEnds: how a run can end otherwise.
func TestReportEnds(t *testing.T) {
	d := start(t, sim.Config{Seed: 21, Messages: 150})
	ids, _ := d.Server.Mailboxes()
	q := eg.ReportQuery{Mailbox: ids[0], Max: 50}
	begin := func(fault string) eg.Run {
		t.Helper()
		if fault != "" {
			if err := d.FailNext("", fault, 0, 1); err != nil {
				t.Fatal(err)
			}
		}
		run, err := d.c.StartReport(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", fault, err)
		}
		d.clock.move(time.Second)
		return run
	}
	run := begin("report-error")
	if _, err := d.c.Run(t.Context(), run.Link); eg.CauseOf(err) != eg.CauseReport || !strings.Contains(err.Error(), "could not be completed") {
		t.Errorf("a run that failed: %v", err)
	}
	run = begin("")
	other := d.client(t, eg.Config{Key: d.AddKey(3, "reporting", "messages:read")})
	if _, err := other.Run(t.Context(), run.Link); eg.CauseOf(err) != eg.CauseGone || !strings.Contains(err.Error(), "only to the API key that started") {
		t.Errorf("another key's: %v", err)
	}
	d.clock.move(24 * time.Hour)
	if _, err := d.c.Run(t.Context(), run.Link); eg.CauseOf(err) != eg.CauseGone || !api.IsNotFound(err) {
		t.Errorf("after a day: %v", err)
	}
	run = begin("slow-report")
	if p, err := d.c.Run(t.Context(), run.Link); err != nil || p.Done() || p.Progress > 1 {
		t.Errorf("a slow one: %+v, %v", p, err)
	}
	if err := d.FailNext("receivedMessageDetail", "late-500", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.c.StartReport(t.Context(), q); !api.IsUnknown(err) || !api.IsTemporary(err) {
		t.Errorf("an answer that was lost: %v; the report may run", err)
	}
	if n := d.Reports(); n != 4 {
		t.Errorf("%d runs were started, want 4: none may be repeated", n)
	}
}

// TestLinksStayHome: the key goes to the configured origin only, whatever a link says.
func TestLinksStayHome(t *testing.T) {
	d := start(t, sim.Config{Seed: 22, Messages: 300, Mailboxes: 1})
	ids, _ := d.Server.Mailboxes()
	var asked []string
	tr := api.NewTransport()
	defer tr.CloseIdleConnections()
	c := d.client(t, eg.Config{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Host)
		return tr.RoundTrip(r)
	})})
	order := func(fault string) {
		if err := d.FailNext("", fault, 0, 1); err != nil {
			t.Fatal(err)
		}
	}
	q := eg.ReportQuery{Mailbox: ids[0], Max: 50}
	order("foreign-self")
	if _, err := c.StartReport(t.Context(), q); !errors.Is(err, api.ErrHostNotAllowed) || api.IsTemporary(err) || !strings.Contains(err.Error(), "emailgistics.example.net") {
		t.Errorf("a foreign link to the run: %v", err)
	}
	d.FinishReports()
	order("relative")
	run, err := c.StartReport(t.Context(), q)
	if err != nil || !strings.HasPrefix(run.Link, d.Description().BaseURL+"/api/v1/reports/results/") {
		t.Fatalf("a link without a host: %q, %v", run.Link, err)
	}
	d.FinishReports()
	order("foreign-self") // that is where we are: the link we came by is as good
	if p, err := c.Run(t.Context(), run.Link); err != nil || p.Self != run.Link {
		t.Errorf("a foreign link to the page itself: %q, %v", p.Self, err)
	}
	order("foreign-next") // leaving it out would look like the end
	if _, err := c.Run(t.Context(), run.Link); !errors.Is(err, api.ErrHostNotAllowed) {
		t.Errorf("a foreign link to the next page: %v", err)
	}
	if rows, _ := read(t, c, run.Link); len(rows) < 200 {
		t.Errorf("%d rows afterwards", len(rows))
	}
	home := strings.TrimPrefix(d.Description().BaseURL, "http://")
	for _, link := range []string{
		"https://" + home + "/api/v1/reports/results/x", "http://" + home + ".example.net/x", "//example.net/x", "http://user@" + home + "/x", "http://" + home + "@example.net/x",
		"javascript:alert(1)", "http://[::1", "file:///etc/passwd",
	} {
		if _, err := c.Run(t.Context(), link); err == nil {
			t.Errorf("%s was followed", link)
		}
	}
	for _, host := range asked {
		if host != home {
			t.Errorf("%s was asked", host)
		}
	}
}

// TestUnknownMembers: what is not documented changes nothing.
func TestUnknownMembers(t *testing.T) {
	d := start(t, sim.Config{Seed: 23, Messages: 80, Faults: map[string]float64{"unknown": 1}})
	ids, _ := d.Server.Mailboxes()
	if boxes, err := d.c.Mailboxes(t.Context()); err != nil || len(boxes) != 3 {
		t.Errorf("%d mailboxes, %v", len(boxes), err)
	}
	run, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0], Max: 50})
	if err != nil {
		t.Fatal(err)
	}
	d.FinishReports()
	rows, _ := read(t, d.c, run.Link)
	if want := d.want(eg.ReportQuery{Mailbox: ids[0]}); len(rows) != len(want) || rows[0].Status != "delegated" || rows[0].HasAttachments != nil || rows[1].Cursor != "2" {
		t.Errorf("%d rows of %d: %+v", len(rows), len(want), rows[0])
	}
	for _, r := range rows {
		list, err := d.c.Attachments(t.Context(), eg.Ref{ID: r.MessageID})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if a.Size < 0 {
				t.Errorf("%q: a size written as text was not read", a.Name)
			}
		}
	}
}

// TestWrapped: the form of the request that the documents hint at.
func TestWrapped(t *testing.T) {
	d := start(t, sim.Config{Seed: 24, Messages: 20, Wrapped: true})
	ids, _ := d.Server.Mailboxes()
	if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); eg.CauseOf(err) != eg.CauseRequest || !strings.Contains(err.Error(), "parameters is required") {
		t.Errorf("plain: %v", err)
	}
	if _, err := d.client(t, eg.Config{Wrapped: true}).StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); err != nil {
		t.Errorf("wrapped: %v", err)
	}
}
