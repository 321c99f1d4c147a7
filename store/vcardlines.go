package store

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Bounds of a file of contact cards. The pictures in them are passed over, and do not
// count.
const (
	mostCards      = 20_000
	mostCardFields = 300
	mostCardBytes  = 256 << 10 // of one card
	mostCardField  = 32 << 10  // of one field, as it is written
)

// cardReader cuts a file into cards: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).
// Each field becomes one line: it joins the lines that were folded or, in version 2.1,
// broken off within a quoted-printable text.
type cardReader struct {
	r     *bufio.Reader
	first string // the line that was read too far
	any   bool   // there is one in first
}

func newCardReader(r io.Reader) *cardReader {
	return &cardReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// errCardTooLong is a card that goes beyond the bounds.
var errCardTooLong = errors.New("the card is too long")

// next gives the fields of the next card. The error is io.EOF behind the last, another
// one concerns this card alone, unless it is of reading.
func (c *cardReader) next() (fields []string, err error) {
	for { // to its beginning
		l, err := c.field()
		if err != nil {
			return nil, err
		}
		if isMark(l, "BEGIN") {
			break
		}
	}
	size := 0
	for {
		l, rerr := c.field()
		switch {
		case rerr != nil && !errors.Is(rerr, io.EOF):
			return nil, rerr
		case rerr != nil:
			return fields, io.ErrUnexpectedEOF
		case isMark(l, "END"):
			return fields, err
		case isMark(l, "BEGIN"):
			c.first, c.any = l, true // the one before had no end
			return fields, io.ErrUnexpectedEOF
		}
		if size += len(l); size > mostCardBytes || len(fields) >= mostCardFields {
			err = errCardTooLong
			continue // to its end
		}
		if l != "" {
			fields = append(fields, l)
		}
	}
}

func isMark(l, word string) bool {
	k, v, ok := strings.Cut(l, ":")
	return ok && strings.EqualFold(strings.TrimSpace(k), word) && strings.EqualFold(strings.TrimSpace(v), "VCARD")
}

// field is the next field on one line, "" for one that is of no use here.
func (c *cardReader) field() (string, error) {
	l, long, err := c.line()
	if err != nil {
		return "", err
	}
	useless := long || picture(l)
	for {
		soft := !useless && quotedPrintable(l) && strings.HasSuffix(l, "=")
		next, err := c.r.Peek(1)
		if !c.any && err == nil && (soft || next[0] == ' ' || next[0] == '\t') {
			more, long, err := c.line()
			if err != nil {
				return "", err
			}
			if !soft {
				more = more[1:]
			}
			if soft {
				l = l[:len(l)-1]
			}
			if useless = useless || long || len(l)+len(more) > mostCardField; !useless {
				l += more
			}
			continue
		}
		break
	}
	if useless {
		return "", nil
	}
	return namedParams(strings.TrimLeft(l, " \t\ufeff")), nil
}

// line is the next line as it is written. Of one that is too long only the beginning is
// given.
func (c *cardReader) line() (l string, long bool, err error) {
	if c.any {
		c.any = false
		return c.first, false, nil
	}
	var b strings.Builder
	for {
		part, err := c.r.ReadSlice('\n')
		if b.Len()+len(part) <= mostCardField {
			b.Write(part)
		} else {
			long = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || b.Len() == 0 && !long) {
			return "", false, err
		}
		return strings.TrimRight(b.String(), "\r\n"), long, nil
	}
}

// picture reports whether a field holds a picture, a sound or a key, which are not kept
// and of which a line may have megabytes.
func picture(l string) bool {
	i := strings.IndexAny(l, ";:")
	if i < 0 {
		return false
	}
	name := strings.ToUpper(l[:i])
	if j := strings.LastIndexByte(name, '.'); j >= 0 {
		name = name[j+1:]
	}
	switch name {
	case "PHOTO", "LOGO", "SOUND", "KEY", "AGENT":
		return true
	}
	return false
}

// quotedPrintable reports whether a field is written so.
func quotedPrintable(l string) bool {
	head, _, ok := strings.Cut(l[:min(len(l), 1<<10)], ":")
	return ok && strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
}

// escapedSemicolon stands for one that is part of the text: the parser would take it
// for the end of a component.
const escapedSemicolon = "\x1f"

// namedParams gives the bare parameters of version 2.1 their names.
func namedParams(l string) string {
	head, value, ok := cutCardField(l)
	if !ok {
		return l
	}
	parts := strings.Split(head, ";")
	for i, p := range parts[1:] {
		switch up := strings.ToUpper(p); {
		case p == "", strings.Contains(p, "="):
		case up == "QUOTED-PRINTABLE", up == "BASE64", up == "B", up == "8BIT", up == "7BIT":
			parts[i+1] = "ENCODING=" + p
		default:
			parts[i+1] = "TYPE=" + p
		}
	}
	value = strings.ReplaceAll(value, `\\`, "\x1e")
	value = strings.ReplaceAll(value, `\;`, escapedSemicolon)
	value = strings.ReplaceAll(value, `\N`, `\n`)
	return strings.Join(parts, ";") + ":" + strings.ReplaceAll(value, "\x1e", `\\`)
}

// cutCardField cuts a field at the colon that is not within quotes.
func cutCardField(l string) (head, value string, ok bool) {
	quoted := false
	for i := range len(l) {
		switch l[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return l[:i], l[i+1:], true
			}
		}
	}
	return l, "", false
}
