// Package pdf opens PDF files as paper, draws their pages, finds the words on
// them and writes new files from picked pages (ISO 32000-1).
//
// A page that is a scan is taken as its pixels: a fax page of one bit a pixel
// stays a *paper.Bitmap at the fax's own resolution. A page with text or
// drawings is drawn by an outside renderer where one is installed (mutool or
// pdftoppm) and by this package otherwise, which says on the page what it could
// not do: Page.Damage.
//
// Files are read by package cos below this one and not by pdfcpu, which was
// measured for it: it parses every object before it gives the first page, takes
// 2 GB of memory for a 3 MB file whose cross-reference stream is a bomb, writes
// a folder of its own into the person's configuration, and brings net/http with
// it, which the screens do not have.
package pdf
