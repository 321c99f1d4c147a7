package player

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/audio"
	"switchboard/ui/screen"
)

// words is what is looked for in the transcript, and where.
type words struct {
	went string // the search for which the start has been chosen
	find string // what was looked for in this file alone
	next int    // the byte in the transcript to look on from
	top  int    // first line shown, from 1; 0: by itself
}

// script is the transcript, or the text that came with the sound.
func (v *Viewer) script() string { return strings.TrimSpace(v.src.Item.Text) }

// sought is the words to be marked: those of the search, and of this file alone.
func (v *Viewer) sought() []string {
	out := v.env.Host.Words()
	if f := strings.ToLower(v.text.find); f != "" {
		out = append(out[:len(out):len(out)], f)
	}
	return out
}

// place is where one of the words begins in text, from byte on; -1: nowhere.
func place(text string, words []string, from int) (at int, word string) {
	low := strings.ToLower(text)
	if len(low) != len(text) {
		text = low // positions differ by a few bytes at most: it is an estimate
	}
	letter := false
	for i, r := range text {
		if i >= from && !letter {
			for _, w := range words {
				if w != "" && strings.HasPrefix(low[i:], w) {
					return i, w
				}
			}
		}
		letter = unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return -1, ""
}

// lengthOfPart is what the service transcribes of a long message.
const lengthOfPart = time.Minute

// when estimates when what stands at a byte of the transcript is said: the
// service gives no times. Its share of the letters is taken as the same share of
// the time in which somebody speaks.
func (v *Viewer) when(at int) time.Duration {
	text, covered := v.script(), v.length()
	if v.src.Item.Transcript == store.TranscriptPartial {
		covered = min(covered, lengthOfPart)
	}
	letters := utf8.RuneCountInString(text)
	if letters == 0 || covered <= 0 {
		return 0
	}
	share := float64(utf8.RuneCountInString(text[:min(at, len(text))])) / float64(letters)
	var gaps []audio.Range
	if v.shape != nil {
		gaps = v.shape.Silences(gap)
	}
	return spoken(share, covered, gaps)
}

// gap is the shortest pause that does not count as speaking.
const gap = 400 * time.Millisecond

// spoken is the moment until which a share of all speaking within covered has
// been done.
func spoken(share float64, covered time.Duration, gaps []audio.Range) time.Duration {
	all := covered
	for _, g := range gaps {
		all -= max(min(g.To, covered)-min(g.From, covered), 0)
	}
	left, at := time.Duration(share*float64(all)), time.Duration(0)
	for _, g := range gaps {
		if g.From >= covered {
			break
		}
		if left < g.From-at {
			return at + left
		}
		left -= g.From - at
		at = g.To
	}
	return min(at+left, covered)
}

// before is how much earlier than a word to begin: the estimate is the rougher
// the longer the recording.
func before(length time.Duration) time.Duration {
	return min(2*time.Second+length*3/100, 6*time.Second)
}

// searched is what was searched for, as one string.
func (v *Viewer) searched() string { return strings.Join(v.env.Host.Words(), "\x00") }

// toWord moves the start to a little before the first word of a search, once for
// each search, unless somebody has moved it by hand.
func (v *Viewer) toWord() {
	w := v.env.Host.Words()
	key := v.searched()
	if key == "" || key == v.text.went {
		return
	}
	v.text.went = key
	if at, word := place(v.script(), w, 0); at >= 0 {
		v.toPlace(at, word)
	}
}

// toPlace goes to a little before what stands at a byte of the transcript.
func (v *Viewer) toPlace(at int, word string) {
	said := v.when(at)
	v.at, v.resumed = max(said-before(v.length()), 0), false
	if v.player != nil {
		v.player.Seek(v.at)
		v.st = v.player.State()
	}
	v.text.next = at + len(word)
	v.note = fmt.Sprintf("“%s” is said at about %s: an estimate from its place in the text", word, clock(said))
}

// askWord looks for a word in the transcript.
func (v *Viewer) askWord() tea.Cmd {
	if why := v.Disabled(keymap.FindInFile); why != "" {
		v.env.Host.Say(why)
		return nil
	}
	v.env.Host.Prompt(screen.Prompt{
		Title: "Find in this recording", Value: v.text.find, Scope: keymap.ScopePrompt, Kind: "find in file", Hint: "the same again: the next place",
		Enter: func(text string) (tea.Cmd, error) {
			text = strings.TrimSpace(text)
			if text != v.text.find {
				v.text.next = 0
			}
			if v.text.find = text; text == "" {
				return nil, nil
			}
			low := []string{strings.ToLower(text)}
			at, word := place(v.script(), low, v.text.next)
			if at < 0 {
				at, word = place(v.script(), low, 0)
			}
			if at < 0 {
				v.text.find = ""
				return nil, fmt.Errorf("%q is not in the transcript", text)
			}
			v.text.went = v.searched()
			v.toPlace(at, word)
			v.env.Host.Say(v.note)
			return v.look(), nil
		},
	})
	return nil
}

// askTime goes to a time.
func (v *Viewer) askTime() tea.Cmd {
	if why := v.Disabled(keymap.GoToPage); why != "" {
		v.env.Host.Say(why)
		return nil
	}
	v.env.Host.Prompt(screen.Prompt{
		Title: "Go to the time", Scope: keymap.ScopePrompt, Kind: "time", Hint: "1:20, or seconds; " + clock(v.length()) + " long",
		Enter: func(text string) (tea.Cmd, error) {
			at, err := parseTime(text)
			if err != nil {
				return nil, err
			}
			if l := v.length(); at > l {
				return nil, fmt.Errorf("it is only %s long", clock(l))
			}
			return v.seek(at), nil
		},
	})
	return nil
}

var errTime = errors.New("type a time such as 1:20, or seconds")

// parseTime reads seconds, minutes and seconds, or hours as well: "80", "1:20",
// "1:02:33", with a fraction in the last.
func parseTime(s string) (time.Duration, error) {
	parts := strings.Split(strings.TrimSpace(s), ":")
	if len(parts) > 3 {
		return 0, errTime
	}
	total := 0.0
	for i, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSuffix(p, "s"), 64)
		whole := i < len(parts)-1
		if err != nil || strings.ContainsAny(p, "+-_exXpPiInN") || n > 1e6 || i > 0 && n >= 60 || whole && strings.Contains(p, ".") {
			return 0, errTime
		}
		total = total*60 + n
	}
	return time.Duration(total * float64(time.Second)), nil
}
