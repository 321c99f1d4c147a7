// Package mp3 decodes MPEG audio Layer III: MPEG-1 (32, 44.1 and 48 kHz),
// MPEG-2 (16, 22.05 and 24 kHz) and its extension MPEG-2.5 (8, 11.025 and
// 12 kHz), mono and stereo in all its joint forms, at any position of a file that
// may still be growing.
//
// It follows ISO/IEC 11172-3 and ISO/IEC 13818-3; clause and table numbers in the
// comments are those of the former unless said. Of what is in use elsewhere it
// knows the Xing/Info and VBRI frames, the encoder delay that LAME notes in the
// former, and the tags ID3v1, ID3v2 and APE.
//
// A Stream is the file: where its frames are. A Reader decodes it, forwards or
// from anywhere, with the same samples either way.
package mp3
