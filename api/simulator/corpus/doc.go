// Package corpus makes the data of the simulated account: the messages of the
// front desk of a group of medical, dental and delivery offices, with
// voicemail that talks, faxes of several pages, texts and pictures.
//
// Everything is a pure function of a seed and a message's index. Nothing is
// stored, so a mailbox of a million messages costs what one of a hundred
// costs, and Message, Find and Content may be called from any goroutine.
// The same build gives the same bytes for the same seed on every run.
//
// The kinds and their oddities follow a schedule of one hundred positions that
// repeats, so that any hundred messages in a row hold at least one of
// everything a client has to cope with: transcripts in every state, blocked
// callers, names in other scripts, text and file names that attack a
// terminal or a file system, faxes that failed and faxes still queued, and
// each media format. The formats are written here, from their standards:
//
//   - WAV: RIFF with 16-bit PCM, and with a fact chunk (RFC 2361) G.711 mu-law or
//     IMA ADPCM
//   - MP3: Layer III frames of MPEG-2 (ISO/IEC 13818-3), 16 kHz mono, 32 kbit/s,
//     and of MPEG-2.5, 8 kHz mono, 16 kbit/s
//   - fax: ITU-T T.4 one- and two-dimensional and T.6 coding, in TIFF 6.0 and
//     in PDF 1.4 (CCITTFaxDecode); some pages never were on paper and are text,
//     some went in sideways
//   - pictures: JPEG and PNG from the standard library, with filler segments
//     so that their size is known before they are drawn; by turns GIF, BMP and
//     lossless WebP (RFC 9649)
//   - other files: vCard 3.0 and 2.1, text, CSV, JSON, AMR, and one whose declared
//     type is wrong
//
// People, companies and brands are invented; telephone numbers are in the 555
// exchange, which no carrier assigns to subscribers.
package corpus
