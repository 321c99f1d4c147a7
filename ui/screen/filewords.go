package screen

import (
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
)

// FileName is what a file is called on screen.
func FileName(a store.Attachment) string {
	if a.Name != "" {
		return a.Name
	}
	switch a.Kind {
	case store.AudioRecording:
		return "recording"
	case store.RenderedDocument:
		return "pages"
	case store.SourceDocument:
		return "original document"
	case store.AudioTranscription:
		return "transcript"
	case store.TextPart:
		return "text"
	}
	return "file"
}

// FileType is the declared type, and what the content turned out to be where
// the two do not agree.
func FileType(a store.Attachment) (words string, differs bool) {
	declared, _, _ := strings.Cut(strings.ToLower(a.Type), ";")
	sniffed, _, _ := strings.Cut(strings.ToLower(a.Sniffed), ";")
	switch {
	case declared == "" && sniffed == "":
		return "type not told", false
	case declared == "":
		return sniffed, false
	case sniffed == "" || sameType(declared, sniffed):
		return declared, false
	}
	return declared + ", in truth " + sniffed, true
}

func sameType(a, b string) bool {
	norm := strings.NewReplacer("x-", "", "vnd.", "", "wave", "wav", "mpeg", "mp3", "jpg", "jpeg")
	return strings.TrimSpace(norm.Replace(a)) == strings.TrimSpace(norm.Replace(b))
}

// FileSize is the real size once known, else what the service claims.
func FileSize(a store.Attachment) string {
	switch {
	case a.State == store.Kept:
		return kit.Size(a.Bytes)
	case a.Size >= 0:
		return "about " + kit.Size(a.Size)
	}
	return "size not told"
}

// FileState is where a file stands, in words.
func FileState(a store.Attachment) string {
	switch a.State {
	case store.Kept:
		return "on this machine"
	case store.Waiting:
		return "waiting to download"
	case store.Fetching:
		return "downloading"
	case store.Paused:
		return "download paused"
	case store.Faulty:
		if a.Fault != "" {
			return "download failed: " + a.Fault
		}
		return "download failed"
	case store.Gone:
		return "no longer on the service"
	}
	if ok, why := a.Fetchable(); !ok {
		return "not offered: " + why
	}
	return "on the service"
}

// FilesOf is the attachments that are files: text parts are shown as text.
func FilesOf(it store.Item) []store.Attachment {
	var out []store.Attachment
	for _, a := range it.Attachments {
		if !a.IsText() {
			out = append(out, a)
		}
	}
	return out
}
