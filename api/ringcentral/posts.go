package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"switchboard/api"
)

// What a post can hold (TMCreatePostRequest).
const (
	MaxPostText        = 10_000 // characters
	MaxPostAttachments = 25
)

// What is found wrong before anything is sent.
var (
	ErrTooLong   = errors.New("too long")
	ErrTooMany   = errors.New("too many attachments")
	ErrEmptyPost = errors.New("a post needs text or an attachment")
)

// The kinds of posts. Others pass through as they come.
const (
	PostText          = "TextMessage"
	PostJoined        = "PersonJoined"
	PostPersonsAdded  = "PersonsAdded"
	PostPersonsRemove = "PersonsRemoved"
)

// Post is an entry of a chat (TMPostInfo; GlipPostInfo of older services), and
// the body of a post event, which has EventType besides. A PostRemoved event
// has no more than ID and ChatID.
type Post struct {
	ID               ID               `json:"id"`
	ChatID           ID               `json:"groupId"`
	Type             string           `json:"type"` // PostText …
	Text             string           `json:"text"` // Markdown with mentions as ![:Person](id)
	CreatorID        ID               `json:"creatorId"`
	AddedPersonIDs   []ID             `json:"addedPersonIds"`
	RemovedPersonIDs []ID             `json:"removedPersonIds"` // undocumented, as are posts about it
	CreationTime     Time             `json:"creationTime"`
	LastModifiedTime Time             `json:"lastModifiedTime"`
	Attachments      []PostAttachment `json:"attachments"`
	Mentions         []Mention        `json:"mentions"`
	IsParent         bool             `json:"isParent"`     // of a thread
	ParentPostID     ID               `json:"parentPostId"` // set for the answers in a thread
	ThreadID         ID               `json:"threadId"`
	Activity         string           `json:"activity"`
	Title            string           `json:"title"` // of a bot's post, as the icons are
	IconURI          string           `json:"iconUri"`
	IconEmoji        string           `json:"iconEmoji"`
	EventType        string           `json:"eventType"` // PostAdded PostChanged PostRemoved
}

// Mention tells who or what ![:Type](id) in a text means (TMMentionsInfo).
type Mention struct {
	ID   ID     `json:"id"`
	Type string `json:"type"` // Person Team File Link Event Task Note Card
	Name string `json:"name"`
}

// PostAttachment is what hangs on a post (TMMessageAttachmentInfo): a file with
// its address, or a card, an event, a note, a task with words of its own.
type PostAttachment struct {
	ID          ID     `json:"id"`
	Type        string `json:"type"` // File Card Event Note Task
	ContentURI  string `json:"contentUri"`
	Name        string `json:"name"` // of a file; its size and type are not told
	Title       string `json:"title"`
	Text        string `json:"text"` // Markdown
	Fallback    string `json:"fallback"`
	Intro       string `json:"intro"`
	ImageURI    string `json:"imageUri"`
	Description string `json:"description"`
	Location    string `json:"location"`
	StartTime   Time   `json:"startTime"`
	EndTime     Time   `json:"endTime"`
	AllDay      bool   `json:"allDay"`
	Color       string `json:"color"`
	Author      struct {
		Name string `json:"name"`
		URI  string `json:"uri"`
	} `json:"author"`
	Fields []struct {
		Title string `json:"title"`
		Value string `json:"value"`
		Style string `json:"style"`
	} `json:"fields"`
	Footnote struct {
		Text string `json:"text"`
	} `json:"footnote"`
}

// PostQuery selects posts of a chat or a thread.
type PostQuery struct {
	Count int // records of a page; 0: the service's 30, at most 250
	// Next, from a PostList, asks for its next page; all else is ignored.
	Next string
}

// PostList is a page of posts, newest first.
type PostList struct {
	Records []Post
	Broken  []BrokenRecord
	Next    string // for PostQuery.Next: older posts; "" on the last page
}

func (q PostQuery) values() url.Values {
	v := url.Values{}
	recordCount(v, q.Count)
	return v
}

// Posts returns a page of a chat's posts (readGlipPostsNew, Medium;
// listGlipGroupPosts before).
func (c *Client) Posts(ctx context.Context, chat ID, q PostQuery) (list PostList, err error) {
	const op = "readGlipPostsNew"
	if !chat.usable() {
		return list, notAnID(op, chat)
	}
	list.Records, list.Broken, list.Next, err = teamPage[Post](ctx, c, api.Request{Op: op, Group: api.Medium}, q.Next, func(old bool) (string, url.Values) {
		if old {
			return glipPath + "/groups/" + string(chat) + "/posts", q.values()
		}
		return teamPath + "/chats/" + string(chat) + "/posts", q.values()
	})
	return list, err
}

// ThreadPosts returns a page of a thread, its first post included
// (readGlipThreadPostsNew, Medium). Older services have no threads: ErrTooOld.
func (c *Client) ThreadPosts(ctx context.Context, chat, thread ID, q PostQuery) (list PostList, err error) {
	const op = "readGlipThreadPostsNew"
	for _, id := range []ID{chat, thread} {
		if !id.usable() {
			return list, notAnID(op, id)
		}
	}
	if c.glip.state.Load() == older {
		return list, tooOld(op)
	}
	list.Records, list.Broken, list.Next, err = teamPage[Post](ctx, c, api.Request{Op: op, Group: api.Medium}, q.Next, func(old bool) (string, url.Values) {
		return glipBase(old) + "/chats/" + string(chat) + "/threads/" + string(thread) + "/posts", q.values()
	})
	return list, err
}

