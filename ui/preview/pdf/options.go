package pdf

import "time"

// Options say how a file is opened. The zero value is good.
type Options struct {
	Limits Limits

	// Renderer draws the pages that are more than scanned pictures: "" or "auto"
	// is mutool or pdftoppm, whichever is installed, "off" is none, else the path
	// or name of one of these two.
	Renderer string

	// DPI is the resolution at which pages are drawn that have none of their
	// own, in dots per inch. 0 is 150.
	DPI float64
}

// Limits bound what a file may cost. A zero field is the default given beside
// it.
type Limits struct {
	Pages   int           // 10,000 pages in the file; the rest is not shown
	Pixels  int           // 100 million pixels of a page or a picture on it
	Stream  int64         // 256 MB: decoded bytes of one stream
	Objects int           // 4 million objects in the file
	Marks   int           // 500,000 things drawn on a page
	Time    time.Duration // 20 seconds for one page
}

func (l Limits) orDefaults() Limits {
	if l.Pages <= 0 {
		l.Pages = 10_000
	}
	if l.Pixels <= 0 {
		l.Pixels = 100_000_000
	}
	if l.Stream <= 0 {
		l.Stream = 256 << 20
	}
	if l.Objects <= 0 {
		l.Objects = 4_000_000
	}
	if l.Marks <= 0 {
		l.Marks = 500_000
	}
	if l.Time <= 0 {
		l.Time = 20 * time.Second
	}
	return l
}
