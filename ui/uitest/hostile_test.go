package uitest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/store"
)

// swapper puts other content in the place of what the service sends for a file.
type swapper struct {
	Transport
	mu   sync.Mutex
	with []byte
	n    int // files asked for
	open int // and not yet read to their end or closed
}

func (s *swapper) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.Transport.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.Path, "/content/") {
		return resp, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.with == nil || resp.StatusCode != http.StatusOK {
		s.open++
		resp.Body = &watched{ReadCloser: resp.Body, s: s}
		return resp, nil
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(s.with))
	resp.ContentLength = int64(len(s.with))
	resp.Header.Del("Content-Length")
	for _, h := range []string{"Content-Md5", "Etag", "Digest"} {
		resp.Header.Del(h)
	}
	return resp, nil
}

type watched struct {
	io.ReadCloser
	s    *swapper
	once sync.Once
}

func (w *watched) Close() error {
	w.once.Do(func() {
		w.s.mu.Lock()
		defer w.s.mu.Unlock()
		w.s.open--
	})
	return w.ReadCloser.Close()
}

func (s *swapper) serve(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.with = b
}

func (s *swapper) under() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// pngOf is the head of a PNG that says it is w by h pixels.
func pngOf(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// Whatever is in a file, there are words for it, and the work goes on.
func TestHostileFilesSaySo(t *testing.T) {
	unwatched(t)
	s := &swapper{}
	d := Open(t, Config{Now: noon, Rest: time.Millisecond, Transport: func(carry Transport) Transport {
		s.Transport = carry
		return s
	}})
	d.See("Inbox")
	loop := "II*\x00\x08\x00\x00\x00\x01\x00\x00\x01\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00"
	items := d.all(t, "in:fax has:file")
	for i, tt := range []struct{ name, content, see string }{
		{"a PNG of 10 gigapixels", string(pngOf(100_000, 100_000)), "too large to show here"},
		{"a PNG without a picture", string(pngOf(100, 100)), "cannot be shown"},
		{"a GIF that ends at once", "GIF89a\xff\xff\xff\xff\x00\x00\x00", "cannot be shown"},
		{"a JPEG cut off", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", "cannot be shown"},
		{"a TIFF whose pages go round", loop, "cannot be shown"},
		{"a PDF of words", "%PDF-1.7\nnothing of the sort", "cannot be shown"},
		{"a PDF in love with itself", "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF", "cannot be shown"},
		{"a WAVE of no length", "RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00data\xff\xff\xff\xff", "cannot be played"},
		{"an MP3 of noise", "ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + strings.Repeat("\xff\xfb\x90\x00", 300), "0:0"},
		{"nothing", "", "Fax from"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			outer := d.t
			d.t = t
			defer func() { d.t = outer }()
			it := items[i%len(items)]
			s.serve([]byte(tt.content))
			d.Press("/")
			d.Free("id:" + it.ID.String())
			d.Press("Enter")
			d.See("Search id:"+it.ID.String(), "1 of 1")
			d.See(tt.see)
			for _, keys := range []string{"Space", "] +", ", t", ", v", "Enter", "Enter", "q", "q", "q"} {
				d.Press(keys) // none of them may end it
			}
			d.See(" Inbox ")
		})
	}
	first := d.firstOpen(t)
	d.Press("g g e")
	d.Eventually("it still works", func() bool { return d.item(t, first.ID).State == store.Done })
	if left, err := os.ReadDir(d.Dir + "/crash"); err == nil && len(left) > 0 {
		t.Errorf("%d crash files", len(left))
	}
}

// handles is how many files and connections this process has open; -1 where
// that cannot be told.
func handles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	n := 0
	for _, e := range list {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && !strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// Who runs through the list leaves nothing behind: no goroutine, no open file,
// no download.
func TestQuickRowsLeaveNothingBehind(t *testing.T) {
	s := &swapper{}
	d := Open(t, Config{Now: noon, Rest: time.Millisecond, Dark: true, Transport: func(carry Transport) Transport {
		s.Transport = carry
		return s
	}})
	d.See("Inbox")
	items := d.all(t, "in:all has:file")
	if _, err := d.Store.FetchNow(t.Context(), files(items[0])[0], nil); err != nil { // connections are made
		t.Fatal(err)
	}
	rest := func() { // a message without a file: nothing is shown, nothing comes
		d.Press("/")
		d.Free("in:sms -has:file")
		d.Press("Enter")
		d.See("Search in:sms -has:file", "1 of")
		d.Eventually("nothing is on its way", func() bool { return len(d.Store.Jobs()) == 0 && s.under() == 0 })
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("jobs %+v, %d answers not read to their end", d.Store.Jobs(), s.under())
		}
	})
	rest()
	before, opened := runtime.NumGoroutine(), handles()
	for range 3 {
		d.Press("/")
		d.Free("in:all")
		d.Press("Enter")
		d.See("1 of 100")
		for range 15 {
			d.Press("j J") // the list and what is beside it
		}
		d.See("31 of 100")
		d.Press("g g")
		d.See("1 of 100")
		rest()
	}
	d.Eventually("goroutines end", func() bool { return runtime.NumGoroutine() <= before+2 })
	d.Eventually("files are closed", func() bool { return handles() <= opened+1 })
	for _, it := range d.all(t, "in:all has:file") {
		for _, a := range files(it) {
			if a.State != store.Kept && a.State != store.Remote {
				t.Errorf("a file of %s is %v", it.ID, a.State)
			}
		}
	}
}
