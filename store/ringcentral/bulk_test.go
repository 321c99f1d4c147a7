package ringcentral_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// faxes adds messages with a file each, of about so many bytes, all of them different.
func (d *desk) faxes(n, size int) []store.ID {
	d.t.Helper()
	in := make([]store.Incoming, n)
	for i := range in {
		in[i] = store.Incoming{
			Remote: fmt.Sprint("fax", i), Kind: store.Fax, Direction: store.Inbound, Modified: d.clock.Now(),
			Time: d.clock.Now().Add(time.Duration(i-n) * time.Second), Pages: 3, From: store.Party{Name: "Ann Lee"},
			Attachments: []store.Attachment{{
				Remote: "1", Kind: store.RenderedDocument, Type: "application/pdf", Size: int64(size),
				URI: fmt.Sprintf("%s/big/%d", d.sim.Description().RingCentral.MediaURL, size+i),
			}},
		}
	}
	got, err := d.Apply(d.t.Context(), d.acc.ID, in)
	if err != nil || got.New != n {
		d.t.Fatal(got.New, err)
	}
	return got.IDs
}

// saveQueued has Run carry out a save and waits for its end.
func (d *desk) saveQueued(ids []store.ID, o store.SaveOptions) store.SaveJob {
	d.t.Helper()
	job, err := d.QueueSave(d.t.Context(), ids, o)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.finishSave(job)
}

func (d *desk) finishSave(job int64) store.SaveJob {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	changed, done := d.Watch()
	defer done()
	all.Go(func() {
		if err := d.Run(ctx); err != nil {
			d.t.Error(err)
		}
	})
	limit := time.After(time.Minute)
	for {
		for _, j := range d.Finished() {
			if j.ID == job {
				return *j.Save
			}
		}
		select {
		case <-changed:
		case <-limit:
			d.t.Fatalf("not finished: %+v", d.Jobs())
		}
	}
}

// A service in trouble delays a bulk save and spoils nothing: every file is there in the
// end, whole, whatever broke on the way.
func TestBulkSaveFaults(t *testing.T) {
	for name, faults := range map[string]simulator.Faults{
		"resets":   {"reset": 0.3},
		"cut off":  {"truncate": 0.3},
		"errors":   {"500": 0.2, "503": 0.2},
		"limits":   {"429": 0.05},
		"all that": {"reset": 0.1, "truncate": 0.1, "500": 0.1, "html": 0.05, "badlength": 0.05, "partial": 0.1, "slow": 0.1, "expire": 0.05},
	} {
		t.Run(name, func(t *testing.T) {
			const files = 60
			d := openAt(t, hasty(t), simulator.Config{Messages: 1, Faults: faults})
			dir := filepath.Join(t.TempDir(), "out")
			save := d.saveQueued(d.faxes(files, 90_000), store.SaveOptions{Dir: dir, Manifest: true})
			// What fails again and again is told; a person tries it once more.
			for range 5 {
				if save.Failed == 0 {
					break
				}
				if err := d.ResumeJob(t.Context(), -save.ID); err != nil {
					t.Fatal(err)
				}
				save = d.finishSave(-save.ID)
			}
			if v, err := store.Verify(t.Context(), dir); err != nil || len(v.OK) != files || !v.Good() || len(v.Extra) > 0 {
				t.Errorf("%d of %d whole, %d changed, extra %q, %v; %+v", len(v.OK), files, len(v.Changed), v.Extra, err, save)
			}
		})
	}
}

// hasty is a clock that is a hundred times as fast as the true one.
func hasty(testing.TB) *clock {
	return &clock{t: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), haste: 100, began: time.Now()}
}

// bulkChild is what a process that is going to be killed is told.
type bulkChild struct {
	Dir     string
	Account string
	Sim     simulator.RingCentral
}

const bulkEnv = "SWITCHBOARD_TEST_BULK"

