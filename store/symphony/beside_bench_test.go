package symphony

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/api/simulator/corpus/teams"
	symsim "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
	"switchboard/store"
	"switchboard/store/ringcentral"
)

// side is a store filled from one service.
type side struct {
	*store.Store
	acc  store.Account
	svc  box
	ids  map[string]int64 // of chats, by the service's own
	list time.Duration
}

type box interface {
	store.Service
	store.ChatService
}

// pair is a chat of each of the two services with as many posts in both.
type pair struct{ ours, theirs int64 }

// beside is both of them.
type beside struct {
	ours, theirs *side
	pairs        []pair // the busiest ones first, by and large
}

// BenchmarkBesideRingCentral fills one store from Symphony and one from RingCentral, with
// as many chats and posts, and compares: the same chat by its size, one right after the
// other and each as often the first of the two, so that whatever else the machine does
// falls on both. What is below 1 is faster with Symphony.
//
//	listed   all chats are read from the service into an empty store
//	list     the list of chats is opened
//	open     a chat whose posts are here is opened
//	cold     a chat nobody has looked at is opened: its posts come from the service
//	busy     the same of the chats in which most is said
//	search   a word is searched for among all posts
func BenchmarkBesideRingCentral(b *testing.B) {
	sizes := []struct{ chats, posts int }{{1000, 10_000}, {10_000, 100_000}}
	if testing.Short() { // it is only to be seen that it still runs
		sizes = sizes[:0]
		sizes = append(sizes, struct{ chats, posts int }{100, 1000})
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("streams=%d", n.chats), func(b *testing.B) {
			for b.Loop() {
				compareBeside(b, n.chats, n.posts)
			}
		})
	}
}

func compareBeside(b *testing.B, chats, posts int) {
	b.Helper()
	s := startBeside(b, chats, posts)
	defer s.ours.Close()
	defer s.theirs.Close()
	b.ReportMetric(s.ours.list.Seconds()/s.theirs.list.Seconds(), "listed-ratio")
	b.ReportMetric(s.ours.list.Seconds(), "listed-s")
	older := func(s *side, chat int64) error {
		_, _, err := s.OlderPosts(b.Context(), chat, store.FromEnd)
		return err
	}
	const busy, rounds = 40, 300
	s.compare(b, "busy", s.pairs[:min(busy, len(s.pairs)/5)], older)
	s.compare(b, "cold", spread(s.pairs[min(busy, len(s.pairs)/5):], rounds), older)
	var both sync.WaitGroup
	both.Go(func() { s.ours.fill(b) })
	both.Go(func() { s.theirs.fill(b) })
	both.Wait()
	s.compare(b, "list", spread(s.pairs, rounds), func(s *side, _ int64) error {
		_, err := s.ChatWindow(b.Context(), store.ChatQuery{Account: s.acc.ID}, 0, 0, 60)
		return err
	})
	s.compare(b, "open", spread(s.pairs, 2*rounds), func(s *side, chat int64) error {
		_, err := s.Posts(b.Context(), store.PostQuery{Chat: chat}, store.FromEnd, 60, 0)
		return err
	})
	s.compare(b, "search", spread(s.pairs, rounds), func(s *side, _ int64) error {
		q, err := store.ParseQuery("in:posts invoice", time.Now(), time.UTC) // about as often here as there
		if err == nil {
			_, err = s.Search(b.Context(), q, store.NewestFirst, 60)
		}
		return err
	})
}

// spread are n of the pairs, from all over them, or all.
func spread(pairs []pair, n int) []pair {
	out := make([]pair, min(n, len(pairs)))
	for i := range out {
		out[i] = pairs[i*len(pairs)/len(out)]
	}
	return out
}

// compare measures with both services by turns, and reports the medians.
func (s *beside) compare(b *testing.B, name string, pairs []pair, measure func(s *side, chat int64) error) {
	b.Helper()
	clock := func(s *side, chat int64) time.Duration {
		from := time.Now()
		if err := measure(s, chat); err != nil {
			b.Fatal(err)
		}
		return time.Since(from)
	}
	var ours, theirs []time.Duration
	for i, p := range pairs {
		if i%2 == 0 {
			ours = append(ours, clock(s.ours, p.ours))
		}
		theirs = append(theirs, clock(s.theirs, p.theirs))
		if i%2 == 1 {
			ours = append(ours, clock(s.ours, p.ours))
		}
	}
	a, o := median(ours), median(theirs)
	b.ReportMetric(a.Seconds()/o.Seconds(), name+"-ratio")
	b.ReportMetric(float64(a.Microseconds())/1000, name+"-ms")
}

// startBeside starts both services. The n-th chat of one has as many posts as that of the
// other.
func startBeside(b *testing.B, chats, posts int) *beside {
	b.Helper()
	p := start(b, symsim.Config{Streams: chats, Messages: posts})
	s := &beside{ours: newSide(b, p.acc, p.box), theirs: besideRingCentral(b, chats, posts)}
	for i, id := range p.sim.Streams() {
		ours, theirs := s.ours.ids[sym.SafeID(id)], s.theirs.ids[strconv.FormatInt(teams.ChatID(i), 10)]
		if ours != 0 && theirs != 0 { // one may not be a member of it
			s.pairs = append(s.pairs, pair{ours, theirs})
		}
	}
	if len(s.pairs) < chats/2 {
		b.Fatalf("%d of %d chats are of both", len(s.pairs), chats)
	}
	return s
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

func newSide(b *testing.B, acc store.Account, svc box) *side {
	b.Helper()
	s := &side{svc: svc, ids: map[string]int64{}}
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
			s.ids[c.Remote] = c.ID
		}
		if w.End {
			return s
		}
		at = w.Rows[len(w.Rows)-1].ID
	}
}

// fill reads all posts of all chats, so that both stores hold as much: many chats at a
// time, since a transaction for each would be most of the benchmark.
func (s *side) fill(b *testing.B) {
	b.Helper()
	const batch = 2000
	work, pages := make(chan string), make(chan []store.IncomingPost)
	var fetchers sync.WaitGroup
	for range 4 {
		fetchers.Go(func() {
			for remote := range work {
				for cursor := ""; ; {
					page, next, err := s.svc.Posts(b.Context(), remote, cursor)
					if err != nil {
						b.Error(err)
						break
					}
					pages <- page
					if cursor = next; cursor == "" {
						break
					}
				}
			}
		})
	}
	go func() {
		for remote := range s.ids {
			work <- remote
		}
		close(work)
		fetchers.Wait()
		close(pages)
	}()
	var all []store.IncomingPost
	take := func(least int) {
		if len(all) < least {
			return
		}
		if err := s.TakePosts(b.Context(), s.acc.ID, all); err != nil {
			b.Error(err)
		}
		all = nil
	}
	for page := range pages {
		all = append(all, page...)
		take(batch)
	}
	take(1)
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
