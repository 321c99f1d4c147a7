package pdf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"image"
	"io"
	"time"
	"unicode/utf16"

	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

// Sheet is one page of a file to be written.
type Sheet struct {
	// Doc is where the page comes from. A page of a document that Open gave is
	// kept as it is, with its text and pictures; of any other the pixels are
	// written.
	Doc  paper.Document
	Page int // from 0

	// Turn is how many quarter turns clockwise the page is turned for good, on
	// top of the turn it has.
	Turn int

	Stamps []Stamp
}

// Stamp is something put on a page: a text or a picture.
type Stamp struct {
	Text  string      // one line or several
	Image image.Image // a signature; its own transparency is kept. Drawn when set, and Text is not

	// X and Y are the top left corner, as fractions of the width and height of
	// the page as it is looked at, after all turns.
	X, Y float64

	// Width is the picture's width as a fraction of the page's; 0 is a quarter.
	// The height follows from the picture.
	Width float64

	// Size is the text's size in points (1/72 inch); 0 is 12.
	Size float64

	Red bool // a text in red, as rubber stamps are; else black
	Box bool // a frame around the text
}

// Meta is what a written file says of itself.
type Meta struct {
	Title    string
	Author   string
	Producer string
	Made     time.Time // zero is not said
}

// Write makes a PDF of the sheets, in their order. It reads each page when it
// is its turn and holds one in memory at a time. The same sheets always give
// the same bytes.
func Write(ctx context.Context, w io.Writer, sheets []Sheet, meta Meta) (err error) {
	defer rescue(&err)
	if len(sheets) == 0 {
		return errors.New("writing a PDF file: no pages are picked")
	}
	b := newBuilder(ctx, w)
	b.raw("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	catalog, pages, info := b.reserve(), b.reserve(), b.reserve()
	kids := cos.Array{}
	for i, s := range sheets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("writing a PDF file: %w", err)
		}
		ref, err := b.sheet(s, pages)
		if err != nil {
			return fmt.Errorf("writing page %d of a PDF file: %w", i+1, err)
		}
		kids = append(kids, ref)
	}
	b.object(pages, cos.Dict{"Type": cos.Name("Pages"), "Count": len(kids), "Kids": kids})
	root := cos.Dict{"Type": cos.Name("Catalog"), "Pages": pages}
	if v := b.layers(); v != nil {
		root["OCProperties"] = v
	}
	b.object(catalog, root)
	b.object(info, meta.dict())
	if err := b.drain(); err != nil {
		return fmt.Errorf("writing a PDF file: %w", err)
	}
	b.finish(catalog, info)
	if b.err != nil {
		return fmt.Errorf("writing a PDF file: %w", b.err)
	}
	return nil
}

func (m Meta) dict() cos.Dict {
	d := cos.Dict{}
	for k, s := range map[cos.Name]string{"Title": m.Title, "Author": m.Author, "Producer": m.Producer} {
		if s != "" {
			d[k] = textString(s)
		}
	}
	if !m.Made.IsZero() {
		d["CreationDate"] = cos.String(m.Made.UTC().Format("D:20060102150405Z"))
	}
	return d
}

// textString is a text as dictionaries have it (7.9.2.2): ASCII, else UTF-16.
func textString(s string) cos.String {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			b := []byte{0xfe, 0xff}
			for _, u := range utf16.Encode([]rune(s)) {
				b = append(b, byte(u>>8), byte(u))
			}
			return cos.String(b)
		}
	}
	return cos.String(s)
}

// builder writes objects as they come and remembers where.
type builder struct {
	ctx  context.Context
	w    io.Writer
	sum  hash.Hash
	n    int64
	offs []int64 // by number, less 1; 0 is not written
	err  error

	sources map[*cos.File]map[cos.Ref]cos.Ref
	order   []*document
	todo    []pending
	font    cos.Ref // Helvetica, for stamps
	faces   faces
}

// pending is an object of a source that is pointed to and not yet written.
type pending struct {
	from *cos.File
	old  cos.Ref
	ref  cos.Ref
}

func newBuilder(ctx context.Context, w io.Writer) *builder {
	return &builder{ctx: ctx, w: w, sum: sha256.New(), sources: map[*cos.File]map[cos.Ref]cos.Ref{}}
}

func (b *builder) raw(s string) {
	if b.err != nil {
		return
	}
	b.sum.Write([]byte(s))
	n, err := io.WriteString(b.w, s)
	b.n += int64(n)
	b.err = err
}

// reserve takes a number for an object that is written later.
func (b *builder) reserve() cos.Ref {
	b.offs = append(b.offs, 0)
	return cos.Ref{Num: len(b.offs)}
}

// object writes an object under a reserved number.
func (b *builder) object(r cos.Ref, v cos.Value) {
	b.offs[r.Num-1] = b.n
	b.raw(string(fmt.Appendf(cos.Append(fmt.Appendf(nil, "%d 0 obj\n", r.Num), v), "\nendobj\n")))
}

// stream writes a stream; it sets the length in d.
func (b *builder) stream(r cos.Ref, d cos.Dict, data []byte) {
	b.offs[r.Num-1] = b.n
	d["Length"] = len(data)
	b.raw(string(append(cos.Append(fmt.Appendf(nil, "%d 0 obj\n", r.Num), d), "\nstream\n"...)))
	if b.err == nil {
		b.sum.Write(data)
		var n int
		n, b.err = b.w.Write(data)
		b.n += int64(n)
	}
	b.raw("\nendstream\nendobj\n")
}

// add writes a stream under a new number.
func (b *builder) add(d cos.Dict, data []byte) cos.Ref {
	r := b.reserve()
	b.stream(r, d, data)
	return r
}

// finish writes the table of objects and the trailer.
func (b *builder) finish(root, info cos.Ref) {
	start := b.n
	var t bytes.Buffer
	fmt.Fprintf(&t, "xref\n0 %d\n0000000000 65535 f \n", len(b.offs)+1)
	for _, o := range b.offs {
		if o == 0 {
			t.WriteString("0000000000 65535 f \n")
		} else {
			fmt.Fprintf(&t, "%010d 00000 n \n", o)
		}
	}
	id := cos.String(b.sum.Sum(nil)[:16])
	t.WriteString("trailer\n")
	t.Write(cos.Append(nil, cos.Dict{"Size": len(b.offs) + 1, "Root": root, "Info": info, "ID": cos.Array{id, id}}))
	fmt.Fprintf(&t, "\nstartxref\n%d\n%%%%EOF\n", start)
	b.raw(t.String())
}

// origin is the document of this package that doc is, or holds.
func origin(doc paper.Document) *document {
	for range 8 {
		if d, ok := doc.(*document); ok {
			return d
		}
		u, ok := doc.(interface{ Unwrap() paper.Document })
		if !ok {
			return nil
		}
		doc = u.Unwrap()
	}
	return nil
}

// sheet writes one page and gives its reference.
func (b *builder) sheet(s Sheet, parent cos.Ref) (cos.Ref, error) {
	turn := (s.Turn%4 + 4) % 4
	if d := origin(s.Doc); d != nil {
		return b.kept(d, s, turn, parent)
	}
	if s.Doc == nil {
		return cos.Ref{}, errors.New("no document is given")
	}
	p, err := s.Doc.Page(b.ctx, s.Page)
	if err != nil {
		return cos.Ref{}, err
	}
	return b.pixels(p, s.Stamps, turn, parent)
}
