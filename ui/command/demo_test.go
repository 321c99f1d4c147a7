package command

import (
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// TestDemoSignsInToAll: the demo has an account of each service, which is one and the same
// when its folder is used again, at the same addresses.
func TestDemoSignsInToAll(t *testing.T) {
	w := newWorld(t)
	w.env.Poll = time.Millisecond
	cfg := simulator.Config{
		Messages: 5, SymphonyStreams: 3, SymphonyMessages: 30, EmailgisticsMessages: 5, EmailgisticsMailboxes: 1, EmailgisticsReport: 1,
	}
	var first simulator.Description
	for round := range 2 {
		a := &app{env: w.env.withDefaults(), dir: w.dir, errw: &strings.Builder{}, in: strings.NewReader("")}
		srv, err := serveDemo(t.Context(), cfg, a.dir)
		if err != nil {
			t.Fatal(err)
		}
		d := srv.Description()
		if round == 0 {
			first = d
		} else if d.Symphony.AgentURL != first.Symphony.AgentURL || d.Emailgistics.BaseURL != first.Emailgistics.BaseURL || d.RingCentral.MediaURL != first.RingCentral.MediaURL {
			t.Errorf("served at %+v, want %+v", d, first)
		}
		st, err := a.store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.demoAccounts(t.Context(), st, d); err != nil {
			t.Fatal(err)
		}
		list, err := st.Accounts(t.Context())
		if err != nil || len(list) != 3 || len(st.Status()) < 3 {
			t.Errorf("%d accounts, %d attached, %v", len(list), len(st.Status()), err)
		}
		for _, acc := range list {
			if _, err := st.SyncOnce(t.Context(), acc.ID, true); err != nil {
				t.Errorf("%s: %v", acc.Key, err)
			}
			if err := st.SyncFeeds(t.Context(), acc.ID); err != nil {
				t.Errorf("%s: %v", acc.Key, err)
			}
		}
		for _, q := range []string{"in:ringcentral", "in:emailgistics", "in:symphony in:posts is:open"} {
			query, err := a.query(q)
			if err != nil {
				t.Fatal(err)
			}
			if ids, err := st.IDs(t.Context(), query, store.OldestFirst, 10); err != nil || len(ids) == 0 {
				t.Errorf("%s: %d, %v", q, len(ids), err)
			}
		}
		if err := a.close(); err != nil {
			t.Error(err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What the flags leave out is not served.
func TestDemoWithout(t *testing.T) {
	o := &simFlags{streams: 24, mails: 60, noSym: true, noMail: true}
	if cfg, err := o.config(); err != nil || cfg.SymphonyStreams != 0 || cfg.EmailgisticsMessages != 0 {
		t.Errorf("%+v, %v", cfg, err)
	}
	o = &simFlags{streams: 3}
	if cfg, err := o.config(); err != nil || cfg.SymphonyStreams != 3 || cfg.EmailgisticsMessages >= 0 {
		t.Errorf("%+v, %v", cfg, err)
	}
}
