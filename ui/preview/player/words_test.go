package player

import (
	"strings"
	"testing"
	"time"

	"switchboard/keymap"
	"switchboard/ui/preview/audio"
)

func TestPlaysFromTheWordThatWasSearched(t *testing.T) {
	d := newDesk(t)
	d.host.words = []string{"refund"}
	d.mem.m["at:abcd"] = "50000"
	d.show(d.voicemail(60))
	d.do(keymap.Play)
	d.playing()
	share := float64(strings.Index(words1, "refund")) / float64(len(words1))
	said := time.Duration(share * 60 * float64(time.Second))
	if at := d.at(); at > said-time.Second || at < said-8*time.Second {
		t.Errorf("begins at %v, want some seconds before %v", at, said)
	}
	if !strings.Contains(d.v.note, "“refund” is said at about 0:") || !strings.Contains(d.v.note, "an estimate") {
		t.Errorf("%q", d.v.note)
	}
	d.do(keymap.Play, keymap.MediaStart, keymap.Play)
	d.playing()
	if at := d.at(); at > time.Second {
		t.Errorf("at %v: once moved by hand, the word is not gone to again", at)
	}
}

func TestFindAWord(t *testing.T) {
	d := newDesk(t)
	d.show(d.voicemail(60))
	d.do(keymap.FindInFile)
	if _, err := d.host.prompt.Enter("zebra"); err == nil {
		t.Error("found what is not there")
	}
	cmd, err := d.host.prompt.Enter("Number")
	if err != nil {
		t.Fatal(err)
	}
	d.run(cmd)
	if at := d.at(); at < 35*time.Second || at > 52*time.Second {
		t.Errorf("at %v", at)
	}
	src := d.voicemail(60)
	src.Item.Text = ""
	d.show(src)
	if d.v.Disabled(keymap.FindInFile) == "" {
		t.Error("there is nothing to search")
	}
}

func TestGoToATime(t *testing.T) {
	d := newDesk(t)
	d.show(d.voicemail(90))
	d.do(keymap.GoToPage)
	if _, err := d.host.prompt.Enter("9:00"); err == nil {
		t.Error("went behind the end")
	}
	cmd, err := d.host.prompt.Enter("1:20")
	d.run(cmd)
	if err != nil || d.at() != 80*time.Second {
		t.Errorf("%v, %v", d.at(), err)
	}
	for in, want := range map[string]time.Duration{
		"80": 80 * time.Second, " 1:02:03 ": 3723 * time.Second, "1:20.5": 80500 * time.Millisecond, "7s": 7 * time.Second,
		"": -1, "x": -1, "1:60": -1, "-3": -1, "1e9": -1, "1.5:00": -1, "inf": -1, "nan": -1, "1:2:3:4": -1, "0x10": -1,
	} {
		got, err := parseTime(in)
		if want < 0 != (err != nil) || err == nil && got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestSpoken(t *testing.T) {
	const s = time.Second
	gaps := []audio.Range{{From: 0, To: 2 * s}, {From: 5 * s, To: 9 * s}, {From: 20 * s, To: 30 * s}}
	for share, want := range map[float64]time.Duration{0: 2 * s, 0.5: 9*s + 500*time.Millisecond, 0.25: 3*s + 750*time.Millisecond, 1: 13 * s} {
		if got := spoken(share, 13*s, gaps); got != want {
			t.Errorf("%v of 7 s of speaking within 13 s: %v, want %v", share, got, want)
		}
	}
	if got := spoken(0.5, 10*s, nil); got != 5*s {
		t.Error(got)
	}
}

func TestPlace(t *testing.T) {
	text := "A prefund, REFUNDS; refund"
	for from, want := range map[int]int{0: 11, 12: 20, 21: -1} {
		if got, _ := place(text, []string{"refund"}, from); got != want {
			t.Errorf("from %d: %d, want %d", from, got, want)
		}
	}
}