func postPath(chat, post ID) string { return "/chats/" + string(chat) + "/posts/" + string(post) }

// Post returns one post (readGlipPostNew, Light).
func (c *Client) Post(ctx context.Context, chat, post ID) (p Post, err error) {
	const op = "readGlipPostNew"
	if !chat.usable() || !post.usable() {
		return p, notAnID(op, post)
	}
	err = c.team(ctx, api.Request{Op: op, Path: postPath(chat, post), Group: api.Light}, &p)
	return p, err
}

// NewPost is what is to be posted.
type NewPost struct {
	Text string // Markdown with mentions as ![:Person](id)
	// Parent is the post that this one answers: both are then in its thread.
	Parent ID
	Files  []ID // of uploaded files, or of some that hang on other posts
}

// check finds what the service would refuse.
func (p NewPost) check(op string) error {
	n := utf8.RuneCountInString(p.Text)
	switch {
	case strings.TrimSpace(p.Text) == "" && len(p.Files) == 0:
		return fmt.Errorf("RingCentral %s: %w", op, ErrEmptyPost)
	case n > MaxPostText:
		return fmt.Errorf("RingCentral %s: %w: %d characters, at most %d", op, ErrTooLong, n, MaxPostText)
	case len(p.Files) > MaxPostAttachments:
		return fmt.Errorf("RingCentral %s: %w: %d, at most %d", op, ErrTooMany, len(p.Files), MaxPostAttachments)
	}
	for _, id := range p.Files {
		if !id.usable() {
			return notAnID(op, id)
		}
	}
	if p.Parent != "" && !p.Parent.usable() {
		return notAnID(op, p.Parent)
	}
	return nil
}

// postBody is a TMCreatePostRequest; GlipCreatePost has the same members, but
// neither threads nor files.
type postBody struct {
	Text        string     `json:"text,omitempty"`
	Parent      ID         `json:"parentPostId,omitempty"`
	Attachments []postFile `json:"attachments,omitempty"`
}

type postFile struct {
	ID   ID     `json:"id"`
	Type string `json:"type"`
}

// CreatePost posts (createGlipPostNew, Medium; createGlipGroupPost before). It
// is never sent twice: a lost answer is an unknown outcome ([api.IsUnknown]).
// More than 2,500 posts a day are answered with 500.
func (c *Client) CreatePost(ctx context.Context, chat ID, p NewPost) (Post, error) {
	r := api.Request{Op: "createGlipPostNew", Method: http.MethodPost, Group: api.Medium}
	var made Post
	if !chat.usable() {
		return made, notAnID(r.Op, chat)
	}
	if err := p.check(r.Op); err != nil {
		return made, err
	}
	body := postBody{Text: p.Text, Parent: p.Parent}
	for _, id := range p.Files {
		body.Attachments = append(body.Attachments, postFile{id, "File"})
	}
	r.Body = body
	err := c.glip.ask(func(old bool) error {
		r.Path = teamPath + "/chats/" + string(chat) + "/posts"
		if old {
			if p.Parent != "" || len(p.Files) > 0 {
				return tooOld(r.Op)
			}
			r.Path = glipPath + "/groups/" + string(chat) + "/posts"
		}
		_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) error { return decodeMade(raw, &made, &made.ID) }))
		return err
	})
	return made, err
}

// IsPostLimit reports whether a post was refused because there were too many
// today: the service answers that with 500 and these words, no code.
func IsPostLimit(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == http.StatusInternalServerError && strings.Contains(strings.ToLower(e.Message), "exceeded your limit")
}

// UpdatePost replaces the text of one's own post (patchGlipPostNew, Medium;
// updateGlipPostText before). It may be repeated.
func (c *Client) UpdatePost(ctx context.Context, chat, post ID, text string) (Post, error) {
	r := api.Request{Op: "patchGlipPostNew", Group: api.Medium, Safe: true}
	var p Post
	if !chat.usable() || !post.usable() {
		return p, notAnID(r.Op, post)
	}
	if err := (NewPost{Text: text}).check(r.Op); err != nil {
		return p, err
	}
	err := c.glip.ask(func(old bool) error {
		if old {
			r.Method, r.Path = http.MethodPut, glipPath+"/groups/"+string(chat)+"/posts/"+string(post)+"/text"
			r.Body, r.ContentType, r.Accept = []byte(text), "text/plain; charset=utf-8", "*/*"
			_, err := c.Do(ctx, r, nil)
			p = Post{ID: post, ChatID: chat, Type: PostText, Text: text}
			return err
		}
		r.Method, r.Path, r.Body = http.MethodPatch, teamPath+postPath(chat, post), map[string]string{"text": text}
		_, err := c.Do(ctx, r, &p)
		return err
	})
	if err != nil {
		return Post{}, err
	}
	return p, nil
}

// DeletePost removes one's own post (deleteGlipPostNew, Medium). One that is
// gone already is an error for which [api.IsNotFound] holds.
func (c *Client) DeletePost(ctx context.Context, chat, post ID) error {
	const op = "deleteGlipPostNew"
	if !chat.usable() || !post.usable() {
		return notAnID(op, post)
	}
	return c.team(ctx, api.Request{Op: op, Method: http.MethodDelete, Path: postPath(chat, post), Group: api.Medium}, nil)
}
