// Package kit holds the pieces every screen is made of: cells cut and padded
// by hand, a table that knows only a window of its rows, a one-line editor,
// frames and the short words for ages, sizes and lengths. It knows nothing of
// messages and imports no screen and no store.
//
// Widths are counted the way the terminal renderer counts them (wcwidth, one
// rune at a time). Text that came through the store's cleaning has no joined
// emoji or combining tricks left, so that rule and grapheme counting agree.
package kit
