// Package fax reads and writes the codings of fax pages: ITU-T T.4 in one and in
// two dimensions (Group 3, "MH" and "MR"), T.6 (Group 4, "MMR") and the
// Huffman runs without end-of-line codes of TIFF 6.0, section 10. It is what
// the TIFF compressions 2, 3, 4 and 32771 and PDF's CCITTFaxDecode hold.
//
// Lines come over telephone lines, and what is damaged on the way is in the file.
// As a fax machine does, the decoder puts the line above in the place of one that
// it cannot read, goes on at the next end-of-line code and counts; a page is
// refused only when it asks for more memory than it may have or uses
// uncompressed mode, which no fax machine sends.
package fax
