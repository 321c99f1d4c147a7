package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRecordsAreJSON compares the hand-written encoder with encoding/json, for
// hostile text too.
func TestRecordsAreJSON(t *testing.T) {
	p := start(t, Config{Messages: 1200, Seed: 11})
	for i := range 1200 {
		r := p.s.box.at(i)
		for _, single := range []bool{false, true} {
			var got struct {
				wireMessage
				Subject string `json:"subject"`
			}
			b := p.s.appendRecord(nil, &r, single)
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatalf("message %d: %v\n%s", i, err, b)
			}
			if got.ID != r.m.ID || len(got.Attachments) != len(r.m.Attachments) ||
				utf8.ValidString(r.m.Subject) && got.Subject != r.m.Subject {
				t.Errorf("message %d reads back as %+v", i, got)
			}
		}
	}
}

func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00\x1b[31m\"\\/\r\n\t", "\xff\xfe", "\u2028\u202e\U0001F600", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, ""); utf8.ValidString(s) && got != want || !utf8.ValidString(got) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add(frame{Epoch: 1, Time: 5, Filter: filter{Types: []string{"Fax"}}}.token())
	f.Add("e30")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseToken(s)
		if !ok {
			return
		}
		if again, ok := parseToken(got.token()); !ok || again.Sum != got.Sum {
			t.Errorf("%q does not survive being written again", s)
		}
	})
}

// BenchmarkListPage measures a page of 1,000 records from the middle of a
// large mailbox, through the socket.
func BenchmarkListPage(b *testing.B) {
	p := start(b, Config{Messages: 1_000_000, Seed: 1})
	n := int64(0)
	for b.Loop() {
		a := p.get(ext + "/message-sync?syncType=FSync&recordCount=1000&dateFrom=2000-01-01T00:00:00Z&dateTo=2026-10-01T00:00:00Z")
		if a.status != 200 {
			b.Fatal(a.status)
		}
		n = int64(len(a.body))
	}
	b.SetBytes(n)
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkEncode is the encoder alone.
func BenchmarkEncode(b *testing.B) {
	p := start(b, Config{Messages: 1000, Seed: 1})
	records := p.s.box.list(&filter{From: 0, To: p.clock.Now().UnixMilli()}, 1, 1000).records
	var buf []byte
	for b.Loop() {
		buf = buf[:0]
		for i := range records {
			buf = p.s.appendRecord(buf, &records[i], false)
		}
	}
	b.SetBytes(int64(len(buf)))
	b.ReportMetric(float64(b.N)*float64(len(records))/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkMedia reads 256 MB of content, as fast as the sockets go.
func BenchmarkMedia(b *testing.B) {
	const size = 256 << 20
	p := start(b, Config{})
	b.SetBytes(size)
	buf := make([]byte, 1<<20)
	for b.Loop() {
		res, err := p.client.Get(p.d.MediaURL + "/big/" + fmt.Sprint(size) + "?access_token=" + p.token)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, res.Body, buf)
		if n != size || err != nil {
			b.Fatal(n, err)
		}
		_ = res.Body.Close()
	}
}

// TestLargeMailboxIsSmall: what a million messages cost is what changed.
func TestLargeMailboxIsSmall(t *testing.T) {
	before := heap()
	p := start(t, Config{Messages: 1_000_000, Seed: 1})
	for _, to := range []string{"", "&dateTo=2026-10-01T00:00:00Z", "&dateTo=2020-01-01T00:00:00Z"} {
		got := p.sync("syncType=FSync&recordCount=50&" + since2000 + to)
		if len(got.Records) == 0 && !strings.Contains(to, "2020") {
			t.Errorf("nothing up to %q", to)
		}
	}
	list := p.list("dateFrom=1970-01-01T00:00:00Z&page=9000&perPage=100")
	if *list.Paging.TotalElements != 1_000_000 || len(list.Records) != 100 {
		t.Errorf("page 9000: %d records of %d", len(list.Records), *list.Paging.TotalElements)
	}
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("a million messages take %d MB", grown>>20)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
