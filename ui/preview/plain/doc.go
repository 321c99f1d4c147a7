// Package plain shows what needs no drawing: text, tables (CSV), JSON, contact
// cards (vCard), and of anything else its type, size, checksum and first bytes.
//
// A file is read off the loop and never as a whole: the first megabyte, and more
// as somebody scrolls on, up to a limit that is told. Everything goes through
// the store's cleaner before it is drawn, line by line.
package plain
