package ringcentral_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

func TestSyncEverything(t *testing.T) {
	d := open(t, simulator.Config{Messages: 300}, adapter.WithPages(20, 40))
	rep := d.sync()
	if rep.New != 300 {
		t.Errorf("%d new, want 300", rep.New)
	}
	kinds, states := map[store.Kind]int{}, map[store.Transcript]int{}
	texts := 0
	for _, r := range d.rows("in:all") {
		kinds[r.Kind]++
		it := d.item(r.ID)
		states[it.Transcript]++
		switch {
		case it.Transcript == store.TranscriptComplete || it.Transcript == store.TranscriptPartial:
			if it.Text == "" {
				t.Errorf("message %s: its transcript is %s and empty", it.Remote, it.Transcript)
			}
			texts++
		case it.Kind == store.Voicemail && it.Text != "":
			t.Errorf("message %s: has a transcript that is %s", it.Remote, it.Transcript)
		}
		if it.Kind == store.Voicemail && it.Duration <= 0 {
			t.Errorf("message %s: a voicemail without a duration", it.Remote)
		}
		if (it.Kind == store.Voicemail || it.Kind == store.Fax) && len(it.Attachments) == 0 {
			t.Errorf("message %s: a %s without files", it.Remote, it.Kind)
		}
	}
	if rep.Texts != texts {
		t.Errorf("%d texts fetched, %d there", rep.Texts, texts)
	}
	for _, k := range []store.Kind{store.Voicemail, store.Fax, store.SMS, store.MMS, store.Pager} {
		if kinds[k] == 0 {
			t.Errorf("no %s", k)
		}
	}
	for _, s := range []store.Transcript{store.TranscriptComplete, store.TranscriptPartial, store.TranscriptNotReady, store.TranscriptFailed} {
		if states[s] == 0 {
			t.Errorf("no transcript that is %s", s)
		}
	}
	if len(d.rows("refund")) == 0 {
		t.Error("a word of a transcript is not found")
	}
	d.agrees()
	before := len(d.sim.Requests())
	if rep := d.sync(); rep.New+rep.Changed+rep.Gone+rep.Texts != 0 || len(d.sim.Requests()) != before+1 {
		t.Errorf("the second time: %+v, %d requests", rep, len(d.sim.Requests())-before)
	}
	ids := d.sim.Arrive(3)
	if rep := d.sync(); rep.New != 3 || len(ids) != 3 {
		t.Errorf("after three arrivals: %+v", rep)
	}
}

func TestChangesReachTheService(t *testing.T) {
	d := open(t, simulator.Config{Messages: 120})
	d.sync()
	var unread, all []store.ID
	for _, r := range d.rows("in:all") {
		all = append(all, r.ID)
		if !r.Read {
			unread = append(unread, r.ID)
		}
	}
	act := func(v store.Verb, ids ...store.ID) {
		t.Helper()
		if _, err := d.Act(t.Context(), store.Change{Verb: v, Items: ids}); err != nil {
			t.Fatal(err)
		}
	}
	flush := func() {
		t.Helper()
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	act(store.VerbRead, unread...)
	act(store.VerbDelete, all[:70]...)
	flush()
	d.agrees()
	d.sync()
	d.agrees()
	if n := len(d.rows("in:trash")); n != 70 {
		t.Errorf("%d in the trash", n)
	}
	for range 2 {
		if _, err := d.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	flush()
	d.sync()
	d.agrees()
	if n := len(d.rows("in:trash")); n != 0 {
		t.Errorf("%d in the trash after undo", n)
	}
	// Somebody else deletes; ours must not destroy.
	it := d.item(all[5])
	if _, err := d.client.Delete(t.Context(), []rc.ID{rc.ID(it.Remote)}, false); err != nil {
		t.Fatal(err)
	}
	act(store.VerbDelete, all[5])
	flush()
	if _, av, _ := d.sim.State(number(t, it.Remote)); !strings.EqualFold(av, "deleted") {
		t.Errorf("deleted by two people, it is %s", av)
	}
	d.sync()
	d.agrees()
}

func TestExpiredSyncToken(t *testing.T) {
	d := open(t, simulator.Config{Messages: 200}, adapter.WithPages(20, 50))
	d.sync()
	rows := d.rows("in:all")
	gone, trashed, done := d.item(rows[10].ID), d.item(rows[11].ID), rows[12].ID
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbNote, Items: []store.ID{done}, Text: "ours"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.client.Delete(t.Context(), []rc.ID{rc.ID(gone.Remote)}, true); err != nil {
		t.Fatal(err)
	}
	if _, err := d.client.Delete(t.Context(), []rc.ID{rc.ID(trashed.Remote)}, false); err != nil {
		t.Fatal(err)
	}
	d.sim.Arrive(30)
	d.sim.PurgeSyncTokens()
	if rep := d.sync(); rep.New != 30 || rep.Gone+rep.Changed < 2 {
		t.Errorf("%+v", rep)
	}
	d.agrees()
	if av := d.item(gone.ID).Availability; av != store.Purged {
		t.Errorf("destroyed meanwhile, shown as %s", av)
	}
	if av := d.item(trashed.ID).Availability; av != store.Deleted {
		t.Errorf("deleted meanwhile, shown as %s", av)
	}
	if n := d.item(done).NoteList; len(n) != 1 {
		t.Errorf("notes: %v", n)
	}
}

func TestFaults(t *testing.T) {
	for name, faults := range map[string]simulator.Faults{
		"errors":     {"500": 0.1, "503": 0.1, "429": 0.02},
		"connection": {"reset": 0.15, "truncate": 0.15},
		"nonsense":   {"badjson": 0.1, "html": 0.1, "badlength": 0.1},
		"tokens":     {"expire": 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, simulator.Config{Messages: 150, Faults: faults}, adapter.WithPages(20, 30))
			if rep := d.sync(); rep.New != 150 {
				t.Errorf("%d new", rep.New)
			}
			rows := d.rows("in:all")
			for i := range 12 {
				v := []store.Verb{store.VerbRead, store.VerbDelete, store.VerbUnread}[i%3]
				ids := []store.ID{rows[i].ID, rows[i+20].ID, rows[i+40].ID}
				if _, err := d.Act(t.Context(), store.Change{Verb: v, Items: ids}); err != nil {
					t.Fatal(err)
				}
				if i%4 == 3 {
					if _, err := d.Undo(t.Context()); err != nil && !errors.Is(err, store.ErrNothing) {
						t.Fatal(err)
					}
				}
			}
			d.settle()
			if err := d.sim.SetFaults(nil); err != nil {
				t.Fatal(err)
			}
			d.sync()
			d.agrees()
			for _, r := range rows {
				if it := d.item(r.ID); it.Availability == store.Purged {
					t.Errorf("message %s was destroyed", it.Remote)
				}
			}
			if n := d.sim.Wipes(); n != 0 {
				t.Errorf("%d requests to empty the mailbox", n)
			}
		})
	}
}

