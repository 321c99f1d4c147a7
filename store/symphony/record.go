package symphony

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

// postIn is a message as the store takes it in. chat is for answers that do not say where
// it is; me is who one is, "": not known.
//
// A message that was changed is another message at the service. Here it stays the one it
// was first, so that a change does not stand as a second post.
func postIn(m sym.Message, chat, me string) store.IncomingPost {
	in := store.IncomingPost{
		Remote: sym.SafeID(m.ID), Chat: sym.SafeID(m.Stream.ID), Author: m.User.ID, Time: m.Timestamp, Modified: m.Timestamp,
	}
	if in.Chat == "" {
		in.Chat = sym.SafeID(chat)
	}
	if first := cmp.Or(m.InitialID, m.Replacing); first != "" {
		in.Remote, in.Apart = sym.SafeID(first), true
		if t := m.InitialTime; !t.IsZero() && t.Before(m.Timestamp) {
			in.Time = t // else it is known here, or there is nothing better
		}
	}
	if m.SharedMessage == nil { // else it names what is forwarded
		in.Parent = sym.SafeID(m.ParentID)
	}
	in.Text, in.Mentions = textOf(m)
	in.Attachments = filesOf(m, in.Chat)
	in.Work = me != "" && in.Author != me && (len(in.Attachments) > 0 || mentions(in.Mentions, me))
	return in
}

func mentions(list []store.Mention, id string) bool {
	for _, m := range list {
		if m.Type == "Person" && m.ID == id {
			return true
		}
	}
	return false
}

// filesOf are the files of a message, and of those it forwards.
func filesOf(m sym.Message, chat string) []store.Attachment {
	outer := place{Stream: chat, Message: sym.SafeID(m.ID)}
	var out []store.Attachment
	seen := map[string]bool{}
	for at := &m; at != nil && len(out) < maxFiles; at = at.SharedMessage {
		for _, a := range at.Attachments {
			if seen[a.ID] {
				continue
			}
			seen[a.ID] = true
			ref := fileRef{File: a.ID, In: []place{outer}}
			if at != &m { // the rights may be those of either message
				if inner := (place{Stream: sym.SafeID(at.Stream.ID), Message: sym.SafeID(at.ID)}); inner.Stream != "" && inner.Message != "" && inner != outer {
					ref.In = append(ref.In, inner)
				}
			}
			out = append(out, store.Attachment{
				Remote: a.ID, Kind: store.PostedFile, Type: store.TypeByName(a.Name), Name: a.Name, Size: sizeOf(a), URI: ref.String(),
				Thumbs: thumbsOf(a.Images),
			})
		}
	}
	return out
}

// maxFiles bounds how many files of a message are kept.
const maxFiles = 100

// sizeOf is about how large a file is. The service counts some bytes of its own with it.
func sizeOf(a sym.Attachment) int64 {
	if a.Size <= 0 {
		return -1
	}
	return a.Size
}

// place is a message that has a file.
type place struct {
	Stream  string `json:"s"`
	Message string `json:"m"`
}

// fileRef is all that is needed to fetch a file; an attachment's URI keeps it.
type fileRef struct {
	File string  `json:"f"`
	In   []place `json:"in"` // which of them lets one have it is found out
}

func (r fileRef) String() string {
	b, err := json.Marshal(r)
	if err != nil {
		return "" // cannot be: strings only
	}
	return string(b)
}

var errBadRef = errors.New("it was not written by this program")

func parseRef(uri string) (r fileRef, err error) {
	if err = json.Unmarshal([]byte(uri), &r); err != nil || r.File == "" || len(r.In) == 0 {
		return r, fmt.Errorf("where the file is cannot be read: %w", errBadRef)
	}
	return r, nil
}
