package plain

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// mostLine is how long a line may be until it is broken, in bytes.
const mostLine = 2 << 10

// rest reads on in a text. It is a value that is never changed: reading gives
// the next one.
type rest struct {
	path  string
	set   charset
	at    int64  // where to read on
	size  int64  // of the file
	carry []byte // bytes of a character that is not whole yet
	open  string // the line not ended yet
}

// textSheet makes the sheet of a text's first part, of which so many bytes were
// read, the mark of its character set included.
func textSheet(head []byte, consumed int, set charset, size int64, src screen.Source) *sheet {
	s := &sheet{what: "Text, " + set.String() + ", " + kit.Size(size)}
	r := &rest{path: src.Path, set: set, at: int64(consumed), size: size}
	s.lines, s.rest = r.take(head)
	return s
}

// read reads the next part.
func (r *rest) read(ctx context.Context) ([]line, *rest, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, nil, fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	part, err := io.ReadAll(&until{ctx, io.NewSectionReader(f, r.at, firstRead)})
	if err != nil {
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	n := *r
	n.at += int64(len(part))
	if len(part) == 0 {
		n.size = n.at // it is shorter than it was
	}
	lines, after := n.take(append(append([]byte{}, r.carry...), part...))
	return lines, after, nil
}

// take makes lines of bytes, and what reads on after them.
func (r *rest) take(b []byte) ([]line, *rest) {
	n := *r
	var text string
	text, n.carry = n.set.decode(b)
	n.carry = append([]byte{}, n.carry...)
	text = n.open + text
	end := n.at >= n.size
	over := !end && n.at >= mostText
	var out []line
	for {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			break
		}
		out = addLine(out, text[:i])
		text = text[i+1:]
	}
	if len(text) > mostLine && !end && !over { // a line without an end: keep only its last piece open
		keep := len(text) - len(text)%mostLine
		for keep < len(text) && !utf8.RuneStart(text[keep]) {
			keep--
		}
		out = addLine(out, text[:keep])
		text = text[keep:]
	}
	if end || over {
		if text != "" || len(out) == 0 && end {
			out = addLine(out, text)
		}
		if over {
			out = append(out, line{}, line{tone: warn, text: fmt.Sprintf("Here are the first %s of %s. Open it outside for the rest.", kit.Size(n.at), kit.Size(n.size))})
		}
		return out, nil
	}
	n.open = text
	return out, &n
}

// addLine cleans a line and adds it, in pieces where it is very long.
func addLine(out []line, s string) []line {
	s = strings.TrimSuffix(s, "\r")
	for len(s) > mostLine {
		cut := mostLine
		for cut > mostLine-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		out = addPiece(out, s[:cut])
		s = s[cut:]
	}
	return addPiece(out, s)
}

func addPiece(out []line, s string) []line {
	// The cleaner ends lines where Unicode does, which may be within this one.
	for part := range strings.SplitSeq(store.Clean(tabs(s)), "\n") {
		out = append(out, line{text: strings.TrimRight(part, " ")})
	}
	return out
}

// tabs are blanks up to the next eighth cell, as far as letters are a cell each.
func tabs(s string) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			n := 8 - at%8
			b.WriteString(kit.Space(n))
			at += n
		}
		b.WriteString(part)
		at += utf8.RuneCountInString(part)
	}
	return b.String()
}