// settle sends until nothing waits any more.
func (d *desk) settle() {
	d.t.Helper()
	var err error
	for range 300 {
		if err = d.Flush(d.t.Context()); err == nil {
			return
		}
		if !strings.Contains(err.Error(), "sent later") {
			d.t.Fatalf("refused: %v", err)
		}
		<-d.clock.After(time.Minute)
	}
	d.t.Fatalf("never sent: %v", err)
}

func TestPermissionAndSignOut(t *testing.T) {
	d := open(t, simulator.Config{Messages: 20})
	d.sync()
	d.sim.Deny("EditMessages", true)
	row := d.rows("is:unread")[0]
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbRead, Items: []store.ID{row.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "EditMessages") {
		t.Errorf("without the permission: %v", err)
	}
	d.agrees()
	d.sim.Deny("EditMessages", false)
	d.sim.Limited(true)
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbRead, Items: []store.ID{row.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Flush(t.Context()); !api.IsLimitedMode(err) {
		t.Errorf("in limited mode: %v", err)
	}
	if st := d.Status()[0]; st.Phase != store.PhaseLimited || st.Pending != 1 {
		t.Errorf("in limited mode: %+v", st)
	}
	d.sync() // reading goes on
	d.sim.Limited(false)
	d.settle()
	d.agrees()
}

// With the service's limits on, a sync ends with the messages and as many
// transcripts as it may have at once, which is all but the place it leaves for
// somebody who comes by; that one is for the transcript which is looked at.
func TestTranscriptsWithinLimits(t *testing.T) {
	limits := map[string]simulator.Limit{"Medium": {Requests: 10, Window: time.Minute}}
	d := open(t, simulator.Config{Messages: 120, RateLimits: true, Limits: limits})
	rep, err := d.SyncOnce(t.Context(), d.acc.ID, true)
	if err != nil || rep.New != 120 || rep.Texts != 9 || !strings.Contains(rep.Note, "transcripts wait") {
		t.Fatalf("%+v, %v", rep, err)
	}
	var missing store.ID
	for _, r := range d.rows("in:voicemail") { // the oldest: last in line
		if it := d.item(r.ID); it.Text == "" && it.Transcript == store.TranscriptComplete {
			missing = it.ID
			break
		}
	}
	if missing == 0 {
		t.Fatal("no transcript is missing")
	}
	if got, err := d.FetchText(t.Context(), missing); err != nil || !got || d.item(missing).Text == "" {
		t.Errorf("fetched %v, %v, text %q", got, err, d.item(missing).Text)
	}
	if got, err := d.FetchText(t.Context(), missing); err != nil || got {
		t.Errorf("fetched again: %v, %v", got, err)
	}
}
