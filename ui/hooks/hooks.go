package hooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/store"
	"switchboard/ui/usercommand"
)

// The events.
const (
	Voicemail  = "voicemail"
	Fax        = "fax"
	SMS        = "sms" // texts of every kind: SMS, MMS, pager
	Email      = "email"
	MissedCall = "missed-call"
	Post       = "post"
	SendFailed = "send-failed"
	Delivered  = "delivered"
	Offline    = "offline"
	Online     = "online"
)

// Events lists them.
func Events() []string {
	return []string{Voicemail, Fax, SMS, Email, MissedCall, Post, SendFailed, Delivered, Offline, Online}
}

// Bounds of what runs.
const (
	workers    = 4
	queueMost  = 200              // events that wait
	usualTime  = time.Minute      // of one program
	rest       = time.Second      // what comes so soon after a change is looked at with it
	grace      = time.Minute      // for so long a loss of the connection is nobody's news
	lookAgain  = 10 * time.Minute // without any change
	waitingFor = 2 * time.Second  // while something waits to be begun
	mostSeen   = 20_000
	freshFor   = 24 * time.Hour
)

// Hook is a program that runs on an event.
type Hook struct {
	On      []string // events
	Name    string   // for messages; "": the program
	Run     usercommand.Template
	Mailbox string        // only of this mailbox: a name or a pattern; "": all
	Time    time.Duration // how long it may take; 0: one minute
}

// Key is what the hook is remembered by: another command line is another hook.
func (h Hook) Key() string {
	sum := sha256.Sum256([]byte(strings.Join(h.On, ",") + "\x00" + h.Mailbox + "\x00" + h.Run.Line))
	return "hook." + hex.EncodeToString(sum[:8])
}

func (h Hook) wants(event, mailbox string) bool {
	if !slices.Contains(h.On, event) {
		return false
	}
	ok, err := path.Match(strings.ToLower(h.Mailbox), strings.ToLower(mailbox))
	return h.Mailbox == "" || ok && err == nil
}

// Store is what a Runner asks of the store.
type Store interface {
	usercommand.Source
	Watch() (<-chan struct{}, func())
	Status() []store.Status
	LastArrival(ctx context.Context) (int64, error)
	Arrivals(ctx context.Context, after int64) ([]store.Arrival, int64, error)
	Deliveries(ctx context.Context, since time.Time) ([]store.Row, error)
	Once(ctx context.Context, key string) (bool, error)
	Turned(ctx context.Context, key, value, usual string) (bool, error)
	Recall(ctx context.Context, key string) ([]byte, error)
	Remember(ctx context.Context, key string, value []byte) error
}

// Runner runs hooks. Its fields are set before Run and not changed after.
type Runner struct {
	Hooks  []Hook
	Gather usercommand.Gatherer
	Store  Store
	Now    func() time.Time
	After  func(d time.Duration) <-chan time.Time // nil: time.After
	Log    *slog.Logger
	// Tell is told what a person should know: a hook that failed, events left out. It is
	// called from several goroutines; nil: it is only logged.
	Tell func(text string)

	began    func() // told when events are looked for; may be nil
	all      bool   // nothing is left out, however long it takes
	queue    chan job
	waiting  atomic.Int64         // jobs not begun
	lost     map[string]time.Time // accounts that are not there, since when
	stands   map[string]string    // how accounts stand: Online or Offline, as the store was told
	seen     map[string]bool      // keys of what was looked at here
	overfull time.Time            // when it was last told that too much happens
}

// job is an event for a hook.
type job struct {
	hook    Hook
	event   string
	key     string // what it is taken on by
	item    store.ID
	mailbox string
}

// Run looks for events until ctx ends, and waits for the programs it has begun.
func (r *Runner) Run(ctx context.Context) error {
	if len(r.Hooks) == 0 {
		return nil
	}
	if r.After == nil {
		r.After = time.After
	}
	r.ready()
	var wg sync.WaitGroup
	defer wg.Wait()
	for range workers {
		wg.Go(func() { r.work(ctx) })
	}
	at, err := r.begin(ctx)
	if err != nil {
		return err
	}
	changed, stop := r.Store.Watch()
	defer stop()
	if r.began != nil {
		r.began()
	}
	for {
		next := r.look(ctx, at)
		select {
		case <-ctx.Done():
			return nil
		case <-r.After(next):
			continue
		case <-changed:
		}
		select { // whatever else comes that moment
		case <-ctx.Done():
			return nil
		case <-r.After(rest):
		}
	}
}

// ready makes what looking and running need.
func (r *Runner) ready() {
	r.queue = make(chan job, queueMost)
	r.lost, r.stands, r.seen = map[string]time.Time{}, map[string]string{}, map[string]bool{}
}

// work runs the jobs that wait, until there will be no more.
func (r *Runner) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j, more := <-r.queue:
			if !more {
				return
			}
			r.do(ctx, j)
		}
	}
}
