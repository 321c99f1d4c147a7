package ringcentral_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// BenchmarkSaveMany saves a thousand files of 50 kB to a folder with a manifest and
// verifies them, and in the same run has aria2c and curl download the same content
// from the same server, which neither checksums nor fsyncs it. The server sets no rate
// limits. Ratios are those of files a second: 1 is as fast as theirs.
func BenchmarkSaveMany(b *testing.B) {
	const files, size = 1000, 50 << 10
	d := open(b, simulator.Config{Messages: 1})
	token, err := d.auth.Token(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	turn := 0
	// Each turn has other content. (Content of the turn before would have to be removed
	// first, and ext4 is slow to make files where many were just removed.)
	url := func(i int) string {
		return fmt.Sprintf("%s/big/%d", d.sim.Description().RingCentral.MediaURL, size-10*files+turn*files+i)
	}
	messages := func() []store.ID {
		turn++
		in := make([]store.Incoming, files)
		for i := range in {
			in[i] = store.Incoming{
				Remote: fmt.Sprintf("%d-%d", turn, i), Kind: store.Fax, Direction: store.Inbound, Modified: d.clock.Now(),
				Time: d.clock.Now().Add(time.Duration(turn*files+i) * time.Second), Pages: 3, From: store.Party{Name: "Ann Lee"},
				Attachments: []store.Attachment{{Remote: "1", Kind: store.RenderedDocument, Type: "application/pdf", Size: size, URI: url(i)}},
			}
		}
		got, err := d.Apply(b.Context(), d.acc.ID, in)
		if err != nil || got.New != files {
			b.Fatal(got.New, err)
		}
		return got.IDs
	}
	ours := func() time.Duration {
		ids := messages()
		dir := filepath.Join(b.TempDir(), "ours")
		start := time.Now()
		rep, err := d.Save(b.Context(), ids, store.SaveOptions{Dir: dir, Manifest: true, Template: "{date}_{from}_{kind}_{id}"})
		if err != nil || len(rep.Files) != files || len(rep.Failed) > 0 {
			b.Fatal(len(rep.Files), rep.Failed, err)
		}
		check, err := store.Verify(b.Context(), dir)
		took := time.Since(start)
		if err != nil || !check.Good() || len(check.OK) != files || len(check.Extra) > 0 {
			b.Fatal(check.Good(), len(check.OK), err)
		}
		return took
	}
	best := map[string]time.Duration{} // of all turns: what else the machine does only makes it longer
	note := func(name string, took time.Duration) {
		if d, ok := best[name]; took > 0 && (!ok || took < d) {
			best[name] = took
		}
	}
	for b.Loop() {
		note("ours", ours())
		note(aria(b, token, url, files))
		note(curl(b, token, url, files))
	}
	for name, took := range best {
		b.ReportMetric(files/took.Seconds(), name+"/s")
		if name != "ours" {
			b.ReportMetric(took.Seconds()/best["ours"].Seconds(), "of-"+name)
		}
	}
}

func aria(b *testing.B, token string, url func(int) string, n int) (string, time.Duration) {
	dir := b.TempDir()
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "%s\n\tout=%d\n\theader=Authorization: Bearer %s\n", url(i), i, token)
	}
	return "aria2c", outside(b, dir, n, list.String(), "aria2c", "-q", "-x16", "-j16", "--file-allocation=none", "-d", dir, "-i", "list")
}

func curl(b *testing.B, token string, url func(int) string, n int) (string, time.Duration) {
	dir := b.TempDir()
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "url = \"%s\"\noutput = \"%s/%d\"\noauth2-bearer = \"%s\"\n", url(i), dir, i, token)
	}
	return "curl", outside(b, dir, n, list.String(), "curl", "-s", "-Z", "--parallel-max", "16", "-K", "list")
}

// outside times another program that puts n files into dir; 0: it is not there.
func outside(b *testing.B, dir string, n int, list, program string, args ...string) time.Duration {
	b.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		b.Logf("%s is not here to compare with", program)
		return 0
	}
	file := filepath.Join(b.TempDir(), "list")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), path, args...)
	cmd.Dir = filepath.Dir(file)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v: %s", program, err, out)
	}
	took := time.Since(start)
	if got, err := os.ReadDir(dir); err != nil || len(got) != n {
		b.Fatalf("%s fetched %d files, %v", program, len(got), err)
	}
	return took
}
