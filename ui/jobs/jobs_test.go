package jobs

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

func model(now time.Time, running, ended []store.Job) *Model {
	m := New(&screen.Env{Styles: theme.New(true, true), Now: func() time.Time { return now }, Location: time.UTC, Jobs: running})
	m.have, m.ended = true, ended
	return m
}

func text(m *Model, w, h int) string {
	var b strings.Builder
	for _, l := range m.View(w, h, true) {
		b.WriteString(ansi.Strip(l) + "\n")
	}
	return b.String()
}

func TestJobsAreShown(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	file := store.Attachment{ID: 7, Name: "scan.pdf"}
	save := &store.SaveJob{ID: 3, Words: "1,000 files", Path: "/srv/faxes", Files: 1000, Saved: 250, Failed: 2}
	running := []store.Job{
		{ID: -3, State: store.Fetching, Done: 12_500_000, Total: 50_000_000, Rate: 300_000, Left: 12 * time.Minute, Save: save},
		{ID: 7, Attachment: file, State: store.Fetching, Done: 500_000, Total: 1_000_000, Rate: 100_000, Left: 5 * time.Second},
		{ID: 8, Attachment: file, State: store.Paused, Done: 4000},
		{ID: 9, Attachment: file, State: store.Faulty, Err: "the disk is full"},
		{ID: -4, State: store.Waiting, Err: "waits for a connection", Next: now.Add(50 * time.Second), Save: &store.SaveJob{ID: 4, Words: "2 files", Path: "/srv/x.zip", Files: 2}},
	}
	ended := []store.Job{
		{ID: 10, Attachment: file, State: store.Kept, Done: 9000, Next: now.Add(-5 * time.Second)},
		{ID: 11, Attachment: file, State: store.Kept, Done: 9000, Next: now.Add(-2 * time.Minute)}, // not shown any more
		{ID: -2, State: store.Kept, Done: 90_000, Save: &store.SaveJob{
			ID: 2, Words: "3 files", Path: "/srv/done", Files: 3, Saved: 2, Failed: 1, Ended: now.Add(-time.Hour), Failures: []store.SaveFault{{Error: "the service no longer has it"}},
		}},
	}
	m := model(now, running, ended)
	got := text(m, 120, 40)
	for _, want := range []string{
		"3 downloads, 2 saves", "Save 1,000 files to /srv/faxes", "█", "250 of 1,000 files, 12 MB (2 failed) at 300 kB/s, 12 min left", "scan.pdf",
		"500 kB of 1.0 MB at 100 kB/s, 5 s left", "paused at 4.0 kB; Space goes on", "failed at 0 B: the disk is full", "waits for a connection, next try in 50 s",
		"✓ here, 9.0 kB", "! 2 saved, 1 failed: the service no longer has it",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not shown:\n%s", want, got)
		}
	}
	if strings.Count(got, "✓ here") != 1 {
		t.Error("a download that was through long ago is still listed")
	}
	for _, w := range []int{20, 40, 80, 200} {
		for _, l := range m.View(w, 12, true) {
			if n := kit.Width(ansi.Strip(l)); n != w {
				t.Fatalf("a line of %d cells in %d: %q", n, w, l)
			}
		}
	}
}

func TestDisabledForWhatIsThrough(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	save := store.Job{ID: -2, State: store.Kept, Save: &store.SaveJob{ID: 2, Saved: 3, Ended: now}}
	m := model(now, nil, []store.Job{save})
	for a, want := range map[keymap.Action]bool{keymap.JobPause: true, keymap.JobRetry: true, keymap.JobCancel: false} {
		if got := m.Disabled(a) != ""; got != want {
			t.Errorf("%s: %q", a, m.Disabled(a))
		}
	}
	save.Save.Failed = 1
	if m.Disabled(keymap.JobRetry) != "" {
		t.Error("what failed cannot be tried again")
	}
}

func TestAbout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "1 s", 1400 * time.Millisecond: "1 s", 59 * time.Second: "59 s", 90 * time.Second: "2 min", 89 * time.Minute: "89 min", 3 * time.Hour: "3 h",
	} {
		if got := about(d); got != want {
			t.Errorf("%s: %q", d, got)
		}
	}
}
