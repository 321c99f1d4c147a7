// Package wav reads WAVE files as telephony makes them: linear PCM of 8 to 32
// bits, floating point, G.711 mu-law and A-law, and the ADPCM of IMA/DVI and of
// Microsoft. Any place in a file can be read at once, in constant memory, and a
// file that is still being fetched as far as it is here.
//
// The container is that of the "Multimedia Programming Interface and Data
// Specifications 1.0" (RIFF, also RIFX and the 64 bit RF64 of EBU Tech 3306);
// the companding laws are those of ITU-T G.711, the ADPCM that of the IMA
// Digital Audio Focus Group and of Microsoft's format 2.
//
// Sizes in headers are hints: recorders that stream write 0 or the largest
// number there is, and files get cut. What counts is the bytes that are there.
package wav
