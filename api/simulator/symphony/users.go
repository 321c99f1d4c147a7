package symphony

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

type wireAvatar struct {
	Size string `json:"size"`
	URL  string `json:"url"`
}

type wireUser struct {
	ID         int64        `json:"id"`
	Email      string       `json:"emailAddress,omitempty"`
	First      string       `json:"firstName,omitempty"`
	Last       string       `json:"lastName,omitempty"`
	Display    string       `json:"displayName"`
	Title      string       `json:"title,omitempty"`
	Company    string       `json:"company"`
	Username   string       `json:"username,omitempty"`
	Department string       `json:"department,omitempty"`
	Location   string       `json:"location,omitempty"`
	Type       string       `json:"accountType"`
	Avatars    []wireAvatar `json:"avatars"`
	Roles      []string     `json:"roles,omitempty"`
}

func (c *call) wireUser(u *user) wireUser {
	w := wireUser{
		ID: u.id, Email: u.email, First: u.first, Last: u.last, Display: u.name, Title: u.title, Company: u.company,
		Username: u.username, Department: u.department, Location: "California", Type: "NORMAL",
		Avatars: []wireAvatar{{"original", "../avatars/static/150/default.png"}, {"small", "../avatars/static/50/default.png"}},
	}
	if u.service {
		w.Type = "SYSTEM"
	}
	if u.guest {
		w.Location, w.Email, w.Username = "", "", "" // of another pod only the name is told
	}
	return w
}

func (c *call) sessionInfo() *apiError {
	u, _ := c.s.data.user(c.user)
	w := c.wireUser(&u)
	w.Roles = []string{"INDIVIDUAL"}
	if c.s.cfg.ContentExport {
		w.Roles = append(w.Roles, "CONTENT_EXPORT")
	}
	writeJSON(c.w, http.StatusOK, w)
	return nil
}

type wireUserError struct {
	Error string `json:"error"`
	Email string `json:"email,omitempty"`
	ID    string `json:"id,omitempty"`
}

type wireUsers struct {
	Users  []wireUser      `json:"users"`
	Errors []wireUserError `json:"errors,omitempty"`
}

func (c *call) listUsers() *apiError {
	q := c.r.URL.Query()
	given := 0
	for _, name := range []string{"uid", "email", "username"} {
		if q.Get(name) != "" {
			given++
		}
	}
	if given != 1 {
		return bad("Exactly one of uid, email and username must be given")
	}
	keys := strings.Split(cmp.Or(q.Get("uid"), q.Get("email"), q.Get("username")), ",")
	if len(keys) > 100 {
		return bad("At most 100 users may be asked for")
	}
	var out wireUsers
	everybody := c.s.data.people()
	for _, key := range keys {
		if q.Get("uid") != "" {
			id, err := strconv.ParseInt(key, 10, 64)
			if err != nil {
				out.Errors = append(out.Errors, wireUserError{Error: "invalid.format", ID: key})
			} else if u, ok := c.s.data.user(id); ok {
				out.Users = append(out.Users, c.wireUser(&u))
			}
			continue
		}
		if q.Get("email") != "" && !strings.Contains(key, "@") {
			out.Errors = append(out.Errors, wireUserError{Error: "invalid.format", Email: key})
			continue
		}
		for i := range everybody {
			u := &everybody[i]
			if q.Get("email") != "" && strings.EqualFold(u.email, key) || q.Get("username") != "" && strings.EqualFold(u.username, key) {
				out.Users = append(out.Users, c.wireUser(u))
			}
		}
	}
	if len(out.Users) == 0 && len(out.Errors) == 0 {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if out.Users == nil {
		out.Users = []wireUser{}
	}
	writeJSON(c.w, http.StatusOK, out)
	return nil
}

type wireFound struct {
	Count int        `json:"count"`
	Skip  int        `json:"skip"`
	Limit int        `json:"limit"`
	Users []wireUser `json:"users"`
}

func (c *call) searchUsers() *apiError {
	var req struct {
		Query   string `json:"query"`
		Filters struct {
			Types   []string `json:"accountTypes"`
			Title   string   `json:"title"`
			Company string   `json:"company"`
		} `json:"filters"`
	}
	if err := c.decode(&req); err != nil {
		return err
	}
	if len(strings.TrimSpace(req.Query)) < 2 {
		return bad("query must have at least two characters")
	}
	skip, limit, err := c.page(50, 100)
	if err != nil {
		return err
	}
	local := c.r.URL.Query().Get("local") == "true"
	has := func(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
	var found []wireUser
	for _, u := range c.s.data.people() {
		if !has(u.name, req.Query) && !has(u.email, req.Query) || local && u.guest ||
			!has(u.title, req.Filters.Title) || !has(u.company, req.Filters.Company) {
			continue
		}
		found = append(found, c.wireUser(&u))
	}
	if len(found) == 0 {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	page := cutOut(found, skip, limit)
	if page == nil {
		page = []wireUser{}
	}
	writeJSON(c.w, http.StatusOK, wireFound{Count: len(found), Skip: skip, Limit: limit, Users: page})
	return nil
}

func (c *call) allowedTypes() *apiError {
	writeJSON(c.w, http.StatusOK, []string{".bmp", ".csv", ".doc", ".docx", ".gif", ".jpg", ".jpeg", ".mp3", ".pdf", ".png", ".tif", ".txt", ".vcf", ".wav", ".xlsx", ".zip"})
	return nil
}
