package notify

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

// zone has its clocks put forward on 29 March 2026 at two, and back on 25 October at three.
func zone(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	return loc
}

// desk is a notifier and a clock that the test moves.
type desk struct {
	*Notifier
	now  time.Time
	next store.ID
}

func newDesk(c Config) *desk {
	return &desk{New(c, time.UTC), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), 1}
}

func loud() Config {
	c := Default()
	c.Bell, c.Desktop = true, "osc9"
	return c
}

func (d *desk) comes(k store.Kind, mailbox string) store.ID {
	d.next++
	d.Arrived(d.now, []store.Arrival{{Row: store.Row{
		ID: d.next, Kind: k, Direction: store.Inbound, Mailbox: mailbox, Who: store.Party{Name: "Ana Lima"}, Preview: "please call",
	}, Account: "ringcentral:1:1"}})
	return d.next
}

// said moves on to what is told next, and says when and what; "" if nothing is.
func (d *desk) said() string {
	due := d.Due(d.now)
	if due.IsZero() {
		return ""
	}
	if due.After(d.now) {
		d.now = due
	}
	n, ok := d.Take(d.now)
	if !ok {
		return "nothing at " + d.now.Format("15:04:05")
	}
	return d.now.Format("15:04:05 ") + n.Text
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestABurstIsToldOnce(t *testing.T) {
	d := newDesk(loud())
	want(t, "at the start", d.said(), "")
	d.comes(store.Voicemail, "")
	d.now = d.now.Add(300 * time.Millisecond)
	d.comes(store.Fax, "")
	d.comes(store.Fax, "")
	d.comes(store.SMS, "")
	want(t, "the burst", d.said(), "12:00:01 1 voicemail, 2 faxes, 1 text")
	want(t, "afterwards", d.said(), "")
	d.comes(store.MMS, "")
	want(t, "the next", d.said(), "12:00:11 1 text")
	if n := d.Count(); n != 5 {
		t.Errorf("%d in the title, want 5", n)
	}
}

func TestOnlyWhatConcernsThePerson(t *testing.T) {
	c := loud()
	c.Mailboxes = map[string][]string{"Sales*": {Voicemail}, "Sales night": {}, "*": {Fax, Mention}}
	d := newDesk(c)
	own := store.Arrival{Row: store.Row{ID: 900, Kind: store.Fax, Direction: store.Outbound}}
	done := store.Arrival{Row: store.Row{ID: 901, Kind: store.Fax, Direction: store.Inbound, State: store.Done}}
	post := store.Arrival{Row: store.Row{ID: 902, Kind: store.Post, Direction: store.Inbound}}
	d.Arrived(d.now, []store.Arrival{own, done, post})
	d.comes(store.Fax, "Sales EU")
	d.comes(store.Voicemail, "Sales night")
	d.comes(store.Voicemail, "Desk")
	want(t, "others' news", d.said(), "")
	d.comes(store.Voicemail, "sales eu")
	want(t, "ours", d.said(), "12:00:01 1 voicemail for sales eu")
	post.Mention = true
	d.Arrived(d.now, []store.Arrival{post, post})
	want(t, "a mention", d.said(), "12:00:11 1 post to you")
}

func TestSeen(t *testing.T) {
	d := newDesk(loud())
	a, b, c := d.comes(store.Fax, ""), d.comes(store.Fax, ""), d.comes(store.Fax, "")
	if d.Looked(a) {
		t.Error("seen although nobody pressed a key")
	}
	d.now = d.now.Add(time.Second)
	d.Key(d.now)
	d.Focus(false)
	if d.Looked(a) {
		t.Error("seen in a window that is not in front")
	}
	d.Focus(true)
	if !d.Looked(a) || d.Looked(a) {
		t.Error("not seen, or twice")
	}
	if !d.Gone([]store.ID{b, 77}) {
		t.Error("done and still new")
	}
	if got := d.Fresh(); !slices.Equal(got, []store.ID{c}) {
		t.Errorf("left: %v", got)
	}
}

func TestWhoIsHereNeedsNoDesktop(t *testing.T) {
	d := newDesk(loud())
	d.Key(d.now)
	d.comes(store.Fax, "")
	d.now = d.now.Add(gather)
	if n, ok := d.Take(d.now); !ok || n.Desktop || !n.Bell {
		t.Errorf("%+v, %v", n, ok)
	}
	d.now = d.now.Add(present)
	d.comes(store.Fax, "")
	d.now = d.now.Add(gather)
	if n, ok := d.Take(d.now); !ok || !n.Desktop {
		t.Errorf("%+v, %v", n, ok)
	}
}

func TestRepeatUntilSeen(t *testing.T) {
	c := loud()
	c.Repeat = 5 * time.Minute
	d := newDesk(c)
	id := d.comes(store.Fax, "")
	want(t, "first", d.said(), "12:00:01 1 fax")
	want(t, "second", d.said(), "12:05:01 1 new item still to be looked at")
	want(t, "third", d.said(), "12:10:01 1 new item still to be looked at")
	d.now = d.now.Add(-time.Hour) // the clock is set back
	want(t, "fourth", d.said(), "11:15:01 1 new item still to be looked at")
	d.Gone([]store.ID{id})
	want(t, "seen", d.said(), "")
}

func TestQuietHours(t *testing.T) {
	c := loud()
	q, err := ParseQuiet("22:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	c.Quiet = []Quiet{q}
	c.Repeat = time.Hour
	d := newDesk(c)
	d.now = time.Date(2026, 11, 20, 21, 59, 59, 500e6, time.UTC)
	d.comes(store.Fax, "")
	d.Status(d.now, []store.Status{{Phase: store.PhaseOffline}}, func(string) string { return "Desk" })
	if d.Count() != 1 {
		t.Error("not in the title")
	}
	want(t, "at its end", d.said(), "07:00:00 Desk is offline since 21:59. 1 fax")
}

func TestLoss(t *testing.T) {
	d := newDesk(loud())
	is := func(phase string) {
		d.Status(d.now, []store.Status{{Account: "k", Phase: phase}, {Account: "o", Phase: store.PhaseLive}}, func(k string) string { return "Desk " + k })
	}
	is(store.PhaseOffline)
	d.now = d.now.Add(30 * time.Second)
	is(store.PhasePolling) // back within the grace: nobody's news
	want(t, "a short loss", d.said(), "")
	is(store.PhaseOffline)
	want(t, "a long one", d.said(), "12:01:30 Desk k is offline since 12:00")
	is(store.PhaseSignedOut)
	want(t, "the same", d.said(), "")
	is(store.PhaseLive)
	want(t, "its end", d.said(), "12:01:30 Desk k is connected again")
	want(t, "afterwards", d.said(), "")
}

func TestContent(t *testing.T) {
	for content, text := range map[string]string{
		"": "1 fax", ContentNone: "1 fax", ContentWho: "1 fax from Ana Lima", ContentText: "1 fax from Ana Lima: please call",
	} {
		c := loud()
		c.Content = content
		d := newDesk(c)
		d.comes(store.Fax, "")
		want(t, content, d.said(), "12:00:01 "+text)
	}
}

func TestSilenceIsSilent(t *testing.T) {
	d := newDesk(Default())
	d.comes(store.Fax, "")
	d.Status(d.now, []store.Status{{Phase: store.PhaseOffline}}, func(string) string { return "" })
	want(t, "by default", d.said(), "")
	want(t, "the title", Titled("switchboard", d.Count()), "(1) switchboard")
	want(t, "the title of nothing", Titled("switchboard", 0), "switchboard")
}

func TestParseQuiet(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) } // 20: a Friday
	for _, tt := range []struct {
		text       string
		quiet, not []time.Time
	}{
		{"22:00-07:00", []time.Time{at(20, 22, 0), at(20, 6, 59), at(21, 0, 0)}, []time.Time{at(20, 7, 0), at(20, 21, 59)}},
		{"mon-fri 18:00-08:00", []time.Time{at(20, 18, 0), at(21, 7, 59), at(17, 3, 0)}, []time.Time{at(21, 18, 0), at(22, 3, 0), at(23, 3, 0), at(20, 12, 0)}},
		{"sat, sun", []time.Time{at(21, 0, 0), at(22, 23, 59)}, []time.Time{at(20, 23, 59), at(23, 0, 0)}},
		{"fri-mon 12:00-13:00", []time.Time{at(20, 12, 0), at(23, 12, 30)}, []time.Time{at(24, 12, 0), at(20, 13, 0)}},
		{"Friday 09:00-24:00", []time.Time{at(20, 23, 59)}, []time.Time{at(21, 0, 0), at(20, 8, 59)}},
	} {
		q, err := ParseQuiet(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		for _, x := range tt.quiet {
			if !q.covers(x) {
				t.Errorf("%s: %s is not quiet", tt.text, x)
			}
		}
		for _, x := range tt.not {
			if q.covers(x) {
				t.Errorf("%s: %s is quiet", tt.text, x)
			}
		}
	}
	for _, bad := range []string{"", "22-07", "25:00-07:00", "22:00", "22:60-07:00", "frx", "mon-", "day", "un", "10:00-11:00 12:00-13:00", "unm"} {
		if q, err := ParseQuiet(bad); err == nil {
			t.Errorf("%q is %+v", bad, q)
		}
	}
}

// On the nights on which the clocks are changed, quiet hours end by the clock on the wall.
func TestQuietHoursWhereClocksChange(t *testing.T) {
	loc := zone(t)
	q, _ := ParseQuiet("22:00-07:00")
	gone, _ := ParseQuiet("22:00-02:30") // on that night there is no half past two
	for _, tt := range []struct {
		from time.Time
		q    Quiet
		end  string
		long time.Duration
	}{
		{time.Date(2026, 3, 28, 22, 0, 0, 0, loc), q, "2026-03-29 07:00 CEST", 8 * time.Hour},
		{time.Date(2026, 10, 24, 22, 0, 0, 0, loc), q, "2026-10-25 07:00 CET", 10 * time.Hour},
		{time.Date(2026, 6, 1, 22, 0, 0, 0, loc), q, "2026-06-02 07:00 CEST", 9 * time.Hour},
		{time.Date(2026, 3, 28, 22, 0, 0, 0, loc), gone, "2026-03-29 03:30 CEST", 4*time.Hour + 30*time.Minute},
	} {
		end, ok := quietUntil([]Quiet{tt.q}, tt.from)
		if got := end.Format("2006-01-02 15:04 MST"); !ok || got != tt.end || end.Sub(tt.from) != tt.long {
			t.Errorf("from %s: %s, %v long, want %s", tt.from, got, end.Sub(tt.from), tt.end)
		}
	}
	always := Quiet{Days: [7]bool{true, true, true, true, true, true, true}}
	if end, ok := quietUntil([]Quiet{always}, time.Date(2026, 6, 1, 0, 0, 0, 0, loc)); !ok || end.Day() != 9 {
		t.Errorf("always quiet: until %s", end)
	}
}

func TestSequences(t *testing.T) {
	evil := "a;b\x1b]0;x\a\x9b1m\u2028é" + string([]byte{0xff})
	for _, w := range []Way{OSC9, OSC777, OSC99} {
		for _, tmux := range []bool{false, true} {
			s := w.Sequence("new\x1b1", evil, evil+strings.Repeat("ü", 500), tmux)
			if strings.ContainsAny(s, "\a") || strings.ContainsRune(s, 0x9b) {
				t.Errorf("%s: %q", w, s)
			}
			if tmux {
				s = strings.ReplaceAll(s, "\x1b\x1b", "\x1b")
				s = strings.ReplaceAll(strings.ReplaceAll(s, "\x1bPtmux;", ""), "\x1b\\\x1b\\", "\x1b\\")
			}
			parts := map[Way]int{OSC9: 1, OSC777: 1, OSC99: 2}[w]
			if n := strings.Count(s, "\x1b"); n != 2*parts {
				t.Errorf("%s, tmux %v: %d escapes in %q", w, tmux, n, s)
			}
			if w == OSC777 && strings.Count(s, ";") != 3 {
				t.Errorf("a text is taken apart: %q", s)
			}
			if w == OSC99 && !strings.Contains(s, base64.StdEncoding.EncodeToString([]byte("a;b ]0;x ?1m é?"))) {
				t.Errorf("%q", s)
			}
		}
	}
	if s := Nowhere.Sequence("", "a", "b", false); s != "" {
		t.Errorf("%q", s)
	}
}

func TestDetect(t *testing.T) {
	for env, way := range map[string]Way{
		"TERM=xterm-kitty": OSC99, "TERM_PROGRAM=iTerm.app": OSC9, "TERM_PROGRAM=WezTerm": OSC777, "TERM=foot-extra": OSC777,
		"TERM=xterm-256color": Nowhere, "TERM_PROGRAM=Apple_Terminal": Nowhere, "LC_TERMINAL=iTerm2": OSC9, "WT_SESSION=1": OSC777,
		"GHOSTTY_RESOURCES_DIR=/x": OSC777, "TERM_PROGRAM=WarpTerminal": OSC9, "TERM=rxvt-unicode-256color": OSC777,
	} {
		name, value, _ := strings.Cut(env, "=")
		getenv := func(k string) string {
			if k == name {
				return value
			}
			return ""
		}
		if w, _ := Detect(getenv); w != way {
			t.Errorf("%s: %q, want %q", env, w, way)
		}
		if w := Choose("off", getenv); w != Nowhere {
			t.Errorf("%s: off is %q", env, w)
		}
		if w := Choose("osc99", getenv); w != OSC99 {
			t.Errorf("%s: osc99 is %q", env, w)
		}
	}
}

func TestFill(t *testing.T) {
	got := Fill([]string{"notify-send", "--", "{title}", "x {text}"}, Note{Title: "{text}", Text: "$(rm)\x1b"})
	if !slices.Equal(got, []string{"notify-send", "--", "{text}", "x $(rm) "}) {
		t.Errorf("%q", got)
	}
}
