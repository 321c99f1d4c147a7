package fax

import (
	"errors"
	"fmt"
)

// Params says how a page is coded. The zero value is one-dimensional T.4 of 1728
// columns.
//
// PDF's EndOfBlock and DamagedRowsBeforeError need not be told: the end of a
// block is seen, and damage is counted, not refused.
type Params struct {
	// K is as in PDF: less than 0 for T.6, 0 for one-dimensional T.4, more for T.4
	// where each line has a bit that tells how it is coded.
	K int

	// Columns is the width in pixels, 0 for 1728. Rows is the height; 0 means not
	// known: the page ends with its data.
	Columns, Rows int

	// Align is the bits at whose multiples a line begins: 8 for PDF's
	// EncodedByteAlign and for TIFF compression 2, 16 for TIFF compression 32771,
	// else 0. Fill before an end-of-line code needs none.
	Align int

	// EndOfLine promises that lines end with end-of-line codes. They are seen
	// without it, except where lines are aligned: there, what looks like one can be
	// padding.
	EndOfLine bool

	// LowFirst is the fill order: the first pixel is the lowest bit of a byte, not
	// the highest.
	LowFirst bool

	// BlackIs1 is as in PDF: a black run is of samples 1, which, shown as gray, is
	// white. So ink and paper change places. It is the same as TIFF's
	// PhotometricInterpretation 1 (black is zero).
	BlackIs1 bool

	// Uncompressed says that the file announces uncompressed mode (TIFF's
	// T4Options and T6Options, bit 1). Without it, its code counts as damage.
	Uncompressed bool

	// MaxPixels is the most pixels that may be made, 0 for 100 million.
	MaxPixels int
}

// Report is how a page was read.
type Report struct {
	Rows    int // lines of the page
	Damaged int // lines that could not be read and are the line above once more
	Missing int // lines at the end that are not there and were left white
}

// Add counts the lines of another part of the same page.
func (r *Report) Add(other Report) {
	r.Rows += other.Rows
	r.Damaged += other.Damaged
	r.Missing += other.Missing
}

// Damage is what is wrong, in words for a person, empty when nothing is.
func (r Report) Damage() string {
	switch {
	case r.Damaged == 0 && r.Missing == 0:
		return ""
	case r.Missing == 0:
		return fmt.Sprintf("%d of %s damaged", r.Damaged, are(r.Rows))
	case r.Damaged == 0:
		return fmt.Sprintf("%d of %s missing at the end", r.Missing, are(r.Rows))
	}
	return fmt.Sprintf("%d of %s damaged and %d missing", r.Damaged, are(r.Rows), r.Missing)
}

func are(rows int) string {
	if rows == 1 {
		return "1 line is"
	}
	return fmt.Sprintf("%d lines are", rows)
}

var (
	// ErrUncompressed is a page in uncompressed mode.
	ErrUncompressed = errors.New("fax: the page uses uncompressed mode, which is not supported")

	// ErrTooLarge is a page of more pixels than may be made.
	ErrTooLarge = errors.New("fax: the page is too large")
)

const (
	maxPixels = 100 << 20
	maxSide   = 1 << 20
)

// check fills in what is not given.
func (p *Params) check() error {
	if p.Columns == 0 {
		p.Columns = 1728
	}
	if p.MaxPixels <= 0 {
		p.MaxPixels = maxPixels
	}
	if p.Columns < 0 || p.Rows < 0 {
		return fmt.Errorf("fax: a page of %d by %d pixels", p.Columns, p.Rows)
	}
	if p.Columns > maxSide || p.Rows > p.MaxPixels/p.Columns || p.Columns > p.MaxPixels {
		return fmt.Errorf("%w: %d by %d pixels", ErrTooLarge, p.Columns, p.Rows)
	}
	if p.Align != 0 && p.Align != 8 && p.Align != 16 {
		return fmt.Errorf("fax: lines aligned to %d bits", p.Align)
	}
	return nil
}
