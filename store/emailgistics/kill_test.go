package emailgistics

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

const childEnv = "SWITCHBOARD_TEST_REPORT_CHILD"

// TestReportChild is the program that TestKilledDuringAReport kills: it reads all there is
// to read, once.
func TestReportChild(t *testing.T) {
	args := strings.Split(os.Getenv(childEnv), "\n")
	if len(args) != 3 {
		t.Skip("it is run by TestKilledDuringAReport")
	}
	dir, base, key := args[0], args[1], args[2]
	s, acc, m, err := openChild(t.Context(), dir, base, key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Attach(m)
	fmt.Println("ready")
	if _, err := s.SyncOnce(t.Context(), acc.ID, true); err != nil {
		t.Fatal(err)
	}
	fmt.Println("finished")
}

func openChild(ctx context.Context, dir, base, key string) (*store.Store, store.Account, *Mailbox, error) {
	c, err := eg.New(eg.Config{BaseURL: base, Key: key, Retry: api.Retry{Initial: time.Millisecond, Max: 2 * time.Millisecond}})
	if err != nil {
		return nil, store.Account{}, nil, err
	}
	s, err := store.Open(ctx, store.Options{Dir: dir, Actor: "ana@desk", Location: time.UTC, Alone: true})
	if err != nil {
		return nil, store.Account{}, nil, err
	}
	acc, err := s.PutAccount(ctx, store.Account{Key: "emailgistics:test:acme", Service: "emailgistics", Name: "Acme"})
	m := New(acc.Key, c, WithPolls(10*time.Millisecond, 20*time.Millisecond), WithPages(50), WithSpool(filepath.Join(dir, "spool")))
	return s, acc, m, err
}

// TestKilledDuringAReport kills the program again and again while reports run, pages come in
// and deliveries are taken from the spool folder. At first none lives as long as a report
// takes, so that they get on only because each goes on with the report of the one before
// (on a slow machine they live longer and longer). In the end nothing is missed and nothing
// is there twice.
func TestKilledDuringAReport(t *testing.T) {
	const takes = 100 * time.Millisecond
	srv, err := sim.Start(t.Context(), sim.Config{Seed: 7, Messages: size(150), Mailboxes: 1, ReportFor: takes})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	dir := t.TempDir()
	spool := filepath.Join(dir, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	kills, brought := 0, 0
	for finished := false; !finished; {
		if kills > 200 {
			t.Fatal("it does not come to an end")
		}
		if kills%3 == 0 {
			srv.Arrive(1)
			for ids, _ := srv.Mailboxes(); srv.Mail(-1).MailboxID != ids[0]; {
				srv.Arrive(1) // that one is in a mailbox which is not ours
			}
			if err := os.WriteFile(filepath.Join(spool, fmt.Sprintf("%03d.json", brought)), srv.Delivery(-1), 0o600); err != nil {
				t.Fatal(err)
			}
			brought++
		}
		lives := int64(takes) * 3 / 4 * int64(10+3*max(kills-8, 0)) / 10
		finished = runChild(t, dir, srv.Description(), time.Duration(rng.Int64N(lives)))
		if !finished {
			kills++
		}
	}
	wanted := 1 + 1 + len(windows()) // reports of one account with one mailbox, read once
	t.Logf("%d kills, %d reports", kills, srv.Reports())
	if made := srv.Reports(); kills < 5 || made > wanted+4+kills/2 { // some are started and not written down
		t.Errorf("%d reports were started for %d that were needed, with %d kills", made, wanted, kills)
	}
	// What came in since the last look.
	if !runChild(t, dir, srv.Description(), time.Minute) {
		t.Fatal("the last look did not come to its end")
	}
	s, _, _, err := openChild(t.Context(), dir, srv.Description().BaseURL, srv.Description().APIKey)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	checkAll(t, s, account{srv, nil})
	for _, name := range []string{".", badDir} {
		left, err := fs.Glob(os.DirFS(filepath.Join(spool, name)), "*.json")
		if err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", name, left, err)
		}
	}
	taken, err := fs.Glob(os.DirFS(filepath.Join(spool, takenDir)), "*.json")
	if err != nil || len(taken) != brought {
		t.Errorf("%d of %d deliveries were taken: %v", len(taken), brought, err)
	}
}

// runChild runs the program and kills it after a while; finished says that it had come to
// its end by then.
func runChild(t *testing.T, dir string, d sim.Description, after time.Duration) (finished bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReportChild$")
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{dir, d.BaseURL, d.APIKey}, "\n"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	var said []string
	for sc := bufio.NewScanner(out); sc.Scan(); {
		switch line := sc.Text(); line {
		case "ready":
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // SIGKILL
		case "finished":
			finished = true
		default:
			said = append(said, line)
		}
	}
	err = cmd.Wait()
	if timer == nil || !timer.Stop() && !finished {
		if timer == nil {
			t.Fatalf("the program did not start: %v %s", err, strings.Join(said, "\n"))
		}
		return false
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && !finished {
		t.Fatalf("the program failed: %v\n%s", err, strings.Join(said, "\n"))
	}
	return finished
}
