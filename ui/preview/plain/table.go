package plain

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Bounds of a table.
const (
	mostRows    = 20_000
	mostColumns = 64
	mostCell    = 40 // cells a column takes at most
)

// tableSheet lays a CSV (RFC 4180, and what else people call so) out in columns;
// nil when it has only one. Its first row is the head.
func tableSheet(text string, whole bool) *sheet {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma = separator(text)
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	var rows [][]string
	columns, more := 0, false
	for {
		rec, err := r.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil
			}
			break
		}
		if more = len(rows) == mostRows; more {
			break
		}
		columns = max(columns, len(rec))
		row := make([]string, min(len(rec), mostColumns))
		for i := range row {
			row[i] = store.CleanLine(tabs(rec[i][:min(len(rec[i]), 1<<10)]))
		}
		rows = append(rows, row)
	}
	if !whole && !more && len(rows) > 1 {
		rows = rows[:len(rows)-1] // its end may not be here
	}
	if columns < 2 || len(rows) == 0 {
		return nil
	}
	s := &sheet{wide: true}
	s.what = fmt.Sprintf("Table, %s in %s", kit.Plural(len(rows)-1, "row"), kit.Plural(columns, "column"))
	switch {
	case more:
		s.remark = fmt.Sprintf("The first %s rows; open it outside for the rest", kit.Count(mostRows, true))
	case columns > mostColumns:
		s.remark = fmt.Sprintf("The first %d of %s columns; open it outside for the rest", mostColumns, kit.Count(columns, true))
	}
	s.layout(rows)
	return s
}

// separator is the sign that stands most often in the first line, outside of
// quotes.
func separator(text string) rune {
	line, _, _ := strings.Cut(text[:min(len(text), 64<<10)], "\n")
	quoted := false
	count := map[rune]int{}
	for _, r := range line {
		switch r {
		case '"':
			quoted = !quoted
		case ',', ';', '\t', '|':
			if !quoted {
				count[r]++
			}
		}
	}
	best := ','
	for _, r := range []rune{';', '\t', '|'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// layout pads the cells of a table. Columns of numbers stand on the right.
func (s *sheet) layout(rows [][]string) {
	var widths []int
	var words []bool // the column has something that is no number
	for n, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths, words = append(widths, 1), append(words, false)
			}
			widths[i] = min(max(widths[i], kit.Width(c)), mostCell)
			words[i] = words[i] || n > 0 && c != "" && strings.Trim(c, "+-$€£%0123456789.,()/: ") != ""
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, c := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			if words[i] || len(rows) == 1 {
				b.WriteString(kit.Fit(c, widths[i]))
			} else {
				b.WriteString(kit.FitRight(c, widths[i]))
			}
		}
		text := strings.TrimRight(b.String(), " ")
		s.width = max(s.width, kit.Width(text))
		if n == 0 {
			s.head = text
			continue
		}
		s.lines = append(s.lines, line{text: text})
	}
}
