package ringcentral

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// chatIn turns a chat into what the store takes in. me is who one is.
func chatIn(k rc.Chat, me rc.ID) store.IncomingChat {
	in := store.IncomingChat{
		Remote: string(k.ID), Name: k.Name, Description: k.Description, Type: chatType(k.Type), Public: k.Public,
		Archived: strings.EqualFold(k.Status, "Archived"), Active: k.LastModifiedTime.Time,
	}
	if in.Active.IsZero() {
		in.Active = k.CreationTime.Time
	}
	for _, id := range k.Members {
		in.Members = append(in.Members, string(id))
	}
	// Of teams one gets to see public ones besides one's own; all else is one's own.
	in.Joined = !k.Public || slices.Contains(k.Members, me)
	return in
}

func chatType(word string) store.ChatType {
	switch word {
	case rc.ChatPersonal:
		return store.ChatPersonal
	case rc.ChatDirect:
		return store.ChatDirect
	case rc.ChatTeam:
		return store.ChatTeam
	case rc.ChatEveryone:
		return store.ChatEveryone
	}
	return store.ChatGroup // what a newer service may have is some people talking
}

// postIn turns a post into what the store takes in. chat is for answers that do not
// repeat where the post is.
func postIn(p rc.Post, chat string) store.IncomingPost {
	in := store.IncomingPost{
		Remote: string(p.ID), Chat: string(p.ChatID), Author: string(p.CreatorID), Time: p.CreationTime.Time, Modified: p.LastModifiedTime.Time,
		Text: p.Text, Parent: string(p.ParentPostID), Thread: string(p.ThreadID), Removed: strings.EqualFold(p.EventType, "PostRemoved"),
	}
	if in.Chat == "" {
		in.Chat = chat
	}
	if in.Time.IsZero() {
		in.Time = in.Modified
	}
	if in.Modified.IsZero() {
		in.Modified = in.Time
	}
	for _, m := range p.Mentions {
		in.Mentions = append(in.Mentions, store.Mention{Type: m.Type, ID: string(m.ID), Name: m.Name})
	}
	switch p.Type {
	case rc.PostJoined:
		in.System = "joined"
	case rc.PostPersonsAdded:
		in.System, in.People = "added", remotes(p.AddedPersonIDs)
	case rc.PostPersonsRemove:
		in.System, in.People = "removed", remotes(p.RemovedPersonIDs)
	}
	texts := []string{}
	if p.Title != "" {
		texts = append(texts, "**"+plainMark(p.Title)+"**")
	}
	if in.Text != "" {
		texts = append(texts, in.Text)
	}
	for _, a := range p.Attachments {
		if strings.EqualFold(a.Type, "File") {
			if a.ID != "" || a.ContentURI != "" {
				in.Attachments = append(in.Attachments, fileIn(a))
			}
			continue
		}
		if t := cardText(a); t != "" {
			texts = append(texts, t)
		}
	}
	in.Text = strings.Join(texts, "\n\n")
	return in
}

func remotes(list []rc.ID) []string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = string(id)
	}
	return out
}

// fileIn is a file of a post. The service tells neither its size nor its type.
func fileIn(a rc.PostAttachment) store.Attachment {
	remote := string(a.ID)
	if remote == "" {
		remote = a.ContentURI
	}
	return store.Attachment{Remote: remote, Kind: store.PostedFile, Type: store.TypeByName(a.Name), Name: a.Name, Size: -1, URI: a.ContentURI}
}

// cardText is what a card, an event, a note or a task says, as a post would.
func cardText(a rc.PostAttachment) string {
	var lines []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			lines = append(lines, s)
		}
	}
	add(a.Intro)
	if t := strings.TrimSpace(a.Title); t != "" {
		what := ""
		switch {
		case strings.EqualFold(a.Type, "Card"), a.Type == "":
		default:
			what = a.Type + ": "
		}
		add(what + "**" + plainMark(t) + "**")
	}
	add(a.Text)
	if !a.StartTime.IsZero() {
		when := a.StartTime.UTC().Format("2006-01-02 15:04")
		if a.AllDay {
			when = a.StartTime.UTC().Format("2006-01-02")
		} else if !a.EndTime.IsZero() {
			when += " to " + a.EndTime.UTC().Format("2006-01-02 15:04")
		}
		add(when + " UTC")
	}
	add(a.Location)
	add(a.Description)
	for _, f := range a.Fields {
		add(fmt.Sprintf("%s: %s", f.Title, f.Value))
	}
	if len(lines) == 0 {
		add(a.Fallback)
	}
	add(a.Footnote.Text)
	return strings.Join(lines, "\n")
}

// plainMark keeps a title from ending the marks around it.
func plainMark(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "*", "")), " ")
}

// livePostIn is a post as an event tells it. ok is false where it does not say enough
// to be taken in.
func livePostIn(raw []byte) (in store.IncomingPost, ok bool, err error) {
	var p rc.Post
	if err := json.Unmarshal(raw, &p); err != nil {
		return in, false, fmt.Errorf("reading a post: %w", err)
	}
	in = postIn(p, "")
	return in, in.Remote != "" && in.Chat != "" && (in.Removed || !in.Time.IsZero()), nil
}

// liveChatIn is a chat as an event tells it. Whether it is archived is not said, so that
// of one that only changed nothing but the name of the place is of use.
func (m *Mailbox) liveChatIn(raw []byte) (in store.IncomingChat, err error) {
	var k rc.Chat
	if err := json.Unmarshal(raw, &k); err != nil {
		return in, fmt.Errorf("reading a chat: %w", err)
	}
	m.chatting.mu.Lock()
	me, favorite := m.chatting.me, m.chatting.favorites[k.ID]
	m.chatting.mu.Unlock()
	if me == "" {
		me = m.extensionID()
	}
	in = chatIn(k, me)
	in.Favorite = favorite
	switch k.EventType {
	case "GroupLeft":
		in.Joined = false
	case "GroupJoined":
		in.Joined = true
	default:
		in = store.IncomingChat{Remote: in.Remote}
	}
	return in, nil
}
