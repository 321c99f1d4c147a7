package emailgistics

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/api"
)

// still is a clock that stands still.
type still struct{ now time.Time }

func (s still) Now() time.Time                       { return s.now }
func (s still) After(time.Duration) <-chan time.Time { return nil }

// TestLedgerTogether: programs that ask in the same moment do not get more places
// than there are.
func TestLedgerTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	clock := still{time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	var (
		taken, refused atomic.Int64
		wg             sync.WaitGroup
	)
	for range 4 {
		l := newLedger(path, clock, api.NewBudget(clock))
		for range 2 {
			wg.Go(func() {
				for range 20 {
					var limit *api.LimitError
					switch err := l.take(t.Context()); {
					case err == nil:
						taken.Add(1)
					case errors.As(err, &limit) && limit.Until.Equal(clock.now.Add(span)):
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	if taken.Load() != requestsAMinute || refused.Load() != 8*20-requestsAMinute {
		t.Errorf("%d places taken, %d refused; there are %d", taken.Load(), refused.Load(), requestsAMinute)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others could read it", st, err)
	}
}

// TestLedgerLeftLock: a program that was killed while it held the file stops nobody.
func TestLedgerLeftLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	old := time.Now().Add(-time.Minute)
	for _, f := range []string{path + ".lock"} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f, old, old); err != nil {
			t.Fatal(err)
		}
	}
	clock := still{time.Now()}
	began := time.Now()
	if err := newLedger(path, clock, api.NewBudget(clock)).take(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the lock that was left held us up for %v", took)
	}
}

// TestLedgerNonsense: what cannot be true is not believed.
func TestLedgerNonsense(t *testing.T) {
	clock := still{time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	for name, content := range map[string]string{
		"no JSON":              "{",
		"other JSON":           `[1]`,
		"times in the future":  `{"sent":[99999999999999,99999999999998],"quiet":99999999999999,"reports":{"a":99999999999999,"b":99999999999999,"c":99999999999999}}`,
		"times of another age": `{"sent":[1,2,3],"quiet":4,"reports":{"a":1,"b":2,"c":3}}`,
	} {
		path := filepath.Join(t.TempDir(), "count")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		l := newLedger(path, clock, api.NewBudget(clock))
		if err := l.take(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.begin(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
