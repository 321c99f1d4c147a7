// Package graphics gets pictures onto a terminal that Bubble Tea draws on.
//
// A picture is drawn for a box of cells by the best way the terminal has, which
// is found by asking it (see Layer.Probe) and never by its name alone:
//
//   - cells: half blocks, quadrants, sextants or braille, in as many colours as
//     there are. These are text like any other and need nothing from the Layer.
//   - kitty's graphics protocol with Unicode placeholders
//     (sw.kovidgoyal.net/kitty/graphics-protocol): the picture is sent beside the
//     frame, and cells of the frame stand for its parts.
//   - kitty's direct placement, sixel (DEC STD 070, chapter 9) and the inline
//     images of iTerm2 (iterm2.com/documentation-images.html): the frame has
//     blanks, and the picture is put over them.
//
// Bubble Tea keeps only colours and links of what is in a frame, and writes
// tea.Raw before the frame of the same tick, so what stands beside the cells
// has to be written by somebody who sees the frames go out: that is the Layer,
// which is the program's output. It knows which frame a write belongs to by a
// mark in the window title, which it takes out again; it follows what the
// frame's bytes do to the cells under a picture, and puts the picture again
// only when they were touched.
package graphics
