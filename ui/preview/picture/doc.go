// Package picture opens the pictures people send: JPEG, PNG, GIF, WebP and
// BMP. Animated GIF and WebP give their frames one at a time.
//
// A file from outside is not believed. What it says of itself is read first
// and held against limits, so that a bomb is refused before any memory is
// asked for; frames are decoded when they are looked at; a decoder that panics
// is an error like any other. TIFF is a paper document and is not read here
// (preview/tiff).
//
// Formats: JPEG by ITU-T T.81 and Exif 2.32, PNG by ISO/IEC 15948, GIF89a,
// WebP by RFC 9649, BMP as Windows writes it.
package picture
