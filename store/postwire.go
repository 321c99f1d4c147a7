package store

import "encoding/json"

// sentFile is what the JSON of an [IncomingPost] tells of its files. That of an
// [Attachment] is made for people's scripts, and leaves out where a file is.
type sentFile struct {
	Remote string
	Kind   AttachmentKind
	Type   string
	Name   string
	URI    string
	Size   int64
	Thumbs []Thumb `json:",omitempty"`
}

// sentPost is an IncomingPost without its methods.
type sentPost IncomingPost

// MarshalJSON writes what UnmarshalJSON reads: DeedDone.Reply carries posts so.
func (p IncomingPost) MarshalJSON() ([]byte, error) {
	w := struct {
		sentPost
		Attachments []sentFile `json:",omitempty"`
	}{sentPost: sentPost(p)}
	for _, a := range p.Attachments {
		w.Attachments = append(w.Attachments, sentFile{a.Remote, a.Kind, a.Type, a.Name, a.URI, a.Size, a.Thumbs})
	}
	return json.Marshal(w)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *IncomingPost) UnmarshalJSON(b []byte) error {
	var w struct {
		sentPost
		Attachments []sentFile
	}
	w.sentPost = sentPost(*p)
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = IncomingPost(w.sentPost)
	p.Attachments = nil
	for _, f := range w.Attachments {
		p.Attachments = append(p.Attachments, Attachment{Remote: f.Remote, Kind: f.Kind, Type: f.Type, Name: f.Name, URI: f.URI, Size: f.Size, Thumbs: f.Thumbs})
	}
	return nil
}
