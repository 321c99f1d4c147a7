package symphony

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/api"
	simulator "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

const killEnv = "SWITCHBOARD_TEST_DATAFEED"

// killChild is what the program that is killed has to know.
type killChild struct {
	Dir      string
	Pod      simulator.Description
	FeedOnly bool
}

// feedOnly is an account of which nothing is known but what its datafeed tells: chats are
// not asked for what came, so that nothing hides what the feed missed.
type feedOnly struct{ *Mailbox }

func (feedOnly) Posts(context.Context, string, string) ([]store.IncomingPost, string, error) {
	return nil, "", nil
}

func (feedOnly) PostsSince(context.Context, string, time.Time) ([]store.IncomingPost, string, error) {
	return nil, "", nil
}

// open opens the store and signs in.
func (k killChild) open(ctx context.Context) (*store.Store, *sym.Client, error) {
	pem, err := os.ReadFile(k.Pod.PrivateKeyFile)
	if err != nil {
		return nil, nil, err
	}
	key, err := sym.ParseKey(pem, nil)
	if err != nil {
		return nil, nil, err
	}
	c, err := sym.New(sym.Config{
		PodURL: k.Pod.PodURL, AgentURL: k.Pod.AgentURL, KeyManagerURL: k.Pod.KeyManagerURL, Username: k.Pod.Username, Key: key,
		Retry: api.Retry{Attempts: 3, Initial: time.Millisecond, Max: 5 * time.Millisecond},
	})
	if err != nil {
		return nil, nil, err
	}
	acc, err := Identify(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, store.Options{Dir: k.Dir, Location: time.UTC})
	if err != nil {
		return nil, nil, err
	}
	if _, err := s.PutAccount(ctx, acc); err != nil {
		return nil, nil, err
	}
	box := New(acc.Key, c)
	if k.FeedOnly {
		s.Attach(feedOnly{box})
	} else {
		s.Attach(box)
	}
	return s, c, nil
}

// TestDatafeedChild is the program that TestKilledDuringADatafeed kills.
func TestDatafeedChild(t *testing.T) {
	told := os.Getenv(killEnv)
	if told == "" {
		t.Skip("it is run by TestKilledDuringADatafeed")
	}
	var k killChild
	if err := json.Unmarshal([]byte(told), &k); err != nil {
		t.Fatal(err)
	}
	s, c, err := k.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	defer s.Close()
	changed, stop := s.Watch()
	defer stop()
	go func() {
		for range changed {
			if st := s.Status(); len(st) > 0 && st[0].Phase == store.PhaseLive {
				fmt.Println("live")
				return
			}
		}
	}()
	_ = s.Run(t.Context()) // until it is killed
}

// TestKilledDuringADatafeed kills the program again and again, at any moment, while others
// talk, and now and then the service loses its queue besides. In the end nothing is missed,
// and nothing is there twice.
func TestKilledDuringADatafeed(t *testing.T) {
	kills := 16
	if testing.Short() {
		kills = 5
	}
	for name, only := range map[string]bool{"by the datafeed alone": true, "with datafeeds that are lost": false} {
		t.Run(name, func(t *testing.T) {
			sim, err := simulator.Start(t.Context(), simulator.Config{
				Seed: 7, Streams: 6, Messages: 60, Key: testKey, KeyDir: t.TempDir(), Poll: 100 * time.Millisecond, Redeliver: 200 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer sim.Close()
			k := killChild{Dir: dirOf(t), Pod: sim.Description(), FeedOnly: only}
			k.run(t, 0) // the feed is there from now on
			var said []string
			over, done := atomic.Bool{}, make(chan struct{})
			rng := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
			go func() {
				defer close(done)
				streams := sim.Streams()
				for n := 0; !over.Load(); n++ {
					id, err := sim.Say(streams[n%len(streams)], fmt.Sprint("message ", n))
					if err != nil {
						t.Error(err)
						return
					}
					said = append(said, id)
					if !only && n%60 == 30 {
						sim.DropFeeds()
					}
					time.Sleep(8 * time.Millisecond)
				}
			}()
			for range kills {
				k.run(t, time.Duration(rng.Int64N(int64(150*time.Millisecond))))
			}
			over.Store(true)
			<-done
			k.check(t, said)
		})
	}
}

// run runs the program and kills it a while after it hears of news.
func (k killChild) run(t *testing.T, after time.Duration) {
	t.Helper()
	told, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDatafeedChild$")
	cmd.Env = append(os.Environ(), killEnv+"="+string(told))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	live, lines := false, []string{}
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if lines = append(lines, sc.Text()); sc.Text() == "live" {
			live = true
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // SIGKILL
		}
	}
	if err := cmd.Wait(); !live {
		t.Fatalf("the program heard of nothing: %v\n%s", err, strings.Join(lines, "\n"))
	}
}

// check opens what the killed programs left, and has the rest come.
func (k killChild) check(t *testing.T, said []string) {
	t.Helper()
	s, c, err := k.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	defer func() { cancel(); <-done }()
	slices.Sort(said)
	var have []string
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		have = have[:0]
		q, err := store.ParseQuery("in:posts message", time.Now(), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		for at := store.FromStart; ; {
			w, err := s.Window(t.Context(), q, store.OldestFirst, at, 0, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range w.Rows {
				if it, err := s.Item(t.Context(), r.ID); err == nil && r.ID != at && strings.HasPrefix(it.Text, "message ") {
					have = append(have, it.Remote[strings.LastIndexByte(it.Remote, ':')+1:])
				}
			}
			if w.End || len(w.Rows) == 0 {
				break
			}
			at = w.Rows[len(w.Rows)-1].ID
		}
		slices.Sort(have)
		if slices.Equal(have, said) {
			t.Logf("%d messages are here, each once", len(have))
			return
		}
		if time.Now().After(end) {
			break
		}
	}
	twice := len(have) - len(slices.Compact(slices.Clone(have)))
	missing := slices.DeleteFunc(slices.Clone(said), func(id string) bool { _, ok := slices.BinarySearch(have, id); return ok })
	t.Errorf("of %d messages %d are here, %d twice; missing %q", len(said), len(have), twice, missing)
}
