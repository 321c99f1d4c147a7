// Package preview shows the file of the message the list is on: the pages of a
// fax, a recording, a picture, a text. There is one preview; the panes beside
// the list give it room (screen.Stage).
//
// [Model] follows the list. When somebody stays with a row for a moment, or at
// once when they press a key meant for its file, it fetches the file, tells from
// its content what it is and hands it to a viewer: pages, player, picture or
// plain. Leaving the row cancels all of that. Keys pressed before the file is
// here are kept and given to the viewer then.
//
// Of a large picture that is not on this machine a smaller one is shown first, where the
// service offers one (small.go). Keys that are meant for the file have the file itself
// fetched; what is done with it elsewhere always is done with that.
//
// Nothing in a file can end the program: a viewer that fails or panics leaves a
// line of words in the pane.
package preview
