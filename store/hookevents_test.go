package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Of many who want to do something once, one does, in whichever process.
func TestOnceIsOnce(t *testing.T) {
	dir := t.TempDir()
	var stores []*Store
	for range 2 {
		s, err := Open(t.Context(), Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
	}
	var firsts, turns atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			first, err := stores[i%2].Once(t.Context(), fmt.Sprint("key ", i/4))
			if err != nil {
				t.Error(err)
			}
			if first {
				firsts.Add(1)
			}
			turned, err := stores[i%2].Turned(t.Context(), "line", "offline", "online")
			if err != nil {
				t.Error(err)
			}
			if turned {
				turns.Add(1)
			}
		})
	}
	wg.Wait()
	if firsts.Load() != 10 || turns.Load() != 1 {
		t.Errorf("%d firsts, want 10; %d turns, want 1", firsts.Load(), turns.Load())
	}
	for _, tt := range []struct {
		value string
		want  bool
	}{{"offline", false}, {"online", true}, {"online", false}} {
		if turned, err := stores[0].Turned(t.Context(), "line", tt.value, "online"); err != nil || turned != tt.want {
			t.Errorf("%s: %v, %v", tt.value, turned, err)
		}
	}
	if turned, err := stores[0].Turned(t.Context(), "other", "online", "online"); err != nil || turned {
		t.Errorf("what is as usual has turned: %v", err)
	}
	if _, err := stores[0].Once(t.Context(), ""); err == nil {
		t.Error("an empty key is taken")
	}
}
