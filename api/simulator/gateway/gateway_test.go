package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

type entry struct{ path, status int }

func TestJournalKeepsTheLast(t *testing.T) {
	j := NewJournal(3, func(e *entry) *int { return &e.status })
	if got := j.List(); got != nil {
		t.Errorf("at first: %v", got)
	}
	var writers []*Writer
	for n := range 5 {
		writers = append(writers, j.Open(httptest.NewRecorder(), entry{path: n}))
	}
	for n, w := range writers {
		w.WriteHeader(200 + n) // of the first two, nothing is kept any more
		w.WriteHeader(http.StatusInternalServerError)
	}
	if got, want := j.List(), []entry{{2, 202}, {3, 203}, {4, 204}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if j.Total() != 5 {
		t.Errorf("total %d", j.Total())
	}
}

func TestDice(t *testing.T) {
	rates := map[string]float64{"a": .3, "b": .3, "mode": 1}
	chance := func(seed, serial uint64, fault string) float64 {
		return float64(Hash(seed, serial, fault)*0x9e3779b97f4a7c15>>11) / (1 << 53)
	}
	all := func(string) bool { return true }
	roll := func(d *Dice) string {
		var b strings.Builder
		for range 200 {
			b.WriteString(d.Pick("read", all) + ".")
		}
		return b.String()
	}
	d := NewDice(7, []string{"a", "b"}, chance, rates)
	first := roll(d)
	if !strings.Contains(first, "a.") || !strings.Contains(first, "b.") || !strings.Contains(first, "..") || strings.Contains(first, "mode") {
		t.Fatalf("a sequence without a, b or none, or with a name that is not tried: %s", first)
	}
	d.Order(Order{Fault: "b", Count: 1_000})
	d.Replace(rates)
	if got := roll(d); got != first {
		t.Error("begun anew, the same seed gave other faults")
	}
	if roll(NewDice(8, []string{"a", "b"}, chance, rates)) == first {
		t.Error("another seed gave the same faults")
	}

	d.Replace(nil)
	d.Order(Order{Op: "read", Fault: "a", Count: 2, Skip: 1})
	d.Order(Order{Fault: "b", Count: 1})
	var got []string
	for _, op := range []string{"write", "read", "read", "read", "read"} {
		got = append(got, d.Pick(op, func(fault string) bool { return fault != "b" || op == "read" }))
	}
	if want := []string{"", "b", "a", "a", ""}; !slices.Equal(got, want) {
		t.Errorf("ordered: %q, want %q", got, want)
	}
	d.SetRate("a", 1)
	if got := d.Pick("read", all); got != "a" || d.Rate("a") != 1 || len(d.Rates()) != 1 {
		t.Errorf("always a: %q, %v", got, d.Rates())
	}
}

func TestCheckRates(t *testing.T) {
	for rate, want := range map[float64]string{0: "", 1: "", 1.5: "from 0 to 1", -1: "from 0 to 1"} {
		err := CheckRates(map[string]float64{"a": rate}, []string{"a", "b"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", rate, err)
		}
	}
	if err := CheckRates(map[string]float64{"c": 1}, []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), "known: a, b") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestGateWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		inside, end := make(chan bool), make(chan bool)
		h := g.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			inside <- true
			<-end
		}))
		serve := func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody)) }
		go serve()
		<-inside
		closed := false
		go func() { g.Close(); closed = true }()
		synctest.Wait()
		if closed {
			t.Error("closed while a handler runs")
		}
		serve() // returns: nobody is let in
		close(end)
		synctest.Wait()
		if !closed || g.Enter() {
			t.Errorf("closed %v, or open again", closed)
		}
	})
}

func TestBreaker(t *testing.T) {
	const body = `{"message":"a few bytes to break"}`
	full := int64(len(body))
	for name, c := range map[string]struct {
		told  int64 // Content-Length
		body  string
		fails bool
	}{
		"other":     {full, body, false},
		"slow":      {full, body, false},
		"badjson":   {full, body[:full-1] + ",", false},
		"truncate":  {full, body[:full/2], true},
		"badlength": {full + 7, body, true},
	} {
		j := NewJournal(1, func(e *entry) *int { return &e.status })
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			k := &Breaker{To: j.Open(w, entry{}), Fault: name, Slow: 1600}
			defer k.Finish()
			WriteBytes(k, http.StatusAccepted, "application/json", []byte(body))
		}))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		if string(got) != c.body || res.ContentLength != c.told || (err != nil) != c.fails {
			t.Errorf("%s: %q, %d bytes told, %v", name, got, res.ContentLength, err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
		if kept := j.List(); kept[0].status != http.StatusAccepted {
			t.Errorf("%s: journal %v", name, kept)
		}
	}
}
