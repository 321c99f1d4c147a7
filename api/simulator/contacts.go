package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/api/simulator/corpus"
)

const contactPath = basePath + "/address-book/contact"

// maxContacts is how many contacts a book takes before creating one is
// refused. The corpus may hold more: what matters is that a client copes.
const maxContacts = 10_000

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// wireContact is contact i as the service writes it.
func (s *Server) wireContact(i int, fields map[string]json.RawMessage) map[string]json.RawMessage {
	id := itoa(corpus.ContactID(i))
	w := make(map[string]json.RawMessage, len(fields)+3)
	for name, v := range fields {
		w[name] = v
	}
	w["id"] = json.RawMessage(id)
	w["uri"] = appendString(nil, s.platform.url+contactPath+"/"+id)
	w["availability"] = json.RawMessage(`"Alive"`)
	return w
}

func (s *Server) wireGone(i int) map[string]json.RawMessage {
	id := itoa(corpus.ContactID(i))
	return map[string]json.RawMessage{
		"id": json.RawMessage(id), "uri": appendString(nil, s.platform.url+contactPath+"/"+id),
		"availability": json.RawMessage(`"Deleted"`),
	}
}

type contactPage struct {
	wirePage[map[string]json.RawMessage]
	Groups pageURI `json:"groups"`
}

func (c *call) listContacts() *apiError {
	q := c.r.URL.Query()
	page, err := parseCount(q, "page", 1, maxPage)
	if err != nil {
		return err
	}
	per, err := parseCount(q, "perPage", defaultPerPage, maxPerPage)
	if err != nil {
		return err
	}
	var by []string
	for _, name := range q["sortBy"] {
		member, ok := map[string]string{"FirstName": "firstName", "LastName": "lastName", "Company": "company"}[name]
		if !ok {
			return badParameter("sortBy")
		}
		by = append(by, member)
	}
	records, total := c.s.book.page(q, by, page, per, c.s.wireContact)
	writeJSON(c.w, http.StatusOK, contactPage{
		wirePage: makePage(c.s.platform.url+contactPath, q, records, page, per, total, total > (page-1)*per+len(records)),
		Groups:   pageURI{c.s.platform.url + basePath + "/address-book/group"},
	})
	return nil
}

type contactWriter func(i int, fields map[string]json.RawMessage) map[string]json.RawMessage

// page collects a page of the book and counts what matches.
func (b *book) page(q url.Values, by []string, page, per int, write contactWriter) (records []map[string]json.RawMessage, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	prefix := strings.ToLower(q.Get("startsWith"))
	var numbers []string
	for _, n := range q["phoneNumber"] {
		numbers = append(numbers, digits(n))
	}
	unfiltered := prefix == "" && len(numbers) == 0
	at := func(i int) int { return i }
	n := b.len()
	if len(by) > 0 {
		order := b.sorted(by)
		n, at = len(order), func(i int) int { return int(order[i]) }
	}
	skip := (page - 1) * per
	for k := range n {
		st, changed := b.over[at(k)]
		if changed && st.fields == nil {
			continue
		}
		if unfiltered && (total < skip || len(records) == per) {
			total++ // a contact that only counts need not be made
			continue
		}
		f, _, _ := b.contact(at(k))
		if !unfiltered && !matches(f, prefix, numbers) {
			continue
		}
		if total++; total > skip && len(records) < per {
			records = append(records, write(at(k), f))
		}
	}
	return records, total
}

func matches(f map[string]json.RawMessage, prefix string, numbers []string) bool {
	if prefix != "" && !slices.ContainsFunc([]string{"firstName", "lastName", "company"}, func(name string) bool {
		return strings.HasPrefix(strings.ToLower(word(f, name)), prefix)
	}) {
		return false
	}
	return len(numbers) == 0 || slices.ContainsFunc(numbersOf(f), func(have string) bool {
		return slices.ContainsFunc(numbers, func(want string) bool {
			return want != "" && (strings.HasSuffix(have, want) || strings.HasSuffix(want, have))
		})
	})
}

// contactIndex finds the contact that the path names. The caller holds the
// lock.
func (c *call) contactIndex() (i int, fields map[string]json.RawMessage, refused *apiError) {
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, nil, notFound("contactId")
	}
	i, ok := corpus.FindContact(id)
	if ok {
		fields, _, ok = c.s.book.contact(i)
	}
	if !ok || fields == nil {
		return 0, nil, notFound("contactId")
	}
	return i, fields, nil
}

