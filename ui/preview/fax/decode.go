package fax

import (
	"context"
	"errors"
	"fmt"

	"switchboard/ui/preview/paper"
)

// Decode reads one page, or one strip or tile of it. It gives what can be read of
// damaged data, without an error; the report says what is wrong. The errors are
// those of a page that may not be made (ErrTooLarge, ErrUncompressed, sides that
// cannot be) and of the context, which is asked every few lines.
func Decode(ctx context.Context, data []byte, p Params) (*paper.Bitmap, Report, error) {
	if err := p.check(); err != nil {
		return nil, Report{}, err
	}
	pg := &page{
		decoder: newDecoder(newReader(data, p.LowFirst), p.Columns),
		p:       p,
		Bitmap:  paper.NewBitmap(p.Columns, p.Rows),
	}
	if err := pg.read(ctx); err != nil {
		return nil, Report{}, err
	}
	if p.Rows == 0 {
		pg.H = pg.y
		pg.Pix = pg.Pix[:pg.H*pg.Stride]
	}
	pg.report.Rows = pg.H
	pg.report.Missing += pg.H - pg.y
	if p.BlackIs1 {
		pg.invert()
	}
	return pg.Bitmap, pg.report, nil
}

// page is a page being read.
type page struct {
	*decoder
	*paper.Bitmap
	p      Params
	y      int // lines made
	report Report

	good    bool // a line could be read
	eols    bool // lines end with end-of-line codes
	one     bool // the next line is coded in one dimension
	waiting bool // the line above is not known: lines that build on it cannot be read
	mode    bool // the code of uncompressed mode was met
}

func (pg *page) read(ctx context.Context) error {
	for pg.p.Rows == 0 || pg.y < pg.p.Rows {
		if pg.y&63 == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("reading a fax page: %w", err)
			}
		}
		if pg.begin() {
			break
		}
		if pg.p.Rows == 0 && !pg.grow() {
			return fmt.Errorf("%w: more than %d lines of %d pixels", ErrTooLarge, pg.y, pg.W)
		}
		start := pg.pos
		err := pg.line()
		if err == nil {
			pg.good = true
			pg.waiting = false
			pg.finish()
			pg.paint()
			pg.y++
			continue
		}
		if errors.Is(err, errMode) {
			if pg.p.Uncompressed {
				return ErrUncompressed
			}
			pg.mode = true
		}
		if !pg.recover(start) {
			break
		}
	}
	if pg.mode && !pg.good {
		return ErrUncompressed
	}
	return nil
}

// begin takes what stands before a line and reports whether the page ends there.
func (pg *page) begin() (end bool) {
	if !pg.p.EndOfLine {
		pg.align(pg.p.Align)
	}
	// T.6 ends with two end-of-line codes, T.4 with six. Fewer are a line that is
	// not there, or all that is left of the end.
	n, last := 0, 6
	if pg.p.K < 0 {
		last = 2
	}
	for pg.eol() {
		pg.tag()
		if n++; n == last {
			return true
		}
	}
	if n == 0 {
		pg.align(pg.p.Align)
		pg.tag()
	}
	// The first line of some has none before it, or is the only one that has.
	pg.eols = n > 0 && (pg.eols || pg.y < 2)
	return pg.pos >= pg.end || pg.peek()>>51 == 0 && pg.nextOne() == pg.end
}

// tag reads the bit that tells how the next line is coded.
func (pg *page) tag() {
	if pg.p.K > 0 {
		pg.one = pg.peek()>>63 == 1
		pg.pos++
	}
}

// line reads a line.
func (pg *page) line() error {
	var err error
	if pg.p.K == 0 || pg.p.K > 0 && pg.one {
		err = pg.line1()
	} else if pg.waiting {
		pg.n = 0
		return errCode
	} else {
		err = pg.line2()
	}
	if err != nil {
		return err
	}
	if pg.pos > pg.end {
		return errCode // of the zeros behind the end
	}
	if pg.eols && pg.p.K >= 0 && pg.y > 0 && !pg.ended() {
		return errLength
	}
	return nil
}

// ended reports whether an end-of-line code comes, or the end of all. A run of no
// pixels, which some write to be on the safe side, may stand before it.
func (pg *page) ended() bool {
	start := pg.pos
	for range 2 {
		at := pg.pos
		if pg.eol() || pg.nextOne() == pg.end {
			pg.pos = at
			return true
		}
		if n, err := pg.run(pg.n + 1); err != nil || n > 0 {
			break
		}
	}
	pg.pos = start
	return false
}

// recover makes a line where one could not be read, and finds where the next one
// begins. It reports whether there is one.
func (pg *page) recover(start int) bool {
	if pg.p.K < 0 {
		return pg.stop() // without a line above, nothing further can be understood
	}
	at := pg.pos
	pg.pos = max(start, at-11)
	switch {
	case pg.eols || pg.p.Align == 0:
		if !pg.seek() {
			return pg.stop()
		}
	default:
		pg.pos = max(at, start+1)
		pg.align(pg.p.Align)
	}
	pg.waiting = true
	pg.report.Damaged++
	if pg.good {
		if pg.y > 0 {
			copy(pg.Row(pg.y), pg.Row(pg.y-1))
		}
	} else {
		pg.finish()
		pg.paint()
	}
	pg.y++
	return true
}

// stop ends a page before its end: a line is missing even where nobody said how
// many there are.
func (pg *page) stop() bool {
	if pg.p.Rows == 0 {
		pg.report.Missing++
	}
	return false
}

// grow makes room for one more line.
func (pg *page) grow() bool {
	if (pg.y+1)*pg.W > pg.p.MaxPixels {
		return false
	}
	if need := (pg.y + 1) * pg.Stride; need > len(pg.Pix) {
		pg.Pix = append(pg.Pix, make([]byte, pg.Stride)...)
	}
	pg.H = pg.y + 1
	return true
}

// paint puts the line that was read last into the page.
func (pg *page) paint() {
	row := pg.Row(pg.y)
	for i := 0; pg.ref[i] < pg.width; i += 2 {
		ink(row, int(pg.ref[i]), int(pg.ref[i+1]))
	}
}

// ink sets the bits from one column up to another, which is further right.
func ink(row []byte, from, to int) {
	first, last := from>>3, to>>3
	left, right := byte(0xff)>>(from&7), ^(byte(0xff) >> (to & 7))
	if first == last {
		row[first] |= left & right
		return
	}
	row[first] |= left
	for i := first + 1; i < last; i++ {
		row[i] = 0xff
	}
	if right != 0 {
		row[last] |= right
	}
}

// invert changes ink and paper of the lines that were made.
func (pg *page) invert() {
	mask := byte(0xff)
	if pg.W&7 != 0 {
		mask <<= 8 - pg.W&7
	}
	for y := range pg.y {
		row := pg.Row(y)
		for i := range row {
			row[i] = ^row[i]
		}
		row[len(row)-1] &= mask
	}
}
