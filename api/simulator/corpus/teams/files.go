package teams

import (
	"strings"

	"switchboard/api/simulator/corpus"
)

// The kinds of files that are posted. Their content is that of messages.
const (
	filePDF = iota
	fileJPEG
	fileWAV
	fileText
	fileCSV
)

// fileID is the id of a file that hangs on a post of the corpus.
func fileID(post int64, nth, kind int) int64 { return fileBase + post*32 + int64(nth)*8 + int64(kind) }

// files makes files of some kinds hang on a post.
func (t *Teams) files(p *Post, kinds ...int) []Attachment {
	list := make([]Attachment, 0, len(kinds))
	for nth, kind := range kinds {
		w := &writer{rng: t.stream(forFile, uint64(p.ID)<<3|uint64(nth)), t: t}
		name := w.text([...]string{
			"Referral {last}.pdf", "IMG_{num}.jpg", "Message from {last} {weekday}.wav", "notes {weekday}.txt", "deliveries-{num}.csv",
		}[kind])
		list = append(list, Attachment{ID: fileID(p.ID, nth, kind), Type: "File", Name: name})
	}
	return list
}

// FindFile gives the id of the post that a file hangs on, if it is one of the
// corpus's.
func FindFile(id int64) (post int64, ok bool) {
	n := id - fileBase
	if n < 0 || n%8 > fileCSV {
		return 0, false
	}
	_, _, ok = FindPost(n / 32)
	return n / 32, ok
}

// File is the content of a file that hangs on a post of the corpus.
func (t *Teams) File(id int64) (body corpus.Body, ok bool) {
	post, ok := FindFile(id)
	if !ok {
		return body, false
	}
	kind := int((id - fileBase) % 8)
	chat, at, _ := FindPost(post)
	want := [...]string{"application/pdf", "image/jpeg", "audio/x-wav", "text/plain", "text/csv"}[kind]
	// Any hundred messages in a row hold one of nearly everything, five hundred
	// one of the rarest.
	from := int(mix(uint64(chat)<<perChat|uint64(at)) % 4000)
	for i := from; i < from+1000; i++ {
		m := t.c.Message(i)
		for _, a := range m.Attachments {
			if a.ContentType != want || a.Type == "Text" || a.Type == "AudioTranscription" || strings.HasPrefix(m.Status, "Queued") {
				continue
			}
			body, ok = t.c.Content(m, a.ID)
			return body, ok
		}
	}
	return body, false
}
