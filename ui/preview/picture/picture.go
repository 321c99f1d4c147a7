package picture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"sync"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"switchboard/ui/preview/paper"
)

// Fact is something worth knowing of a picture: "Taken", "2026-11-20 16:20".
type Fact struct{ Name, Value string }

// Picture is an open picture. It is a [paper.Document] of one page, its first
// frame; the frames of an animation come from Frame. It may be used by several
// goroutines.
type Picture struct {
	r    io.ReaderAt
	size int64
	lim  Limits

	format   string
	w, h     int // as stored
	orient   int // Exif: 1 to 8
	facts    []Fact
	lat, lon float64
	located  bool
	remark   string

	mu   sync.Mutex
	anim *animation // nil: one frame
}

var _ paper.Document = (*Picture)(nil)

// Open reads what the picture says of itself and refuses one beyond the limits.
// It decodes nothing yet. The reader must stay open until Close and must not
// change. An error wraps [ErrNotPicture] when the content is something else and
// [ErrTooLarge] when a limit stopped it.
func Open(r io.ReaderAt, size int64, lim Limits) (p *Picture, err error) {
	defer rescue(&err)
	p = &Picture{r: r, size: size, lim: lim.filled(), orient: 1}
	if size > p.lim.Bytes {
		return nil, fmt.Errorf("a picture of %d bytes: %w", size, ErrTooLarge)
	}
	head := make([]byte, 32)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	p.format = Sniff(head[:n])
	switch p.format {
	case "JPEG":
		err = p.openJPEG()
	case "PNG":
		err = p.openPNG()
	case "GIF":
		err = p.openGIF()
	case "WebP":
		err = p.openWebP()
	case "BMP":
		err = p.openBMP()
	default:
		err = ErrNotPicture
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Sniff names the format of content by its first bytes (32 are enough), "" when
// it is none that Open reads.
func Sniff(head []byte) string {
	has := func(at int, s string) bool { return len(head) >= at+len(s) && string(head[at:at+len(s)]) == s }
	switch {
	case has(0, "\xff\xd8\xff"):
		return "JPEG"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "PNG"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "GIF"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "WebP"
	case has(0, "BM") && len(head) >= 18 && head[6]|head[7]|head[8]|head[9] == 0 && head[15]|head[16]|head[17] == 0:
		return "BMP" // "BM" alone begins many a text
	}
	return ""
}

// Format is what the file is: "JPEG", "PNG", "GIF", "WebP" or "BMP".
func (p *Picture) Format() string { return p.format }

// Size is the width and height in pixels as it is to be looked at.
func (p *Picture) Size() (w, h int) {
	if p.orient >= 5 {
		return p.h, p.w
	}
	return p.w, p.h
}

// Facts is what the file tells of the picture besides its size: when it was
// taken, with what. Where it was taken is left out; see Location.
func (p *Picture) Facts() []Fact { return p.facts }

// Location is where the picture was taken, in degrees north and east, when the
// file tells. It is the sender's secret more often than they know: show it only
// to somebody who asks.
func (p *Picture) Location() (lat, lon float64, ok bool) { return p.lat, p.lon, p.located }

// Remark says what is not shown of the file, in words; "" when all of it is.
func (p *Picture) Remark() string { return p.remark }

// Frames is how many frames there are to show, 1 for a still picture.
func (p *Picture) Frames() int {
	if p.anim == nil {
		return 1
	}
	return len(p.anim.frames)
}

// Delay is how long frame n stands. It is at least 20 ms, whatever the file
// says: what claims no time at all is shown as browsers do, for a tenth of a
// second.
func (p *Picture) Delay(n int) time.Duration {
	if p.anim == nil || n < 0 || n >= len(p.anim.frames) {
		return 0
	}
	if d := p.anim.frames[n].delay; d >= 20*time.Millisecond {
		return d
	}
	return 100 * time.Millisecond
}

// Loops is how often an animation is shown, 0 for without end.
func (p *Picture) Loops() int {
	if p.anim == nil {
		return 1
	}
	return p.anim.loops
}

// Len implements paper.Document: a picture is one page.
func (p *Picture) Len() int { return 1 }

// Page implements paper.Document: it decodes the picture, or the first frame.
func (p *Picture) Page(ctx context.Context, n int) (paper.Page, error) {
	if n != 0 {
		return paper.Page{}, fmt.Errorf("page %d: a picture has one", n+1)
	}
	return p.Frame(ctx, 0)
}

// Words implements paper.Document: a picture has none.
func (p *Picture) Words(context.Context, int) ([]paper.Span, error) { return nil, nil }

// Close implements paper.Document. The reader is the caller's to close.
func (p *Picture) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.anim != nil {
		p.anim.canvas, p.anim.before = nil, nil
	}
	return nil
}

// Frame makes frame n, from 0, whole. Going forward costs one decoding a frame,
// going back all those before it.
func (p *Picture) Frame(ctx context.Context, n int) (page paper.Page, err error) {
	defer rescue(&err)
	if err := ctx.Err(); err != nil {
		return paper.Page{}, err
	}
	if n < 0 || n >= p.Frames() {
		return paper.Page{}, fmt.Errorf("frame %d of %d", n+1, p.Frames())
	}
	if p.anim != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		img, err := p.anim.show(ctx, n)
		if err != nil {
			return paper.Page{}, fmt.Errorf("%s, frame %d: %w", p.format, n+1, err)
		}
		return paper.Page{Image: img, XRes: 96, YRes: 96}, nil
	}
	img, err := p.still(ctx)
	if ctx.Err() != nil {
		return paper.Page{}, ctx.Err()
	}
	if err != nil {
		return paper.Page{}, p.broken(err)
	}
	img, turn := upright(plain(img), p.orient)
	return paper.Page{Image: img, XRes: 96, YRes: 96, Turn: turn}, nil
}

func (p *Picture) still(ctx context.Context) (image.Image, error) {
	r := bufio.NewReaderSize(p.reader(ctx), 64<<10)
	switch p.format {
	case "JPEG":
		return jpeg.Decode(r)
	case "PNG":
		return png.Decode(r)
	case "BMP":
		return bmp.Decode(r)
	}
	return webp.Decode(r)
}

// broken puts a decoder's complaint into words.
func (p *Picture) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || p.format == "JPEG" && !p.ended() {
		return fmt.Errorf("%s: the file ends before the picture does", p.format)
	}
	return fmt.Errorf("%s: cannot be decoded: %w", p.format, err)
}

// ended reports whether a JPEG has its end: its decoder says all kinds of things
// of one that has not.
func (p *Picture) ended() bool {
	const tail = 4 << 10
	b := make([]byte, min(p.size, tail))
	n, _ := p.r.ReadAt(b, p.size-int64(len(b)))
	return bytes.Contains(b[:n], []byte{0xff, 0xd9})
}

// reader reads the file from its start until ctx ends.
func (p *Picture) reader(ctx context.Context) io.Reader {
	return &until{ctx, io.NewSectionReader(p.r, 0, p.size)}
}

type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// rescue turns a decoder's panic into an error: the file is at fault, and the
// program goes on.
func rescue(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the picture is broken in a way its decoder did not foresee (%v)", r)
	}
}
