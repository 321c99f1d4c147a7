// Package reader shows one message: its file, where it has one (the stage, which
// the root gives it), its envelope, its text or transcript with how complete that
// is, its files, notes and history. Reading only looks; it changes nothing.
package reader
