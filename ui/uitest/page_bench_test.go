//go:build unix

package uitest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// space is the key that shows a file, and then turns its pages.
const space = " "

// BenchmarkFirstPage goes to a scanned fax of 30 pages that is on this machine, in
// the real program: from the key to the last byte written of its first page. (The
// panes follow that key at once; after one that moves the cursor a row they wait
// whether it goes on.) Beside it mutool draws the same page, as high as it is on the
// screen, each right after the other. of-mutool is the one median by the other:
// below 1 is sooner than mutool.
func BenchmarkFirstPage(b *testing.B) {
	for _, typ := range []string{"application/pdf", "image/tiff"} {
		for _, t := range tubes() {
			for _, size := range sizes() {
				b.Run(fmt.Sprintf("%s/%s/%dx%d", filepath.Base(typ), t.name, size[0], size[1]), func(b *testing.B) {
					m, bodies := stocked(b, false, scan(typ, 30))
					path := filepath.Join(b.TempDir(), "in."+filepath.Base(typ))
					if err := os.WriteFile(path, bodies[typ], 0o600); err != nil {
						b.Fatal(err)
					}
					var ours, theirs []time.Duration
					high := 0
					for b.Loop() {
						p := m.in(b, t, size[0], size[1])
						took, _ := p.page("n") // the next unread
						ours = append(ours, took)
						high = p.height(size[1])
						p.kill()
						theirs = append(theirs, mutool(b, path, high)...)
					}
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(ms(median(ours)), "ms")
					b.ReportMetric(float64(high), "px-high")
					if len(theirs) > 0 {
						b.ReportMetric(ms(median(theirs)), "mutool-ms")
						b.ReportMetric(float64(median(ours))/float64(median(theirs)), "of-mutool")
					}
				})
			}
		}
	}
}

// sizes are the screens measured.
func sizes() [][2]int {
	if testing.Short() {
		return [][2]int{{120, 40}}
	}
	return [][2]int{{120, 40}, {200, 60}}
}

// height is how many pixels high the picture is that was written last, or would
// be in the cells of a screen that has so many rows.
func (p *peer) height(rows int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	high := map[string]string{"sixel": `"1;1;\d+;(\d+)`, "kitty": `\x1b_G[^;]*\bv=(\d+)`, "kitty-direct": `\x1b_G[^;]*\bv=(\d+)`}[p.tube.name]
	if m := regexp.MustCompile(high).FindSubmatch(p.out); high != "" && m != nil {
		n, _ := strconv.Atoi(string(m[1])) // digits
		return n
	}
	const others = 4 // rows with a title or a state
	if p.tube.mark() == "" {
		return 2 * (rows - others)
	}
	return 18 * (rows - others)
}

// mutool is how long mutool takes for the first page at so many pixels in
// height, of paper of 11 inches; none without a mutool.
func mutool(b *testing.B, path string, high int) []time.Duration {
	b.Helper()
	tool, err := exec.LookPath("mutool")
	if err != nil {
		return nil
	}
	cmd := exec.CommandContext(b.Context(), tool, "draw", "-q", "-F", "pgm", "-r", strconv.Itoa(max(high/11, 1)), "-o", os.DevNull, path, "1")
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("mutool: %v: %s", err, out)
	}
	return []time.Duration{time.Since(start)}
}

// BenchmarkPageTurn turns pages that were drawn ahead, in the real program: from
// the key to the last byte written, and how many bytes a page takes.
func BenchmarkPageTurn(b *testing.B) {
	const pages = 60
	m, _ := stocked(b, true, scan("image/tiff", pages))
	for _, t := range tubes() {
		for _, size := range sizes() {
			b.Run(fmt.Sprintf("%s/%dx%d", t.name, size[0], size[1]), func(b *testing.B) {
				p := m.in(b, t, size[0], size[1])
				p.page("j")
				var took []time.Duration
				bytes, at, key := 0, 1, space
				for b.Loop() {
					switch {
					case at == pages-1:
						key = "\x1b[D"
					case at == 1:
						key = space
					}
					if at++; key != space {
						at -= 2
					}
					d, n := p.page(key)
					took, bytes = append(took, d), bytes+n
				}
				slices.Sort(took)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(ms(median(took)), "p50-ms")
				b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
				b.ReportMetric(float64(bytes)/float64(len(took)), "bytes/turn")
			})
		}
	}
}

