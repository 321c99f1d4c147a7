package audio

import "bytes"

// headBytes are enough to tell every kind.
const headBytes = 128

// foreign names the formats that are known but not decoded here.
func foreign(b []byte) (string, bool) {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "#!AMR-WB"):
		return "AMR wideband", true
	case has(0, "#!AMR"):
		return "AMR", true
	case has(0, "OggS"):
		return ogg(b), true
	case has(0, "fLaC"):
		return "FLAC", true
	case has(4, "ftyp3g"):
		return "3GP", true
	case has(4, "ftypM4A"), has(4, "ftypM4B"):
		return "AAC (M4A)", true
	case has(4, "ftypqt"):
		return "QuickTime", true
	case has(4, "ftyp"):
		return "MP4", true
	case has(0, "ADIF"), len(b) >= 7 && b[0] == 0xff && b[1]&0xf6 == 0xf0:
		return "AAC", true
	case has(0, "FORM") && (has(8, "AIFF") || has(8, "AIFC")):
		return "AIFF", true
	case has(0, "RIFF") && has(8, "AVI "):
		return "AVI", true
	case has(0, "caff"):
		return "CAF", true
	case has(0, "\x1a\x45\xdf\xa3"):
		return "Matroska or WebM", true
	case has(0, "\x30\x26\xb2\x75"):
		return "Windows Media", true
	case has(0, "MThd"):
		return "MIDI", true
	}
	return "", false
}

// ogg names what an Ogg file holds, by its first packet.
func ogg(b []byte) string {
	switch {
	case bytes.Contains(b, []byte("OpusHead")):
		return "Ogg Opus"
	case bytes.Contains(b, []byte("\x01vorbis")):
		return "Ogg Vorbis"
	case bytes.Contains(b, []byte("Speex   ")):
		return "Ogg Speex"
	}
	return "Ogg"
}
