package ringcentral_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// Whatever is sent, taken back, done again, lost and restarted in whatever order: what the
// operations say in the end is what the service has.
func TestSendRandom(t *testing.T) {
	steps, seeds := 60, 12
	if testing.Short() || watched {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := newSender(t, simulator.Config{Contacts: -1, Chats: -1, Calls: -1}, 0)
			r := rand.New(rand.NewPCG(9, uint64(seed))) //nolint:gosec // the same steps each time
			file := s.file("a.txt", 40)
			if _, err := s.Senders(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			for n := range steps {
				s.step(r, n, file)
			}
			s.sim.Offline(false)
			if err := s.sim.SetFaults(nil); err != nil {
				t.Fatal(err)
			}
			s.box.before, s.box.after = nil, nil
			for range 5 {
				<-s.clock.After(20 * time.Minute)
				s.settled()
			}
			s.sync()
			s.matches()
		})
	}
}

// step does one thing at random.
func (s *sender) step(r *rand.Rand, n int, file string) {
	s.t.Helper()
	to := []store.Recipient{{Number: fmt.Sprintf("+1415%07d", 2_000_200+n)}}
	switch r.IntN(12) {
	case 0, 1:
		s.send(store.NewMessage{Kind: store.SendText, To: to, Text: fmt.Sprint("text ", n)})
	case 2, 3:
		s.send(store.NewMessage{Kind: store.SendFax, To: to, Files: []string{file}, At: s.clock.Now().Add(time.Duration(r.IntN(20)) * time.Minute)})
	case 4, 5:
		if _, err := s.Undo(s.t.Context()); err != nil && !errors.Is(err, store.ErrNothing) {
			s.t.Fatal(err)
		}
	case 6:
		_, err := s.Redo(s.t.Context())
		if err != nil && !errors.Is(err, store.ErrNothing) && !strings.Contains(err.Error(), "just now") {
			s.t.Fatal(err)
		}
	case 7:
		op := []string{"createSMSMessage", "createFaxMessage", "deleteMessage"}[r.IntN(3)]
		fault := []string{"reset", "500", "503", "truncate"}[r.IntN(4)]
		if err := s.sim.FailNext(op, fault, 0, 1); err != nil {
			s.t.Fatal(err)
		}
	case 8:
		s.sim.Offline(r.IntN(2) == 0)
	case 9:
		s.reopen()
	default:
		<-s.clock.After(time.Duration(1+r.IntN(40)) * time.Second)
		_ = s.Flush(s.t.Context()) // what became of it shows in the end
	}
}

// matches holds the operations and the items against what the service has.
func (s *sender) matches() {
	s.t.Helper()
	at := map[string]int{}
	for _, m := range s.sim.Sent() {
		if !m.Canceled {
			at[m.To[0]]++
		}
	}
	want := map[string]int{}
	ops, err := s.Ops(s.t.Context(), 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, op := range ops {
		switch op.State {
		case store.OpPending, store.OpSending, store.OpUnknown:
			s.t.Errorf("still under way: %+v", op)
		}
		if strings.HasPrefix(op.Words, "Tak") || op.State != store.OpConfirmed || op.Undone {
			continue
		}
		number, _ := store.NormalNumber(op.Words[strings.Index(op.Words, "(415)"):], "US")
		want[number]++
	}
	for _, r := range s.rows("in:all") {
		if r.Direction == store.Outbound && (r.Pending || r.Delivery == store.Queued && r.Availability == store.Alive) {
			s.t.Errorf("shown: %s %s pending %v", r.Who.Number, r.Delivery, r.Pending)
		}
	}
	for number := range want {
		if at[number] != want[number] {
			s.t.Errorf("%s: %d at the service, %d by the operations", number, at[number], want[number])
		}
		delete(at, number)
	}
	for number, n := range at {
		s.t.Errorf("%s: %d at the service, none by the operations", number, n)
	}
	s.agrees()
}