// BenchmarkPaging pages through a fax of 200 pages in the real program, and tells
// its memory on the way: resident, and the heap that was alive after the latest
// collection.
func BenchmarkPaging(b *testing.B) {
	pages := 200
	if testing.Short() {
		pages = 20
	}
	m, _ := stocked(b, true, scan("application/pdf", pages), scan("image/tiff", pages))
	for _, t := range tubes() {
		for i, typ := range []string{"pdf", "tiff"} {
			b.Run(typ+"/"+t.name, func(b *testing.B) {
				for b.Loop() {
					p := m.in(b, t, 200, 60, "GODEBUG=gctrace=1")
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(p.resident(), "MB-before")
					p.page(strings.Repeat("j", i+1))
					for at := 2; at <= pages; at++ {
						p.press(space)
						p.settle(30 * time.Millisecond)
						if at == 20 || at == 100 || at == 200 {
							b.ReportMetric(p.resident(), fmt.Sprintf("MB-at-%d", at))
						}
					}
					p.press("\x0c") // draws all of it anew
					p.until(fmt.Sprintf("page %d of %d", pages, pages))
					b.ReportMetric(p.peak(), "MB-peak")
					p.kill()
					b.ReportMetric(p.alive(), "MB-heap-most")
				}
			})
		}
	}
}

// BenchmarkAtRest leaves the real program alone with a file shown: what it writes,
// and how often it wakes up. The first case is a message without a file.
func BenchmarkAtRest(b *testing.B) {
	m, _ := stocked(b, true, scan("image/tiff", 30), voice())
	kitty := tubes()[0]
	for _, c := range []struct{ name, keys string }{{"text message", ""}, {"fax", "j"}, {"paused voicemail", "jj"}} {
		b.Run(c.name, func(b *testing.B) {
			p := m.in(b, kitty, 120, 40)
			if c.keys != "" {
				p.press(c.keys)
				p.settle(300 * time.Millisecond)
			}
			if c.keys == "jj" {
				p.press(space)
				p.wait("a second of it", 0, func(out []byte) bool { return len(out) > 500 })
				p.press(space)
				p.until("paused")
			}
			p.settle(time.Second)
			before, woken, start := p.written(), p.wakes(), time.Now()
			for b.Loop() {
				time.Sleep(time.Second)
			}
			sec := time.Since(start).Seconds()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(p.written()-before)/sec, "bytes/s")
			b.ReportMetric(float64(p.wakes()-woken)/sec, "wakes/s")
		})
	}
}

func (p *peer) written() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

// wakes is how often a thread of the program has waited so far.
func (p *peer) wakes() (n int) {
	p.b.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p.cmd.Process.Pid))
	if err != nil || len(files) == 0 {
		p.b.Skip("the system does not tell")
	}
	for _, f := range files {
		n += int(status(f, "voluntary_ctxt_switches:"))
	}
	return n
}

func (p *peer) resident() float64 { return p.memory("VmRSS:") }
func (p *peer) peak() float64     { return p.memory("VmHWM:") }

// memory is a figure of the system's about the program, in MB.
func (p *peer) memory(what string) float64 {
	return status(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), what) / 1024
}

func status(file, what string) float64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == what {
			v, _ := strconv.ParseFloat(f[1], 64) // a number, or the system does not tell
			return v
		}
	}
	return 0
}

// alive is the most that lived after a collection, of a program that has ended.
func (p *peer) alive() (most float64) {
	for _, m := range regexp.MustCompile(`->(\d+) MB, \d+ MB goal`).FindAllSubmatch(bytes.Clone(p.traces.Bytes()), -1) {
		v, _ := strconv.ParseFloat(string(m[1]), 64) // digits
		most = max(most, v)
	}
	return most
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
