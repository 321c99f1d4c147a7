// Package player is the viewer of recordings: the waveform with the playhead,
// time, length, speed and volume, and the transcript beside or below it where
// there is room. It plays while the download still runs, remembers where each
// recording was left, and starts near a word that was searched for.
//
// Nothing is drawn or written while nothing plays: while it plays, a timer runs
// to the moment at which the next cell changes.
package player
