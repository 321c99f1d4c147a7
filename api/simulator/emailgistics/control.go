package emailgistics

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Arrive lets n messages come in now and returns the index of the first.
func (s *Server) Arrive(n int) int { return s.data.arrive(n, s.cfg.Now()) }

// traffic lets messages come in by themselves.
func (s *Server) traffic() {
	for n := uint64(1); ; n++ {
		gap := time.Duration(float64(s.cfg.Traffic) * (0.5 + unit(mix(s.cfg.Seed^n<<1^0x74))))
		t := time.NewTimer(gap)
		select {
		case <-t.C:
			s.Arrive(1)
		case <-s.ctx.Done():
			t.Stop()
			return
		}
	}
}

// Move does what moving a message to another folder does: from now on it has
// another id, which is returned, and the old one is unknown. Its attachments have
// other ids, too.
func (s *Server) Move(i int) string {
	s.data.move(i)
	return s.data.mail(i).MessageID
}

func (a *account) move(i int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version[i]++
}

// Delete takes a message away.
func (s *Server) Delete(i int) {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	s.data.gone[i] = true
}

// SetStatus makes a message open, snoozed or closed.
func (s *Server) SetStatus(i int, status string) {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	s.data.status[i] = status
}

// Retire makes a mailbox, a user or a tag one that is not active any more, by its id.
func (s *Server) Retire(id string) {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	s.data.retired[id] = true
}

func (a *account) active(id string) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return !a.retired[id]
}

// Offline lets every connection be reset, or no longer.
func (s *Server) Offline(on bool) { s.offline.Store(on) }

// ForgetReports makes all results unknown, as if they were over 24 hours old.
func (s *Server) ForgetReports() {
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	clear(s.reports.all)
}

// FinishReports makes every run that was started come to its end now.
func (s *Server) FinishReports() {
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	for id, r := range s.reports.all {
		done := *r
		done.takes = 0
		s.reports.all[id] = &done
	}
}

// Reports is how many runs were started.
func (s *Server) Reports() int {
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	return s.reports.made
}

// Content is what the k-th attachment of message i holds.
func (s *Server) Content(i, k int) ([]byte, error) {
	m := s.data.mail(i)
	if k < 0 || k >= len(m.Files) {
		return nil, fmt.Errorf("emailgistics simulator: message %d has %d attachments, not one numbered %d", i, len(m.Files), k)
	}
	r, _ := s.data.files.open(m.Files[k].place)
	return io.ReadAll(r)
}

// Delivery is what a webhook tells of message i, as JSON; a negative i counts from
// the newest. Every second one includes the text and custom fields.
func (s *Server) Delivery(i int) []byte {
	if i < 0 {
		i += s.data.len()
	}
	m := s.data.mail(i)
	d := map[string]any{
		"id": m.MessageID, "event": "received", "internetMessageId": m.InternetMessageID, "received": stamp(m.Received),
		"mailbox": m.MailboxEmail, "sender": wire(m.From), "from": wire(m.From), "to": wires(m.To), "cc": wires(m.Cc),
		"subject": m.Subject, "hasAttachments": m.HasAttachments, "timestamp": m.Received.Add(2 * time.Second).UTC().Format(time.RFC3339Nano),
		"conversationId": m.ConversationID,
	}
	if i%2 == 0 {
		d["bodyText"] = s.data.body(i)
		d["customFields"] = map[string]string{"claimNumber": fmt.Sprintf("C-%06d", i)}
	}
	b, err := json.Marshal(d)
	if err != nil { // plain values of our own
		panic("emailgistics simulator: encode a delivery: " + err.Error())
	}
	return b
}

// Faults returns the rates in force.
func (s *Server) Faults() map[string]float64 { return s.faults.Rates() }

// Mailboxes are the ids and addresses of the mailboxes that the first key may see.
func (s *Server) Mailboxes() (ids, addresses []string) {
	for _, b := range s.data.boxes[:s.cfg.Mailboxes] {
		ids, addresses = append(ids, b.id), append(addresses, b.email)
	}
	return slices.Clip(ids), slices.Clip(addresses)
}
