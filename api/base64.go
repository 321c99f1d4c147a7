package api

import (
	"errors"
	"fmt"
	"io"
)

// ErrBase64 means that a body is not one clean base64 text. It comes with [ErrBadBody];
// asking again gives the same.
var ErrBase64 = errors.New("not base64")

// maxBreaks is how many more line breaks than letters a base64 text may have: an endless
// run of them is no content, and keeps no connection.
const maxBreaks = 64 << 10

// textBuffer is how much encoded text is read at a time. It stays in the processor's
// second cache until it is decoded.
const textBuffer = 64 << 10

// errCut is a base64 text that ends where none can: the transport lost its end, or the
// sender never had it.
var errCut = fmt.Errorf("%w: base64 that ends within a group of four characters: %w", ErrBadBody, io.ErrUnexpectedEOF)

// Decoding64 is the reader that [NewBase64] returns.
type Decoding64 struct {
	r     io.Reader
	empty bool // no content at all is one, too

	off     int64 // of the next byte of r
	breaks  int64 // CR and LF among them
	letters int64 // of the alphabet
	pads    int   // '=' at the end

	carry [4]byte // letters of a group that is not complete yet
	held  int     // how many
	last  int64   // offset of the last one
	small []byte  // decoded bytes that a short Read had no room for
	room  [1024]byte
	text  [textBuffer]byte // what was read last, as it came
	err   error
}

// NewBase64 decodes exactly one base64 text (RFC 4648, section 4) as it comes, in constant
// memory. It is stricter than encoding/base64 and reads r to its end, so that a body cut by
// the transport shows as the error of r:
//
//   - CR and LF are skipped; any other byte outside the standard alphabet, the letters of the
//     URL-safe one, a byte order mark, quotes and JSON among them, is an error that names
//     its offset in r
//   - what follows the padding is refused, a second text among it
//   - bits that the last group leaves over must be zero: one content has one text
//   - an end without padding is accepted and told by [Decoding64.Unpadded]
//   - no text at all is an error, unless [Decoding64.AllowEmpty] was called
//
// Two texts of which the first has no padding look like one, and so does a text cut between
// two groups; only the framing of r can tell. Errors wrap [ErrBadBody], and [ErrBase64]
// where r itself was read without one.
func NewBase64(r io.Reader) *Decoding64 { return &Decoding64{r: r} }

// AllowEmpty makes a text of no letters the content of no bytes.
func (d *Decoding64) AllowEmpty() { d.empty = true }

// Unpadded reports, after the end, whether padding was missing there.
func (d *Decoding64) Unpadded() bool {
	return errors.Is(d.err, io.EOF) && d.pads == 0 && d.letters%4 != 0
}

// Encoded is the number of bytes read from the underlying reader.
func (d *Decoding64) Encoded() int64 { return d.off }

// Read implements [io.Reader]. It decodes into p itself, unless p is short.
func (d *Decoding64) Read(p []byte) (int, error) {
	if len(d.small) == 0 && len(p) >= len(d.room) {
		return d.fill(p)
	}
	for len(d.small) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		n, _ := d.fill(d.room[:])
		d.small = d.room[:n]
	}
	n := copy(p, d.small)
	d.small = d.small[n:]
	return n, nil
}

// fill reads no more than p has room for and decodes it there, until something came of it.
// An error is kept for the next call, too.
func (d *Decoding64) fill(p []byte) (int, error) {
	for idle := 0; d.err == nil; idle++ {
		n, err := d.r.Read(d.text[:min(len(d.text), len(p)/3*4-d.held)])
		if n > 0 {
			idle = 0
		} else if err == nil && idle > 100 {
			err = io.ErrNoProgress
		}
		got := d.decode(p, d.text[:n])
		if d.err == nil && err != nil {
			got += d.end(p[got:], err)
		}
		if got > 0 {
			return got, d.err
		}
	}
	return 0, d.err
}

// decode puts what text means into p, after the letters that were kept before, and keeps
// those of a last group that is not complete. It returns how many bytes it made.
func (d *Decoding64) decode(p, text []byte) int {
	start := d.off
	d.off += int64(len(text))
	out, stops := 0, newStops64()
	for i := 0; i < len(text); {
		if d.held == 0 && d.pads == 0 {
			n := run64(p[out:], text[i:stops.next(text, i)])
			d.letters += int64(n)
			i, out = i+n, out+n/4*3
			if i == len(text) {
				break
			}
		}
		if d.take(text[i], start+int64(i)); d.err != nil {
			return out
		}
		i++
		if d.held == len(d.carry) {
			out += run64(p[out:], d.carry[:]) / 4 * 3
			d.held = 0
		}
	}
	return out
}

// take looks at one byte that is not in a run of whole groups.
func (d *Decoding64) take(b byte, at int64) {
	switch {
	case b == '\r' || b == '\n':
		if d.breaks++; d.breaks > d.letters+maxBreaks {
			d.fault(at, "more line breaks than letters")
		}
	case b == '=' && (d.held < 2 || d.pads == 4-d.held):
		d.fault(at, "padding where none belongs")
	case b == '=':
		d.pads++
	case d.pads > 0:
		d.fault(at, "more after the padding that ends it")
	case !letter64(b):
		d.fault(at, foreign(b))
	default:
		d.carry[d.held], d.last = b, at
		d.held++
		d.letters++
	}
}

// end decides what the end of the input means, and puts the bytes of a last short group
// into p.
func (d *Decoding64) end(p []byte, err error) int {
	d.err = err
	switch {
	case !errors.Is(err, io.EOF):
		return 0
	case d.letters == 0 && !d.empty:
		d.err = fmt.Errorf("%w: %w: nothing came", ErrBadBody, ErrBase64)
		return 0
	case d.held == 1, d.pads > 0 && d.held+d.pads != 4:
		d.err = errCut
		return 0
	case d.held == 0:
		return 0
	}
	n, bits := shortGroup.Decode(p, d.carry[:d.held])
	if bits != nil { // of letters, it can find no other fault
		d.fault(d.last, "bits left over that are not zero")
		return 0
	}
	return n
}

func (d *Decoding64) fault(at int64, why string) {
	d.err = fmt.Errorf("%w: %w: byte %d: %s", ErrBadBody, ErrBase64, at, why)
}

// foreign says what a byte outside the alphabet is likely to be.
func foreign(b byte) string {
	switch b {
	case '{', '[', '"':
		return "JSON instead of base64"
	case '<':
		return "a web page instead of base64"
	case 0xEF, 0xFE, 0xFF:
		return "a byte order mark, or no text at all"
	case '-', '_':
		return "a letter of the URL-safe alphabet"
	}
	return fmt.Sprintf("%#02x is outside the alphabet", b)
}