// TestBulkSaveChild is the process that is killed; it is a test only so that the test
// program can be it.
func TestBulkSaveChild(t *testing.T) {
	told := os.Getenv(bulkEnv)
	if told == "" {
		t.Skip("only started by TestBulkSaveKilled")
	}
	var c bulkChild
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		t.Fatal(err)
	}
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: c.Sim.BaseURL, ClientID: c.Sim.ClientID, ClientSecret: c.Sim.ClientSecret, JWT: c.Sim.JWT,
		Store: &tokens{m: map[string]api.Token{}}, Account: "test",
	}
	if _, err := auth.LoginJWT(t.Context(), c.Sim.JWT); err != nil {
		t.Fatal(err)
	}
	client, err := api.New(api.Config{Name: "RingCentral", BaseURL: c.Sim.BaseURL, Hosts: []string{strings.TrimPrefix(c.Sim.MediaURL, "http://")}, Auth: auth})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: c.Dir, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	s.Attach(adapter.New(c.Account, rc.New(client, c.Sim.MediaURL)))
	ctx, cancel := context.WithCancel(t.Context())
	changed, stop := s.Watch()
	defer stop()
	go func() {
		for len(s.Jobs()) > 0 {
			if _, open := <-changed; !open {
				return
			}
		}
		cancel()
	}()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBulkSaveKilled kills a process in the middle of a bulk save, again and again at
// random moments, and lets the next one go on: in the end every file is there once and
// whole, and none that was here was fetched anew.
func TestBulkSaveKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	const files = 400
	for _, out := range []string{"folder", "archive.zip"} {
		t.Run(out, func(t *testing.T) {
			d := open(t, simulator.Config{Messages: 1, Latency: 3 * time.Millisecond})
			ids := d.faxes(files, 50_000)
			where := filepath.Join(t.TempDir(), out)
			o := store.SaveOptions{Dir: where, Manifest: true}
			if filepath.Ext(out) != "" {
				o = store.SaveOptions{Zip: where}
			}
			if _, err := d.QueueSave(t.Context(), ids, o); err != nil {
				t.Fatal(err)
			}
			dir := d.Dir()
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			told, err := json.Marshal(bulkChild{Dir: dir, Account: d.acc.Key, Sim: *d.sim.Description().RingCentral})
			if err != nil {
				t.Fatal(err)
			}
			before := len(d.sim.Requests())
			rnd := rand.New(rand.NewPCG(20261121, 7))
			kills := 0
			for done := false; !done; {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBulkSaveChild$")
				cmd.Env = append(os.Environ(), bulkEnv+"="+string(told))
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				// A little later each time: a slow machine needs longer before it gets anywhere.
				wait := time.Duration(100+rnd.IntN(120)+40*kills) * time.Millisecond
				timer := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
				err := cmd.Wait()
				if timer.Stop() && err != nil {
					t.Fatalf("it failed by itself: %v", err)
				}
				if done = err == nil; !done {
					kills++
				}
				if kills > 100 {
					t.Fatal("it gets nowhere")
				}
			}
			v, err := store.Verify(t.Context(), where)
			if err != nil || len(v.OK) != files || !v.Good() || len(v.Extra) > 0 {
				t.Errorf("%d of %d whole, %d changed, extra %q, %v", len(v.OK), files, len(v.Changed), v.Extra, err)
			}
			got := map[string]int{}
			for _, r := range d.sim.Requests()[before:] {
				if strings.HasPrefix(r.Path, "/big/") {
					got[r.Path]++
				}
			}
			twice := 0
			for _, n := range got {
				twice += n - 1
			}
			// Only what was on its way when a process died comes again.
			if len(got) != files || twice > kills*16 {
				t.Errorf("%d of %d files were asked for, %d again after %d kills", len(got), files, twice, kills)
			}
			t.Logf("killed %d times; %d files were asked for again", kills, twice)
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(where), ".switchboard-*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}
