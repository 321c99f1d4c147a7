// Package sound plays recordings. [Find] says what this machine can play with:
// the socket of PulseAudio or PipeWire, the system's own sound on macOS and
// Windows, or an outside player that takes samples through a pipe. A [Deck] plays
// what preview/audio decodes through any of them, so that speed, silence
// skipping, seeking and volume are the same everywhere. What is not decoded here
// (AMR, AAC) is played as a whole file by an outside program, behind the same
// [Player].
//
// Nothing here blocks its caller: what a person asks for is noted, and carried
// out by the player's own goroutine. No daemon is ever started, and every process
// that is started has its own process group, gets no terminal, and is killed and
// waited for.
package sound
