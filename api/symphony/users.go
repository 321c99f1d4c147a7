package symphony

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/api"
)

// User is somebody (UserV2, V4User, MessageStatusUser): which members are told depends on
// the call.
type User struct {
	ID          string // a whole number
	Email       string
	FirstName   string
	LastName    string
	DisplayName string
	Title       string
	Company     string
	Department  string
	Username    string // of people of the own pod only
	Location    string
	AccountType string // NORMAL SYSTEM SDL
	WorkPhone   string
	MobilePhone string
	Roles       []string
	Avatars     []Avatar
}

// Avatar is a picture of somebody.
type Avatar struct {
	Size string // "original", "small"
	URL  string // often relative to the pod: "../avatars/static/150/default.png"
}

// Name is what to call somebody: the display name, or what there is instead.
func (u User) Name() string {
	both := strings.TrimSpace(u.FirstName + " " + u.LastName)
	for _, s := range []string{u.DisplayName, both, u.Username, u.Email} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// HasRole reports whether the user has a role, "INDIVIDUAL" say.
func (u User) HasRole(role string) bool { return slices.Contains(u.Roles, role) }

type wireUser struct {
	ID           count  `json:"id"`
	UserID       count  `json:"userId"` // as messages and receipts call it
	EmailAddress text   `json:"emailAddress"`
	Email        text   `json:"email"`
	FirstName    text   `json:"firstName"`
	FirsName     text   `json:"firsName"` // as an example of the description spells it
	LastName     text   `json:"lastName"`
	DisplayName  text   `json:"displayName"`
	Title        text   `json:"title"`
	Company      text   `json:"company"`
	Department   text   `json:"department"`
	Username     text   `json:"username"` // userName in receipts: keys are matched in any case
	Location     text   `json:"location"`
	AccountType  text   `json:"accountType"`
	WorkPhone    text   `json:"workPhoneNumber"`
	MobilePhone  text   `json:"mobilePhoneNumber"`
	Roles        []text `json:"roles"`
	Avatars      []struct {
		Size text `json:"size"`
		URL  text `json:"url"`
	} `json:"avatars"`
	Timestamp moment `json:"timestamp"` // in receipts
}

func (w *wireUser) user() User {
	if w == nil {
		return User{}
	}
	u := User{
		ID: idOf(w.ID, w.UserID), Email: first(w.EmailAddress, w.Email), FirstName: first(w.FirstName, w.FirsName), LastName: string(w.LastName),
		DisplayName: string(w.DisplayName), Title: string(w.Title), Company: string(w.Company), Department: string(w.Department),
		Username: string(w.Username), Location: string(w.Location), AccountType: string(w.AccountType),
		WorkPhone: string(w.WorkPhone), MobilePhone: string(w.MobilePhone),
	}
	if len(w.Roles) > 0 {
		u.Roles = plainTexts(w.Roles)
	}
	for _, a := range w.Avatars {
		u.Avatars = append(u.Avatars, Avatar{string(a.Size), string(a.URL)})
	}
	return u
}

func users(list []wireUser) []User {
	out := make([]User, 0, len(list))
	for i := range list {
		if u := list[i].user(); u.ID != "" {
			out = append(out, u)
		}
	}
	return out
}

// idOf writes the first number that is one as an id.
func idOf(numbers ...count) string {
	for _, n := range numbers {
		if n != 0 {
			return strconv.FormatInt(int64(n), 10)
		}
	}
	return ""
}

func first(list ...text) string {
	for _, t := range list {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// SessionInfo tells who is signed in (GET /pod/v2/sessioninfo).
func (c *Client) SessionInfo(ctx context.Context) (User, error) {
	var w wireUser
	_, err := c.ask(ctx, c.pod, PodGroup, api.Request{Op: "sessionInfo", Path: "/pod/v2/sessioninfo"}, reads(&w))
	if err == nil && idOf(w.ID, w.UserID) == "" {
		err = wrong("sessionInfo", errNoID)
	}
	return w.user(), err
}

// UserQuery names users, by one of the lists. Who is not found is left out of the answer.
type UserQuery struct {
	IDs, Emails, Usernames []string
	Local                  bool // of the own pod only; needed with Usernames
	// Active leaves out, if true, those who left, and if false all others; nil takes all.
	Active *bool
}

// mostUsers is how many one request may name.
const mostUsers = 100

// Users returns those that q names (GET /pod/v3/users), in as many requests as it takes.
func (c *Client) Users(ctx context.Context, q UserQuery) ([]User, error) {
	const op = "users"
	name, list := "uid", q.IDs
	switch {
	case len(q.Emails) > 0:
		name, list = "email", q.Emails
	case len(q.Usernames) > 0:
		name, list = "username", q.Usernames
	}
	if name == "uid" {
		for _, id := range list {
			if _, err := number(op, id); err != nil {
				return nil, err
			}
		}
	}
	var out []User
	for part := range slices.Chunk(list, mostUsers) {
		v := url.Values{name: {strings.Join(part, ",")}}
		if q.Local {
			v.Set("local", "true")
		}
		if q.Active != nil {
			v.Set("active", strconv.FormatBool(*q.Active))
		}
		var w struct {
			Users []wireUser `json:"users"`
		}
		if _, err := c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v3/users", Query: v}, reads(&w)); err != nil {
			return out, err
		}
		out = append(out, users(w.Users)...)
	}
	return out, nil
}

// UserSearch looks people up.
type UserSearch struct {
	Query                    string // a part of a name, or an e-mail address
	Company, Title, Location string // "" is any
	Local                    bool   // of the own pod only
	Skip, Limit              int    // Limit 0: the service's 50
}

// SearchUsers looks people up by name or e-mail address (POST /pod/v1/user/search), and
// tells how many there are in all.
func (c *Client) SearchUsers(ctx context.Context, q UserSearch) (found []User, total int, err error) {
	const op = "searchUsers"
	type filters struct {
		Title    string `json:"title,omitempty"`
		Company  string `json:"company,omitempty"`
		Location string `json:"location,omitempty"`
	}
	body := struct {
		Query   string   `json:"query"`
		Filters *filters `json:"filters,omitempty"`
	}{Query: q.Query}
	if f := (filters{q.Title, q.Company, q.Location}); f != (filters{}) {
		body.Filters = &f
	}
	v := window(q.Skip, q.Limit)
	if q.Local {
		v.Set("local", "true")
	}
	var w struct {
		Count count      `json:"count"`
		Users []wireUser `json:"users"`
	}
	_, err = c.ask(ctx, c.pod, PodGroup, api.Request{
		Op: op, Method: http.MethodPost, Path: "/pod/v1/user/search", Query: v, Body: body, Safe: true,
	}, reads(&w))
	return users(w.Users), max(int(w.Count), len(w.Users)), err
}

// window writes skip and limit for a query, where they are set.
func window(skip, limit int) url.Values {
	v := url.Values{}
	if skip > 0 {
		v.Set("skip", strconv.Itoa(skip))
	}
	if limit > 0 {
		v.Set("limit", strconv.Itoa(limit))
	}
	return v
}
