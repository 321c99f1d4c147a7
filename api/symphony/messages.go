package symphony

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"switchboard/api"
)

// MaxMessages is the most messages that one page may hold.
const MaxMessages = 500

// Message is what somebody said (V4Message). It may have files and no words, or be
// forwarded, in which case the other message is in it, with files of its own.
type Message struct {
	ID        string
	ParentID  string // of the message that this one answers or forwards
	Timestamp time.Time
	Message   string // PresentationML, XHTML in a <div data-format="PresentationML">; hostile until made safe
	Data      string // EntityJSON: what mentions, hashtags and the like in Message refer to
	User      User
	Stream    StreamRef
	// ExternalRecipients tells that people of other companies read it; in datafeeds only.
	ExternalRecipients bool
	Attachments        []Attachment
	SharedMessage      *Message
	Silent             bool // an update that is not to be shown as unread
	Replacing          string
	ReplacedBy         string
	InitialID          string // of the message that was updated into this one
	InitialTime        time.Time
	Disclaimer         string
	Diagnostic         string // what the agent could not read of it
	UserAgent          string
}

// StreamRef is a stream as messages and events name it (V4Stream).
type StreamRef struct {
	ID       string
	Type     string // StreamIM …
	Name     string // of a room
	Members  []User // of a new IM, as its event tells; a message's stream goes without
	External bool
	CrossPod bool
}

// Attachment is a file of a message (V4AttachmentInfo). Its kind is not told.
type Attachment struct {
	ID     string // often percent-encoded: give it back as it is
	Name   string // unsafe as a file's name
	Size   int64  // about: some 60 bytes more than the file has
	Images []Thumbnail
}

// Thumbnail is a smaller picture of a file, fetched like a file.
type Thumbnail struct {
	ID        string
	Dimension string // pixels of a side: "600"
}

type wireMessage struct {
	ID          text             `json:"messageId"`
	Parent      text             `json:"parentMessageId"`
	Timestamp   moment           `json:"timestamp"`
	Message     text             `json:"message"`
	Data        text             `json:"data"`
	User        *wireUser        `json:"user"`
	Stream      wireStreamOf     `json:"stream"`
	External    flag             `json:"externalRecipients"`
	Attachments []wireAttachment `json:"attachments"`
	Shared      *wireMessage     `json:"sharedMessage"`
	Silent      flag             `json:"silent"`
	Replacing   text             `json:"replacing"`
	ReplacedBy  text             `json:"replacedBy"`
	InitialID   text             `json:"initialMessageId"`
	InitialTime moment           `json:"initialTimestamp"`
	Disclaimer  text             `json:"disclaimer"`
	Diagnostic  text             `json:"diagnostic"`
	UserAgent   text             `json:"userAgent"`
}

// wireStreamOf is the stream of a message. Who is in it is left out: a page of messages
// would tell it anew with each of them.
type wireStreamOf struct {
	ID       text `json:"streamId"`
	Type     text `json:"streamType"`
	Name     text `json:"roomName"`
	External flag `json:"external"`
	CrossPod flag `json:"crossPod"`
}

type wireStreamRef struct {
	wireStreamOf
	Members []wireUser `json:"members"`
}

type wireAttachment struct {
	ID     text  `json:"id"`
	Name   text  `json:"name"`
	Size   count `json:"size"`
	Images []struct {
		ID        text `json:"id"`
		Dimension text `json:"dimension"`
	} `json:"images"`
}

func (w wireStreamOf) ref() StreamRef {
	return StreamRef{ID: string(w.ID), Type: string(w.Type), Name: string(w.Name), External: bool(w.External), CrossPod: bool(w.CrossPod)}
}

func (w wireStreamRef) ref() StreamRef {
	r := w.wireStreamOf.ref()
	if len(w.Members) > 0 {
		r.Members = users(w.Members)
	}
	return r
}

// deepest is how many messages may be forwarded in one another; the rest is left out.
const deepest = 8

func (w *wireMessage) message(depth int) Message {
	m := Message{
		ID: string(w.ID), ParentID: string(w.Parent), Timestamp: w.Timestamp.time(), Message: string(w.Message), Data: string(w.Data),
		User: w.User.user(), Stream: w.Stream.ref(), ExternalRecipients: bool(w.External), Silent: bool(w.Silent),
		Replacing: string(w.Replacing), ReplacedBy: string(w.ReplacedBy), InitialID: string(w.InitialID), InitialTime: w.InitialTime.time(),
		Disclaimer: string(w.Disclaimer), Diagnostic: string(w.Diagnostic), UserAgent: string(w.UserAgent),
	}
	for _, a := range w.Attachments {
		if a.ID == "" {
			continue // nothing can be fetched by it
		}
		att := Attachment{ID: string(a.ID), Name: string(a.Name), Size: max(int64(a.Size), 0)}
		for _, i := range a.Images {
			if i.ID != "" {
				att.Images = append(att.Images, Thumbnail{string(i.ID), string(i.Dimension)})
			}
		}
		m.Attachments = append(m.Attachments, att)
	}
	if w.Shared != nil && depth < deepest {
		shared := w.Shared.message(depth + 1)
		m.SharedMessage = &shared
	}
	return m
}

// messages leaves out what has no id: it could neither be kept nor be asked for.
func messages(list []wireMessage) []Message {
	out := make([]Message, 0, len(list))
	for i := range list {
		if list[i].ID != "" {
			out = append(out, list[i].message(0))
		}
	}
	return out
}

