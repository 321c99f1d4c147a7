package emailgistics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
)

// TestThreeReports: no fourth is sent while three run, whichever program started them.
func TestThreeReports(t *testing.T) {
	d := start(t, sim.Config{Seed: 25, Messages: 30, ReportFor: 10 * time.Minute})
	ids, _ := d.Server.Mailboxes()
	shared := eg.Config{Shared: t.TempDir() + "/count"}
	one, two := d.client(t, shared), d.client(t, shared)
	var links []string
	for i, c := range []*eg.Client{one, two, one} {
		run, err := c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[i]})
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, run.Link)
	}
	for _, c := range []*eg.Client{one, two} {
		_, err := c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]})
		if eg.CauseOf(err) != eg.CauseLimit || !api.IsTemporary(err) {
			t.Errorf("a fourth: %v", err)
		}
		if at, ok := api.RetryAt(err, d.clock.Now()); !ok || at.Before(d.clock.Now()) {
			t.Errorf("a fourth: possible again at %v", at)
		}
	}
	if n := d.count("receivedMessageDetail", ""); n != 3 {
		t.Errorf("%d requests for reports went out, want 3", n)
	}
	// Another program's, which nobody told us about: the service says so.
	d.FinishReports()
	if _, err := two.Run(t.Context(), links[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := one.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); err != nil {
		t.Errorf("after one was done: %v", err)
	}
	fresh := d.client(t, eg.Config{})
	for range 2 {
		if _, err := fresh.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := fresh.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); eg.CauseOf(err) != eg.CauseLimit || !strings.Contains(err.Error(), "3 reports at a time") {
		t.Errorf("refused by the service: %v", err)
	}
}

// TestLostReport: the place of a report whose link nobody asks about any more is
// free again after as long as a report can run.
func TestLostReport(t *testing.T) {
	d := start(t, sim.Config{Seed: 26, Messages: 30})
	ids, _ := d.Server.Mailboxes()
	for range 3 {
		if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); err != nil {
			t.Fatal(err)
		}
	}
	d.clock.move(29 * time.Minute)
	if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); eg.CauseOf(err) != eg.CauseLimit {
		t.Errorf("after 29 minutes: %v", err)
	}
	d.clock.move(2 * time.Minute)
	if _, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: ids[0]}); err != nil {
		t.Errorf("after 31 minutes: %v", err)
	}
}

// TestSharedLimit: programs that share a file stay within 100 requests a minute
// together, and all of them are silent after a 429 that one of them got.
func TestSharedLimit(t *testing.T) {
	d := start(t, sim.Config{Seed: 27, Limits: true})
	shared := eg.Config{Shared: t.TempDir() + "/count"}
	programs := []*eg.Client{d.client(t, shared), d.client(t, shared), d.client(t, shared)}
	began := d.clock.Now()
	for i := range 250 {
		if _, err := programs[i%3].Mailboxes(api.Background(t.Context())); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if took := d.clock.Now().Sub(began); took < 2*time.Minute {
		t.Errorf("250 requests took %v", took)
	}
	for _, r := range d.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Fatal("the limit was exceeded")
		}
	}
	d.clock.move(time.Hour)
	if err := d.FailNext("", "429", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := programs[0].Mailboxes(t.Context()); eg.CauseOf(err) != eg.CauseLimit {
		t.Fatal(err)
	}
	before := len(d.Requests())
	for i, c := range programs {
		_, err := c.Mailboxes(t.Context())
		var limit *api.LimitError
		if eg.CauseOf(err) != eg.CauseLimit || !errors.As(err, &limit) || limit.Until.Sub(d.clock.Now()) < 50*time.Second {
			t.Errorf("program %d during the silence: %v", i, err)
		}
	}
	if n := len(d.Requests()) - before; n != 0 {
		t.Errorf("%d requests during the silence", n)
	}
	if _, err := programs[1].Mailboxes(api.Background(t.Context())); err != nil {
		t.Errorf("background work waits it out: %v", err)
	}
}

// TestOneProgramsLimit: alone it keeps the limit, too, and people have a reserve.
func TestOneProgramsLimit(t *testing.T) {
	d := start(t, sim.Config{Seed: 28, Limits: true})
	for i := range 180 {
		ctx := api.Background(t.Context())
		if i%10 == 0 {
			ctx = t.Context()
		}
		if _, err := d.c.Mailboxes(ctx); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	for _, st := range d.c.Budget().State() {
		if st.Group != "Account" || st.Limit != 100 || st.Used == 0 || st.Used > 100 {
			t.Errorf("state: %+v", st)
		}
	}
}

// TestSharedFileDamaged: a file that cannot be read or written fails no request.
func TestSharedFileDamaged(t *testing.T) {
	d := start(t, sim.Config{Seed: 29})
	for _, path := range []string{"/nowhere/at/all/count", t.TempDir()} {
		if _, err := d.client(t, eg.Config{Shared: path}).Mailboxes(t.Context()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestDownloadsAtATime: three for a mailbox, and those of another are not kept waiting.
func TestDownloadsAtATime(t *testing.T) {
	d := start(t, sim.Config{Seed: 30})
	m, k := d.oneFile(t)
	a := attached(t, d.c, m, k)
	inside, free := make(chan string), make(chan struct{})
	c := d.client(t, eg.Config{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		inside <- r.URL.Path
		<-free
		return nil, fmt.Errorf("enough seen: %w", context.Canceled)
	})})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	for range 5 {
		go func() {
			_, _, _ = fetch(ctx, c, ref(m), a)
			done <- struct{}{}
		}()
	}
	for range 3 {
		<-inside
	}
	go func() {
		_, _, _ = fetch(ctx, c, eg.Ref{ID: m.MessageID, Mailbox: "another"}, a)
		done <- struct{}{}
	}()
	<-inside // the one of the other mailbox: the fourth and fifth of the first wait
	select {
	case <-inside:
		t.Error("a fourth download of one mailbox is under way")
	default:
	}
	cancel()
	close(free)
	for n := 0; n < 6; {
		select {
		case <-inside:
		case <-done:
			n++
		}
	}
}
