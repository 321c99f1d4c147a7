// Package pages shows a paged document: a fax as PDF or TIFF. It turns pages,
// looks at them closer, puts their words in place as text, finds words, stamps
// pages and saves some of them.
//
// Nothing is decoded or drawn on the loop. A page is drawn by a command that is
// cancelled when another page is wanted; while it works the page before stays
// and the title tells. Then the neighbours are drawn ahead, one at a time, so
// that turning to them costs no more than writing them. Decoded and drawn pages
// are kept within [Limit] bytes, however many pages there are.
package pages
