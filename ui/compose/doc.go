// Package compose is where a text, a fax or a page to colleagues is written: to whom,
// from which number, with what files, and when it goes. What is typed is a draft at
// once, so leaving never loses any of it. The list of drafts is here too.
package compose
