package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Choice is what a person has made of the pages of a document.
type Choice struct {
	Pages  []int // picked last, from 0; none: all
	Turns  map[int]int
	Stamps map[int][]Stamp
}

// Choice is what was made of the pages that are shown.
func (v *Viewer) Choice() Choice {
	c := Choice{Pages: slices.Clone(v.picked), Turns: maps.Clone(v.turns), Stamps: map[int][]Stamp{}}
	for page, list := range v.stamps {
		c.Stamps[page] = slices.Clone(list)
	}
	return c
}

// Turns is how pages of a document were turned when it was looked at.
func Turns(ctx context.Context, mem Memory, sha256 string) (map[int]int, error) {
	turns := map[int]int{}
	if sha256 == "" {
		return turns, nil
	}
	b, err := mem.Recall(ctx, "turn:"+sha256)
	if err != nil || len(b) == 0 {
		return turns, err
	}
	if json.Unmarshal(b, &turns) != nil || turns == nil {
		return map[int]int{}, nil
	}
	return turns, nil
}

// Picks is the pages of a document of n pages as they were made.
func (c Choice) Picks(n int) []Pick {
	list := c.Pages
	if len(list) == 0 {
		for i := range n {
			list = append(list, i)
		}
	}
	var out []Pick
	for _, p := range list {
		if p >= 0 && p < n {
			out = append(out, Pick{Page: p, Turn: c.Turns[p] & 3, Stamps: c.Stamps[p]})
		}
	}
	return out
}

// Words is what is different from the document of n pages; "" when nothing is. n may be 0
// where it is not known.
func (c Choice) Words(n int) string {
	var parts []string
	all := len(c.Pages) == 0 || n > 0 && slices.Equal(c.Pages, upTo(n))
	if !all {
		text := numbered(c.Pages)
		if n > 0 {
			text += fmt.Sprintf(" of %d", n)
		}
		parts = append(parts, text)
	}
	with := func(what string, has func(page int) bool) {
		var list []int
		for p := range max(n, most(c.Turns), mostStamped(c.Stamps)) {
			if has(p) && (all || slices.Contains(c.Pages, p)) {
				list = append(list, p)
			}
		}
		if len(list) > 0 {
			parts = append(parts, numbered(list)+" "+what)
		}
	}
	with("turned", func(p int) bool { return c.Turns[p]&3 != 0 })
	with("marked", func(p int) bool { return len(c.Stamps[p]) > 0 })
	return strings.Join(parts, ", ")
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func most(turns map[int]int) (n int) {
	for p := range turns {
		n = max(n, p+1)
	}
	return n
}

func mostStamped(stamps map[int][]Stamp) (n int) {
	for p := range stamps {
		n = max(n, p+1)
	}
	return n
}

// numbered is pages as people name them: "page 2", "pages 1, 3 and 4".
func numbered(list []int) string {
	const few = 6
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = fmt.Sprint(p + 1)
	}
	switch n := len(words); {
	case n == 1:
		return "page " + words[0]
	case n > few:
		return fmt.Sprintf("%d pages", n)
	default:
		return "pages " + strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