func (c *call) readContact() *apiError {
	c.s.book.mu.RLock()
	defer c.s.book.mu.RUnlock()
	i, fields, err := c.contactIndex()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.wireContact(i, fields))
	return nil
}

// contactBody reads what is to be written; unknown members are ignored, and
// nulls and empty ones are nothing.
func (c *call) contactBody() (map[string]json.RawMessage, *apiError) {
	var sent map[string]json.RawMessage
	if err := decodeBody(c.r.Body, &sent); err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	for _, name := range contactMembers() {
		v, ok := sent[name]
		if !ok || string(v) == "null" || string(v) == `""` {
			continue
		}
		if isAddress := strings.HasSuffix(name, "Address"); isAddress != (v[0] == '{') || !isAddress && v[0] != '"' {
			return nil, badParameter(name)
		}
		fields[name] = v
	}
	if len(fields) == 0 {
		return nil, badParameter("firstName")
	}
	return fields, nil
}

func (c *call) createContact() *apiError {
	fields, err := c.contactBody()
	if err != nil {
		return err
	}
	b := c.s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.made > 0 && b.len()-b.deleted >= max(maxContacts, b.count+maxContacts/10) {
		return &apiError{status: http.StatusBadRequest, code: "PAB-102", message: "Contact cannot be created: max contacts count reached (10000)"}
	}
	writeJSON(c.w, http.StatusOK, c.s.wireContact(b.add(fields), fields))
	return nil
}

func (c *call) updateContact() *apiError {
	fields, err := c.contactBody()
	if err != nil {
		return err
	}
	b := c.s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	i, _, err := c.contactIndex()
	if err != nil {
		return err
	}
	b.put(i, fields)
	writeJSON(c.w, http.StatusOK, c.s.wireContact(i, fields))
	return nil
}

func (c *call) deleteContact() *apiError {
	b := c.s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	i, _, err := c.contactIndex()
	if err != nil {
		return err
	}
	b.put(i, nil)
	id := itoa(corpus.ContactID(i))
	b.favs = slices.DeleteFunc(b.favs, func(f wireFavorite) bool { return f.Contact == id })
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

type wireFavorite struct {
	ID        int64  `json:"id"`
	Extension string `json:"extensionId,omitempty"`
	Account   string `json:"accountId,omitempty"`
	Contact   string `json:"contactId,omitempty"`
}

type favoriteList struct {
	URI     string         `json:"uri"`
	Records []wireFavorite `json:"records"`
}

func (c *call) favorites() favoriteList {
	return favoriteList{URI: c.s.platform.url + basePath + "/favorite", Records: append([]wireFavorite{}, c.s.book.favs...)}
}

func (c *call) listFavorites() *apiError {
	c.s.book.mu.RLock()
	defer c.s.book.mu.RUnlock()
	writeJSON(c.w, http.StatusOK, c.favorites())
	return nil
}

// updateFavorites replaces the list: each entry is a contact of the book or an
// extension of the account, once.
func (c *call) updateFavorites() *apiError {
	var sent favoriteList
	if err := decodeBody(c.r.Body, &sent); err != nil {
		return err
	}
	b := c.s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := map[string]bool{}
	for k := range sent.Records {
		f := &sent.Records[k]
		if (f.Contact == "") == (f.Extension == "") || seen[f.Contact+"/"+f.Extension] {
			return &apiError{status: http.StatusBadRequest, code: "FAV-101", message: "Favorite contact is not valid", parameter: "records"}
		}
		seen[f.Contact+"/"+f.Extension] = true
		if f.Contact != "" {
			id, e := strconv.ParseInt(f.Contact, 10, 64)
			i, ok := corpus.FindContact(id)
			if fields, _, known := b.contact(i); e != nil || !ok || !known || fields == nil {
				return &apiError{status: http.StatusBadRequest, code: "FAV-102", message: "Contact is not found", parameter: "contactId"}
			}
		} else if _, err := c.s.who(f.Extension); err != nil {
			return &apiError{status: http.StatusBadRequest, code: "FAV-103", message: "Extension is not found", parameter: "extensionId"}
		} else if f.Account == "" {
			f.Account = accountID
		}
		if f.ID == 0 {
			f.ID = b.nextFav
			b.nextFav++
		}
	}
	b.favs = sent.Records
	c.s.tellFavorites()
	writeJSON(c.w, http.StatusOK, c.favorites())
	return nil
}
