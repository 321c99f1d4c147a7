package symphony

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	symsim "switchboard/api/simulator/symphony"
	"switchboard/store"
	"switchboard/store/ringcentral"
)

// side is a store filled from one service.
type side struct {
	*store.Store
	acc  store.Account
	svc  store.ChatService
	ids  []int64 // of chats
	list time.Duration
}

type box interface {
	store.Service
	store.ChatService
}

// BenchmarkBesideRingCentral fills one store from Symphony and one from RingCentral, with
// as many chats and posts, and compares. What is below 1 is faster with Symphony.
//
//	listed   all chats are read from the service into an empty store
//	list     the list of chats is opened
//	open     a chat whose posts are here is opened
//	cold     a chat nobody has looked at is opened: its posts come from the service
//	search   a word is searched for among all posts
func BenchmarkBesideRingCentral(b *testing.B) {
	sizes := []struct{ chats, posts int }{{1000, 10_000}, {10_000, 100_000}}
	if testing.Short() { // it is only to be seen that it still runs
		sizes = []struct{ chats, posts int }{{100, 1000}}
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("streams=%d", n.chats), func(b *testing.B) {
			for b.Loop() {
				ours, theirs := besideSymphony(b, n.chats, n.posts), besideRingCentral(b, n.chats, n.posts)
				compare := func(name string, measure func(s *side, i int) error) {
					a, o := ours.each(b, measure), theirs.each(b, measure)
					b.ReportMetric(a.Seconds()/o.Seconds(), name+"-ratio")
					b.ReportMetric(float64(a.Microseconds())/1000, name+"-ms")
				}
				b.ReportMetric(ours.list.Seconds()/theirs.list.Seconds(), "listed-ratio")
				b.ReportMetric(ours.list.Seconds(), "listed-s")
				compare("cold", func(s *side, i int) error {
					_, _, err := s.OlderPosts(b.Context(), s.ids[i*7%len(s.ids)], store.FromEnd)
					return err
				})
				ours.fill(b)
				theirs.fill(b)
				compare("list", func(s *side, _ int) error {
					_, err := s.ChatWindow(b.Context(), store.ChatQuery{Account: s.acc.ID}, 0, 0, 60)
					return err
				})
				compare("open", func(s *side, i int) error {
					_, err := s.Posts(b.Context(), store.PostQuery{Chat: s.ids[i*13%len(s.ids)]}, store.FromEnd, 60, 0)
					return err
				})
				compare("search", func(s *side, _ int) error {
					q, err := store.ParseQuery("in:posts invoice", time.Now(), time.UTC) // about as often here as there
					if err == nil {
						_, err = s.Search(b.Context(), q, store.NewestFirst, 60)
					}
					return err
				})
				ours.Close()
				theirs.Close()
			}
		})
	}
}

// each is the usual time of one measurement: the median of many.
func (s *side) each(b *testing.B, measure func(s *side, i int) error) time.Duration {
	b.Helper()
	const times = 200
	took := make([]time.Duration, times)
	for i := range took {
		from := time.Now()
		if err := measure(s, i); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(from)
	}
	return median(took)
}

func median(took []time.Duration) time.Duration {
	for i := range took {
		for j := i; j > 0 && took[j] < took[j-1]; j-- {
			took[j], took[j-1] = took[j-1], took[j]
		}
	}
	return took[len(took)/2]
}

func newSide(b *testing.B, acc store.Account, svc box) *side {
	b.Helper()
	s := &side{svc: svc}
	var err error
	if s.Store, err = store.Open(b.Context(), store.Options{Dir: b.TempDir(), Location: time.UTC, Alone: true}); err != nil {
		b.Fatal(err)
	}
	if s.acc, err = s.PutAccount(b.Context(), acc); err != nil {
		b.Fatal(err)
	}
	s.Attach(svc)
	if err := s.SyncFeeds(b.Context(), s.acc.ID, "none"); err != nil { // it only gets to know the account
		b.Fatal(err)
	}
	from := time.Now()
	for cursor := ""; ; {
		chats, next, err := svc.Chats(b.Context(), cursor)
		if err == nil {
			err = s.TakeChats(b.Context(), s.acc.ID, chats)
		}
		if err != nil {
			b.Fatal(err)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	s.list = time.Since(from)
	for at := int64(0); ; {
		w, err := s.ChatWindow(b.Context(), store.ChatQuery{}, at, 0, 400)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range w.Rows {
			if c.ID != at {
				s.ids = append(s.ids, c.ID)
			}
		}
		if w.End {
			return s
		}
		at = w.Rows[len(w.Rows)-1].ID
	}
}

// fill reads the posts of all chats, so that both stores hold as much.
func (s *side) fill(b *testing.B) {
	b.Helper()
	work := make(chan int64)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for id := range work {
				if _, _, err := s.OlderPosts(b.Context(), id, store.FromStart); err != nil && !strings.Contains(err.Error(), "403") {
					b.Error(err)
				}
			}
		})
	}
	for _, id := range s.ids {
		work <- id
	}
	close(work)
	wg.Wait()
}

func besideSymphony(b *testing.B, chats, posts int) *side {
	b.Helper()
	p := start(b, symsim.Config{Streams: chats, Messages: posts})
	return newSide(b, p.acc, p.box)
}

func besideRingCentral(b *testing.B, chats, posts int) *side {
	b.Helper()
	sim, err := simulator.Start(b.Context(), simulator.Config{Seed: 7, Messages: 1, Chats: chats, Posts: posts})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = sim.Close() })
	d := sim.Description().RingCentral
	auth := &api.OAuth{Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret, JWT: d.JWT, Store: &wallet{}, Account: "a"}
	if _, err := auth.LoginJWT(b.Context(), d.JWT); err != nil {
		b.Fatal(err)
	}
	k, err := api.New(api.Config{Name: "RingCentral", BaseURL: d.BaseURL, Hosts: []string{strings.TrimPrefix(d.MediaURL, "http://")}, Auth: auth})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(k.Close)
	c := rc.New(k, d.MediaURL)
	acc, err := ringcentral.Identify(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	return newSide(b, acc, ringcentral.New(acc.Key, c))
}

// wallet keeps one token.
type wallet struct {
	mu sync.Mutex
	t  api.Token
}

func (w *wallet) Load(context.Context, string) (api.Token, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t, nil
}

func (w *wallet) Save(_ context.Context, _ string, t api.Token) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = t
	return nil
}

func (w *wallet) Delete(context.Context, string) error { return nil }
