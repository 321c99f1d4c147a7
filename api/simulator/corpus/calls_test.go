package corpus

import (
	"io"
	"testing"
	"time"
)

func callCorpus(messages, calls int) (*Corpus, *Calls) {
	c := New(Config{Seed: 3, Messages: messages, Now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.FixedZone("", -8*3600))})
	return c, c.Calls(calls)
}

// TestCallsInOrder: the log is sorted by time, and every id leads back.
func TestCallsInOrder(t *testing.T) {
	for _, size := range []struct{ messages, calls int }{{0, 400}, {300, -1}, {300, 50}, {50, 900}, {1, -1}} {
		c, k := callCorpus(size.messages, size.calls)
		if size.calls >= 0 && k.Len() != size.calls || size.calls < 0 && size.messages > 1 && k.Len() < size.messages {
			t.Errorf("%+v: %d calls", size, k.Len())
		}
		var last Call
		for i := range k.Len() {
			v := k.Own(i)
			if i > 0 && (!v.Start.After(last.Start) || v.Number <= last.Number) {
				t.Errorf("%+v: call %d began %v, the one before %v", size, i, v.Start, last.Start)
			}
			if n, ok := k.Find(v.ID); !ok || n != v.Number {
				t.Errorf("id %s leads to %d, not %d", v.ID, n, v.Number)
			}
			if n, ok := k.FindSession(v.SessionID); !ok || n != v.Number {
				t.Errorf("session %d leads to %d, not %d", v.SessionID, n, v.Number)
			}
			if !v.Own || v.Start.After(c.now) || v.Finished && v.Start.Add(time.Duration(v.Duration)*time.Second).After(c.now) {
				t.Errorf("call %+v at %v", v, c.now)
			}
			last = v
		}
	}
}

// TestCallsFitMessages: every voicemail and fax has its call, with the same
// people and the right time, and no call names a message that is not there.
func TestCallsFitMessages(t *testing.T) {
	c, k := callCorpus(300, -1)
	found := map[int64]int{}
	for i := range k.Len() {
		v := k.Own(i)
		if v.Message == 0 {
			continue
		}
		n, ok := c.Find(v.Message)
		m := c.Message(n)
		if !ok || m.Type != v.Kind || m.From.Number != v.From.Number || m.From.Name != v.From.Name {
			t.Errorf("call %+v left message %+v", v, m)
		}
		if v.Start.After(m.Created) {
			t.Errorf("call of %v left a message of %v", v.Start, m.Created)
		}
		if number, ok := k.Left(n); !ok || number != v.Number {
			t.Errorf("message %d belongs to call %d, not %d", n, number, v.Number)
		}
		found[v.Message]++
	}
	for i := range c.Len() {
		m := c.Message(i)
		if want := bit(m.Type == "VoiceMail" || m.Type == "Fax"); found[m.ID] != want {
			t.Errorf("%s %d has %d calls", m.Type, m.ID, found[m.ID])
		}
	}
}

// TestCallKinds: any two periods hold one of everything, and a missed call that
// is returned is so by a later call with the same person.
func TestCallKinds(t *testing.T) {
	_, k := callCorpus(200, -1)
	results, actions, recordings := map[string]int{}, map[string]int{}, map[string]int{}
	open := map[string]int{}
	for i := range k.Len() {
		v := k.Own(i)
		results[v.Result]++
		actions[v.Action]++
		recordings[v.Recording]++
		switch {
		case v.Result == "Missed" && v.From.Number != "":
			open[v.From.Number]++
		case v.Direction == "Outbound" && v.Result == "Call connected":
			delete(open, v.To.Number)
		case v.Result == "Accepted":
			delete(open, v.From.Number)
		}
	}
	for _, want := range []string{"Accepted", "Missed", "Voicemail", "Rejected", "Blocked", "Abandoned", "Hang Up", "Busy", "No Answer", "Call connected", "Received", "Sent", "International Disabled"} {
		if results[want] == 0 {
			t.Errorf("no call with result %q: %v", want, results)
		}
	}
	if recordings["Automatic"] == 0 || recordings["OnDemand"] == 0 || actions["Transfer"] == 0 || actions["RingOut Web"] == 0 {
		t.Errorf("recordings %v, actions %v", recordings, actions)
	}
	if all := results["Missed"]; len(open) == 0 || len(open) >= all-4 {
		t.Errorf("of %d missed calls %d were never returned", all, len(open))
	}
}

func TestRecordings(t *testing.T) {
	_, k := callCorpus(200, -1)
	kinds := map[string]int{}
	for i := range k.Len() {
		v := k.Own(i)
		got, ok := k.FindRecording(v.RecordingID())
		if ok != (v.Recording != "") || ok && got.ID != v.ID {
			t.Errorf("recording %d of call %s: %v, %v", v.RecordingID(), v.ID, got.ID, ok)
		}
		if !ok {
			continue
		}
		body := k.Sound(&v)
		kinds[body.Type]++
		if kinds[body.Type] > 2 {
			continue
		}
		head := make([]byte, 4)
		if _, err := io.ReadFull(body.Open(), head); err != nil || body.Type == "audio/wav" && string(head) != "RIFF" {
			t.Errorf("%s begins with %q, %v", body.Type, head, err)
		}
		if n, err := io.Copy(io.Discard, body.Open()); n != body.Size || err != nil {
			t.Errorf("%s has %d of %d bytes, %v", body.Type, n, body.Size, err)
		}
	}
	if kinds["audio/wav"] == 0 || kinds["audio/mpeg"] == 0 {
		t.Errorf("kinds %v", kinds)
	}
	if _, ok := k.FindRecording(12345); ok {
		t.Error("found a recording that is not there")
	}
}

func TestCompanyCalls(t *testing.T) {
	_, k := callCorpus(200, -1)
	first, end := k.Company()
	own, others := 0, 0
	for n := first; n < end; n++ {
		if v := k.At(n); v.Own {
			own++
		} else if others++; v.Extension == OwnerExtension {
			t.Errorf("a colleague's call %+v", v)
		}
	}
	if own != k.Len() || others == 0 {
		t.Errorf("%d own calls of %d, %d of others", own, k.Len(), others)
	}
}

func BenchmarkCall(b *testing.B) {
	_, k := callCorpus(100_000, -1)
	i := 0
	for b.Loop() {
		_ = k.Own(i % k.Len())
		i += 7919
	}
}
