package emailgistics

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"switchboard/api"
)

const (
	// span is the window in which requests count: a minute, and a little for the
	// way, because the service counts a request when it comes in.
	span = time.Minute + time.Second
	// mostReports is how many reports an account may run at a time.
	mostReports = 3
	// reportLife is how long a run can take; one that nobody asked about any more
	// is over by then.
	reportLife = 30 * time.Minute
	// patience is how long a person's request waits for the account's limit.
	patience = 2 * time.Second
	// mostQuiet bounds the silence that a Retry-After can ask for.
	mostQuiet = time.Hour
)

// ledger counts what the account's programs send, in a file that they share, or
// in memory when there is none. Trouble with the file never fails a request: this
// program then counts alone.
type ledger struct {
	path   string
	clock  api.Clock
	budget *api.Budget

	mu  sync.Mutex
	own tally // in memory: what is known when there is no file
}

// tally is the file's content.
type tally struct {
	Sent    []int64          `json:"sent"`              // Unix milliseconds, oldest first
	Quiet   int64            `json:"quiet,omitempty"`   // until then nobody asks
	Reports map[string]int64 `json:"reports,omitempty"` // running: when last seen so, by the digest of their link
}

func newLedger(path string, clock api.Clock, budget *api.Budget) *ledger {
	l := &ledger{path: path, clock: clock, budget: budget}
	budget.Fix(account, requestsAMinute, span)
	return l
}

// tell gives the budget how many requests of the window are known to be used, as
// other services do in their answers.
func (l *ledger) tell(used int) {
	l.budget.Learn(account, http.StatusOK, http.Header{
		"X-Rate-Limit-Limit":     {strconv.Itoa(requestsAMinute)},
		"X-Rate-Limit-Window":    {strconv.Itoa(int(span / time.Second))},
		"X-Rate-Limit-Remaining": {strconv.Itoa(max(requestsAMinute-used, 0))},
	})
}

// take waits until the account has room for one more request, and counts it. A
// person's request does not wait for long: it fails with an [*api.LimitError].
func (l *ledger) take(ctx context.Context) error {
	if l.path == "" {
		return nil // the budget alone counts
	}
	for {
		var wait time.Duration
		err := l.change(ctx, func(t *tally, now time.Time) bool {
			room := requestsAMinute
			if api.IsBackground(ctx) {
				room -= requestsAMinute / 20 // the budget leaves more, of what it knows
			}
			switch {
			case t.Quiet > now.UnixMilli():
				wait = time.UnixMilli(t.Quiet).Sub(now)
			case len(t.Sent) >= room:
				wait = time.UnixMilli(t.Sent[len(t.Sent)-room]).Add(span).Sub(now)
			default:
				t.Sent = append(t.Sent, now.UnixMilli())
				l.tell(len(t.Sent))
				return true
			}
			return false
		})
		if err != nil {
			return err
		}
		if wait <= 0 {
			return nil
		}
		if wait > patience && !api.IsBackground(ctx) {
			return &api.LimitError{Op: "request", Group: account, Until: l.clock.Now().Add(wait)}
		}
		select {
		case <-l.clock.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// silence notes a 429 for all programs. Without Retry-After it is a minute.
func (l *ledger) silence(h http.Header) {
	_ = l.change(context.Background(), func(t *tally, now time.Time) bool {
		wait := time.Minute
		after := strings.TrimSpace(h.Get("Retry-After"))
		if n, err := strconv.Atoi(after); err == nil && n > 0 {
			wait = min(time.Duration(n)*time.Second, mostQuiet)
		} else if at, err := http.ParseTime(after); err == nil && at.After(now) {
			wait = min(at.Sub(now), mostQuiet)
		}
		t.Quiet = max(t.Quiet, now.Add(wait).UnixMilli())
		return true
	})
}

// begin takes one of the places for reports. What it returns stands for the run
// until its link is known.
func (l *ledger) begin() (place string, err error) {
	_ = l.change(context.Background(), func(t *tally, now time.Time) bool {
		if len(t.Reports) >= mostReports {
			err = &Fault{
				Cause: CauseLimit, Op: opReport,
				Text: fmt.Sprintf("%d reports run already, which is all that the account may have at a time; the next can start when one of them is done", len(t.Reports)),
				Err:  &api.LimitError{Op: opReport, Group: account, Until: now.Add(time.Minute)},
			}
			return false
		}
		for n := 0; ; n++ {
			place = fmt.Sprintf("new-%d-%d-%d", os.Getpid(), now.UnixMilli(), n)
			if _, taken := t.Reports[place]; !taken {
				break
			}
		}
		t.report(place, now)
		return true
	})
	return place, err
}

func (t *tally) report(key string, now time.Time) {
	if t.Reports == nil {
		t.Reports = map[string]int64{}
	}
	t.Reports[key] = now.UnixMilli()
}

// rename gives a run that was begun the name of its link.
func (l *ledger) rename(place, key string) {
	_ = l.change(context.Background(), func(t *tally, now time.Time) bool {
		delete(t.Reports, place)
		t.report(digest(key), now)
		return true
	})
}

// running notes that a run goes on.
func (l *ledger) running(key string) {
	_ = l.change(context.Background(), func(t *tally, now time.Time) bool {
		t.report(digest(key), now)
		return true
	})
}

// ended frees the place of a run, by its link or by what begin gave.
func (l *ledger) ended(key string) {
	_ = l.change(context.Background(), func(t *tally, _ time.Time) bool {
		before := len(t.Reports)
		delete(t.Reports, key)
		delete(t.Reports, digest(key))
		return len(t.Reports) != before
	})
}

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// change lets f look at the tally and change it; f reports whether it did. The
// file is locked meanwhile.
func (l *ledger) change(ctx context.Context, f func(t *tally, now time.Time) bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	unlock := func() {}
	if l.path != "" {
		var err error
		if unlock, err = lock(ctx, l.path+".lock"); err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.load()
	}
	defer unlock()
	now := l.clock.Now()
	l.own.prune(now)
	if f(&l.own, now) && l.path != "" {
		l.save()
	}
	return nil
}

// prune forgets what no longer counts, and what cannot be true.
func (t *tally) prune(now time.Time) {
	edge, ahead := now.Add(-span).UnixMilli(), now.Add(span).UnixMilli()
	t.Sent = slices.DeleteFunc(t.Sent, func(at int64) bool { return at <= edge || at > ahead })
	if t.Quiet > now.Add(mostQuiet+span).UnixMilli() {
		t.Quiet = 0
	}
	maps.DeleteFunc(t.Reports, func(_ string, at int64) bool {
		return at <= now.Add(-reportLife).UnixMilli() || at > ahead
	})
}

// load takes over what the file says. One that is missing or damaged counts as
// what this program knows by itself.
func (l *ledger) load() {
	raw, err := os.ReadFile(l.path)
	if err != nil || len(raw) > 1<<20 {
		return
	}
	var t tally
	if json.Unmarshal(raw, &t) == nil {
		slices.Sort(t.Sent)
		l.own = t
	}
}

func (l *ledger) save() {
	raw, err := json.Marshal(l.own)
	if err != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(l.path), filepath.Base(l.path)+".*.tmp")
	if err != nil {
		return
	}
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), l.path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
}
