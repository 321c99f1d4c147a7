package simulator

import (
	"strconv"
	"time"

	"switchboard/api/simulator/corpus/teams"
)

type wireMember struct {
	ID    string `json:"id,omitempty"`
	Email string `json:"email,omitempty"`
}

// wireChat is a chat as today's calls write it.
type wireChat struct {
	ID          string       `json:"id"`
	Type        string       `json:"type"`
	Public      *bool        `json:"public,omitempty"`
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	Status      string       `json:"status,omitempty"`
	Created     string       `json:"creationTime"`
	Modified    string       `json:"lastModifiedTime"`
	Members     []wireMember `json:"members,omitempty"`
}

// oldGroup is a chat as the oldest calls write it, and as events do.
type oldGroup struct {
	ID          string   `json:"id"`
	Type        string   `json:"type"`
	Public      *bool    `json:"isPublic,omitempty"`
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Members     []string `json:"members,omitempty"`
	Created     string   `json:"creationTime"`
	Modified    string   `json:"lastModifiedTime"`
	Event       string   `json:"eventType,omitempty"`
}

type wirePost struct {
	ID          string        `json:"id"`
	Chat        string        `json:"groupId"`
	Type        string        `json:"type,omitempty"`
	Text        *string       `json:"text,omitempty"`
	Creator     string        `json:"creatorId,omitempty"`
	Added       []string      `json:"addedPersonIds,omitempty"`
	Created     string        `json:"creationTime,omitempty"`
	Modified    string        `json:"lastModifiedTime,omitempty"`
	Attachments []wireAttach  `json:"attachments,omitempty"`
	Mentions    []wireMention `json:"mentions,omitempty"`
	IsParent    bool          `json:"isParent,omitempty"`
	Parent      string        `json:"parentPostId,omitempty"`
	Thread      string        `json:"threadId,omitempty"`
	Title       string        `json:"title,omitempty"`
	Emoji       string        `json:"iconEmoji,omitempty"`
	Event       string        `json:"eventType,omitempty"`
}

type wireMention struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
}

type wireAttach struct {
	ID       string      `json:"id"`
	Type     string      `json:"type"`
	URI      string      `json:"contentUri,omitempty"`
	Name     string      `json:"name,omitempty"`
	Fallback string      `json:"fallback,omitempty"`
	Intro    string      `json:"intro,omitempty"`
	Title    string      `json:"title,omitempty"`
	Text     string      `json:"text,omitempty"`
	Fields   []wireFact  `json:"fields,omitempty"`
	Footnote *wireFooter `json:"footnote,omitempty"`
	Start    string      `json:"startTime,omitempty"`
	End      string      `json:"endTime,omitempty"`
	Color    string      `json:"color,omitempty"`
	Location string      `json:"location,omitempty"`
}

type wireFact struct {
	Title string `json:"title"`
	Value string `json:"value"`
	Style string `json:"style"`
}

type wireFooter struct {
	Text string `json:"text"`
}

type wireTokens struct {
	Prev string `json:"prevPageToken,omitempty"`
	Next string `json:"nextPageToken,omitempty"`
}

func stamp(t time.Time) string { return isoTime(t.UnixMilli()) }

// wireChat writes a chat. The caller holds the lock.
func (b *teamBox) wireChat(k *teams.Chat, members bool) wireChat {
	w := wireChat{
		ID: itoa(k.ID), Type: k.Type, Name: k.Name, Description: k.Description,
		Created: stamp(k.Created), Modified: stamp(b.modified(k.Index)),
	}
	if k.Type == teams.Team {
		public := k.Public
		w.Public, w.Status = &public, "Active"
		if k.Archived {
			w.Status = "Archived"
		}
	}
	if members {
		for _, id := range k.Members {
			w.Members = append(w.Members, wireMember{ID: itoa(id)})
		}
	}
	return w
}

// oldGroup writes a chat the older way. The caller holds the lock.
func (b *teamBox) oldGroup(k *teams.Chat) oldGroup {
	w := oldGroup{
		ID: itoa(k.ID), Type: k.Type, Name: k.Name, Description: k.Description,
		Created: stamp(k.Created), Modified: stamp(b.modified(k.Index)),
	}
	switch k.Type {
	case teams.Team:
		public := k.Public
		w.Public = &public
	case teams.Direct:
		w.Type = "PrivateChat"
	case teams.Personal:
		w.Type = "PersonalChat"
	}
	for _, id := range k.Members {
		w.Members = append(w.Members, itoa(id))
	}
	return w
}

func (s *Server) wirePost(k *teams.Chat, p *teams.Post) wirePost {
	w := wirePost{
		ID: itoa(p.ID), Chat: itoa(k.ID), Type: p.Type, Creator: itoa(p.Creator),
		Created: stamp(p.Created), Modified: stamp(p.Modified), IsParent: p.IsParent, Title: p.Title, Emoji: p.Emoji,
	}
	if p.Type == "TextMessage" && p.Text != "" {
		w.Text = &p.Text
	}
	if p.Parent != 0 {
		w.Parent = itoa(p.Parent)
	}
	if p.Thread != 0 {
		w.Thread = itoa(p.Thread)
	}
	for _, id := range p.Added {
		w.Added = append(w.Added, itoa(id))
	}
	for _, m := range p.Mentions {
		w.Mentions = append(w.Mentions, wireMention{itoa(m.ID), m.Type, m.Name})
	}
	for i := range p.Attachments {
		w.Attachments = append(w.Attachments, s.wireAttach(&p.Attachments[i]))
	}
	return w
}

func (s *Server) wireAttach(a *teams.Attachment) wireAttach {
	w := wireAttach{
		ID: itoa(a.ID), Type: a.Type, Name: a.Name, Title: a.Title, Text: a.Text, Fallback: a.Note, Intro: a.Intro, Color: a.Color, Location: a.Place,
	}
	if a.Type == "File" {
		w.URI = s.fileURI(a.ID)
	}
	for _, f := range a.Fields {
		w.Fields = append(w.Fields, wireFact{f[0], f[1], "Short"})
	}
	if a.Footer != "" {
		w.Footnote = &wireFooter{a.Footer}
	}
	if !a.Start.IsZero() {
		w.Start, w.End = stamp(a.Start), stamp(a.End)
	}
	return w
}

func (s *Server) fileURI(id int64) string {
	return s.media.url + "/file/" + strconv.FormatInt(id, 10)
}

// tellPost publishes what became of a post. The caller holds the lock.
func (s *Server) tellPost(what string, k *teams.Chat, p *teams.Post) {
	w := wirePost{ID: itoa(p.ID), Chat: itoa(k.ID)}
	if what != "PostRemoved" {
		w = s.wirePost(k, p)
	}
	w.Event = what
	if k.Mine || k.Type == teams.Everyone {
		s.publish("", "/team-messaging/v1/posts", w)
	}
}

// tellChat publishes what became of a chat. The caller holds the lock.
func (s *Server) tellChat(what string, k *teams.Chat) {
	w := s.teams.oldGroup(k)
	w.Event = what
	s.publish("", "/team-messaging/v1/chats", w)
}
