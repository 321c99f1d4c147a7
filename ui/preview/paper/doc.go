// Package paper is what a paged document is, whatever file it came in: pages of
// pixels, upright or with the turn they need, their true proportions, and the
// words that stand on them. It makes the pixels of a page at the size a screen
// has for it.
//
// The decoders (preview/tiff, preview/pdf, preview/picture) give pages; the
// viewers ask for them.
package paper
