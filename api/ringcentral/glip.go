package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"switchboard/api"
)

// Team messaging lives under teamPath. Services from before 2020 know it as
// Glip, under glipPath: most calls are the same there, and chats have an older
// spelling besides, groups, with shapes of its own.
const (
	teamPath = "/team-messaging/v1"
	glipPath = "/restapi/v1.0/glip"
)

// ErrTooOld means that the service has only the older team messaging, in which
// what was asked for does not exist.
var ErrTooOld = errors.New("the service's team messaging is too old for this")

func tooOld(op string) error { return fmt.Errorf("RingCentral %s: %w", op, ErrTooOld) }

func glipBase(old bool) string {
	if old {
		return glipPath
	}
	return teamPath
}

// team makes one call. r.Path follows the base path, which is today's or its
// older twin's.
func (c *Client) team(ctx context.Context, r api.Request, out any) error {
	path := r.Path
	return c.glip.ask(func(old bool) error {
		r.Path = glipBase(old) + path
		_, err := c.Do(ctx, r, out)
		return err
	})
}

// teamDo makes a call that acts on one chat and answers nothing. tail follows
// the chat's id.
func (c *Client) teamDo(ctx context.Context, r api.Request, kind string, id ID, tail string) error {
	if !id.usable() {
		return notAnID(r.Op, id)
	}
	if r.Method == "" {
		r.Method = http.MethodPost
	}
	r.Path, r.Group = kind+string(id)+tail, api.Medium
	return c.team(ctx, r, nil)
}

// maxTeamRecords is how many records a page has at most.
const maxTeamRecords = 250

func recordCount(v url.Values, n int) {
	if n > 0 {
		v.Set("recordCount", strconv.Itoa(min(n, maxTeamRecords)))
	}
}

// cursor says where to go on in a list. Which of its two tokens leads on is
// told differently: the description's words make it the next one, the service's
// own example walks a list by the previous one. So the first page decides: its
// previous token, if it has one, can only lead on, and should it lead nowhere
// the next one is taken.
type cursor struct {
	token string
	back  bool   // token is a previous one, and those of later pages count
	or    string // the next token beside it
}

func (k cursor) String() string {
	if k.token == "" {
		return ""
	}
	v := url.Values{"t": {k.token}}
	if k.back {
		v.Set("back", "1")
		words(v, map[string]string{"or": k.or})
	}
	return v.Encode()
}

func parseCursor(s string) cursor {
	v, err := url.ParseQuery(s)
	if err != nil || v.Get("t") == "" {
		return cursor{token: s} // a bare token, say one kept from elsewhere
	}
	return cursor{token: v.Get("t"), back: v.Has("back"), or: v.Get("or")}
}

// navigation is what a page of a list says of its neighbours (TMNavigationInfo).
type navigation struct {
	Prev string `json:"prevPageToken"`
	Next string `json:"nextPageToken"`
}

// after is where a list goes on after the page that from led to.
func (n navigation) after(from cursor) cursor {
	switch {
	case from.token == "" && n.Prev != "":
		return cursor{token: n.Prev, back: true, or: n.Next}
	case from.back && n.Prev != from.token:
		return cursor{token: n.Prev, back: true}
	case !from.back && n.Next != from.token:
		return cursor{token: n.Next}
	}
	return cursor{} // a page that leads to itself is the last one
}

// teamPage reads a page of a list. The token carries the filters, so that it
// goes alone. path is that of the list, by the age of the service.
func teamPage[R any](ctx context.Context, c *Client, r api.Request, next string, path func(old bool) (string, url.Values)) (list []R, broken []BrokenRecord, more string, err error) {
	from := parseCursor(next)
	for {
		var page struct {
			Records    []R        `json:"records"`
			Navigation navigation `json:"navigation"`
		}
		err = c.glip.ask(func(old bool) error {
			r.Path, r.Query = path(old)
			if from.token != "" {
				r.Query = url.Values{"pageToken": {from.token}}
			}
			_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
				broken, err = records(raw, &page, &page.Records)
				return err
			}))
			return err
		})
		if err != nil {
			return nil, nil, "", err
		}
		if len(page.Records)+len(broken) > 0 || from.or == "" {
			return page.Records, broken, page.Navigation.after(from).String(), nil
		}
		from = cursor{token: from.or}
	}
}
