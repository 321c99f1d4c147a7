package ringcentral_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// BenchmarkFetch downloads one large file the way the screens do (checksum, ranges to
// go on with, fsync, no overwriting), and in the same run with io.Copy to a file, which
// is what a plain downloader does. SWITCHBOARD_BIG sets how many bytes it has.
func BenchmarkFetch(b *testing.B) {
	size := int64(256 << 20)
	if n, err := strconv.ParseInt(os.Getenv("SWITCHBOARD_BIG"), 10, 64); err == nil {
		size = n
	}
	d := open(b, simulator.Config{Messages: 1})
	url := fmt.Sprintf("%s/big/%d", d.sim.Description().RingCentral.MediaURL, size)
	token, err := d.auth.Token(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	ours := func() time.Duration {
		n++ // a message of its own, else it is here already
		got, err := d.Apply(b.Context(), d.acc.ID, []store.Incoming{{
			Remote: fmt.Sprint(n), Kind: store.Fax, Direction: store.Inbound, Time: d.clock.Now(), Modified: d.clock.Now(),
			Attachments: []store.Attachment{{Remote: "1", Kind: store.RenderedDocument, Type: "application/pdf", Size: size, URI: url}},
		}})
		if err != nil || len(got.IDs) != 1 {
			b.Fatal(got, err)
		}
		it, err := d.Item(b.Context(), got.IDs[0])
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		path, err := d.FetchNow(b.Context(), it.Attachments[0], nil)
		took := time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
		if st, err := os.Stat(path); err != nil || st.Size() != size {
			b.Fatal(st, err)
		}
		if err := d.RemoveLocal(b.Context(), it.Attachments[0].ID); err != nil {
			b.Fatal(err)
		}
		return took
	}
	plain := func() time.Duration {
		f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(f, res.Body); err != nil || n != size {
			b.Fatal(n, err)
		}
		res.Body.Close()
		f.Close()
		took := time.Since(start)
		os.Remove(f.Name())
		return took
	}
	b.SetBytes(size)
	plain() // memory that a virtual machine has not touched lately costs more than all the rest
	ours()
	for b.Loop() {
		p, o := plain(), ours()
		b.ReportMetric(o.Seconds()/p.Seconds(), "of-plain")
		b.ReportMetric(float64(size)/1e6/p.Seconds(), "plain-MB/s")
		b.ReportMetric(float64(size)/1e6/o.Seconds(), "our-MB/s")
	}
}