// MessageQuery selects messages of a stream.
type MessageQuery struct {
	Since time.Time // the first one wanted has this time or a later one
	// Until, if set, is the time of the last one wanted; agents from before 2026 pass over it.
	Until time.Time
	Skip  int // messages with the time Since that are known already
	Limit int // 0: the service's 50, at most [MaxMessages]
}

// Messages returns a page of a stream's messages (GET /agent/v4/stream/{sid}/message). In
// which order they come is not documented: sort them. The next page begins at the last
// one's time, with as many skipped as are known with that time.
func (c *Client) Messages(ctx context.Context, stream string, q MessageQuery) ([]Message, error) {
	const op = "listMessages"
	sid, err := segment(op, stream)
	if err != nil {
		return nil, err
	}
	v := window(q.Skip, min(q.Limit, MaxMessages))
	v.Set("since", millis(q.Since))
	if !q.Until.IsZero() {
		v.Set("until", millis(q.Until))
	}
	var w []wireMessage
	if _, err = c.ask(ctx, c.agent, AgentGroup, api.Request{Op: op, Path: "/agent/v4/stream/" + sid + "/message", Query: v}, lists(&w)); err != nil {
		return nil, c.refused(ctx, err, stream)
	}
	return messages(w), nil
}

// Message returns one message (GET /agent/v1/message/{id}). One that is not there is an
// error for which [api.IsNotFound] holds.
func (c *Client) Message(ctx context.Context, id string) (Message, error) {
	const op = "message"
	mid, err := segment(op, id)
	if err != nil {
		return Message{}, err
	}
	var w wireMessage
	res, err := c.ask(ctx, c.agent, AgentGroup, api.Request{Op: op, Path: "/agent/v1/message/" + mid}, reads(&w))
	switch {
	case err != nil:
		return Message{}, notFound(err, "message")
	case res.Status == http.StatusNoContent:
		return Message{}, none(op, "message")
	case w.ID == "":
		w.ID = text(SafeID(id))
	}
	return w.message(0), nil
}

// SearchQuery selects messages by what they say, who wrote them, and when.
type SearchQuery struct {
	Text       string // needs Stream
	Stream     string
	StreamType string // CHAT (IM and MIM) IM MIM ROOM POST
	Author     string // a user's id
	Hashtag    string // without #
	Cashtag    string // without $
	Mention    string // a user's id
	From, To   time.Time
	Skip       int
	Limit      int    // 0: the service's 50
	Oldest     bool   // oldest first; else the newest
	Tier       string // "hot", the service's default; "warm", "all"
}

type searchBody struct {
	Text       string `json:"text,omitempty"`
	Stream     string `json:"streamId,omitempty"`
	StreamType string `json:"streamType,omitempty"`
	Author     int64  `json:"author,omitempty"`
	Hashtag    string `json:"hashtag,omitempty"`
	Cashtag    string `json:"cashtag,omitempty"`
	Mention    int64  `json:"mention,omitempty"`
	From       int64  `json:"fromDate,omitempty"`
	To         int64  `json:"toDate,omitempty"`
}

func (q SearchQuery) body(op string) (b searchBody, err error) {
	if q.Text != "" && q.Stream == "" {
		return b, wrong(op, ErrNeedsStream)
	}
	b = searchBody{Text: q.Text, Stream: SafeID(q.Stream), StreamType: q.StreamType, Hashtag: q.Hashtag, Cashtag: q.Cashtag}
	for _, who := range []struct {
		id   string
		into *int64
	}{{q.Author, &b.Author}, {q.Mention, &b.Mention}} {
		if who.id == "" {
			continue
		}
		if *who.into, err = number(op, who.id); err != nil {
			return b, err
		}
	}
	if !q.From.IsZero() {
		b.From = max(q.From.UnixMilli(), 0)
	}
	if !q.To.IsZero() {
		b.To = max(q.To.UnixMilli(), 0)
	}
	return b, nil
}

// Search looks messages up (POST /agent/v1/message/search). Words are searched for in one
// stream at a time ([ErrNeedsStream]).
func (c *Client) Search(ctx context.Context, q SearchQuery) ([]Message, error) {
	const op = "searchMessages"
	body, err := q.body(op)
	if err != nil {
		return nil, err
	}
	v := window(q.Skip, q.Limit)
	if q.Oldest {
		v.Set("sortDir", "ASC")
	}
	if q.Tier != "" {
		v.Set("tier", q.Tier)
	}
	var w []wireMessage
	if _, err = c.ask(ctx, c.agent, AgentGroup, api.Request{
		Op: op, Method: http.MethodPost, Path: "/agent/v1/message/search", Query: v, Body: body, Safe: true,
	}, lists(&w)); err != nil {
		if q.Stream != "" {
			err = c.refused(ctx, err, q.Stream)
		}
		return nil, err
	}
	return messages(w), nil
}

// refused explains a 403 about what a stream holds.
func (c *Client) refused(ctx context.Context, err error, stream string) error {
	e, ok := answered(err)
	if !ok || e.Status != http.StatusForbidden {
		return err
	}
	if c.hidesHistory(ctx, stream) {
		return explained(e, ErrNoHistory, "the room does not show its history to those who join, and this is from before the account joined")
	}
	return explained(e, e.Err, "the account is not entitled to it")
}

// query is v with one more parameter.
func query(v url.Values, name, value string) url.Values {
	if v == nil {
		v = url.Values{}
	}
	v.Set(name, value)
	return v
}
