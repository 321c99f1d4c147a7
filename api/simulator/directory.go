package simulator

import (
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"switchboard/api/simulator/corpus"
)

type directoryPhone struct {
	Number    string `json:"phoneNumber"`
	Formatted string `json:"formattedPhoneNumber,omitempty"`
	Type      string `json:"type"`
	Usage     string `json:"usageType,omitempty"`
	Hidden    bool   `json:"hidden"`
	Primary   bool   `json:"primary,omitempty"`
}

type directoryAccount struct {
	ID        string          `json:"id"`
	Company   string          `json:"companyName,omitempty"`
	Federated string          `json:"federatedName,omitempty"`
	Main      *directoryPhone `json:"mainNumber,omitempty"`
}

type directorySite struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type directoryEntry struct {
	ID         string           `json:"id"`
	Type       string           `json:"type"`
	Status     string           `json:"status"`
	Account    directoryAccount `json:"account"`
	Extension  string           `json:"extensionNumber,omitempty"`
	First      string           `json:"firstName,omitempty"`
	Last       string           `json:"lastName,omitempty"`
	Name       string           `json:"name,omitempty"`
	Title      string           `json:"jobTitle,omitempty"`
	Department string           `json:"department,omitempty"`
	Email      string           `json:"email,omitempty"`
	Phones     []directoryPhone `json:"phoneNumbers,omitempty"`
	Site       directorySite    `json:"site"`
	Hidden     bool             `json:"hidden,omitempty"`
}

type directoryPage struct {
	Records []directoryEntry `json:"records"`
	Paging  wirePaging       `json:"paging"`
}

// maxDirectory is how many entries a page has at most. The service's
// parameter goes to 2,000, but its description of the answer does not.
const maxDirectory = 1000

func wireEntry(e *corpus.Entry) directoryEntry {
	w := directoryEntry{
		ID: itoa(e.ID), Type: e.Type, Status: e.Status, Extension: e.Extension, First: e.First, Last: e.Last, Name: e.Name,
		Title: e.Title, Department: e.Department, Email: e.Email, Hidden: e.Hidden,
		Account: directoryAccount{ID: accountID, Company: corpus.OwnerCompany, Main: &directoryPhone{Number: corpus.OwnerNumber, Type: "VoiceFax", Usage: "MainCompanyNumber"}},
		Site:    directorySite{ID: "main-site", Name: e.Site},
	}
	if e.Site != "Main Site" {
		w.Site.ID = itoa(corpus.EntryID(corpus.StaffFrom() - 1))
	}
	if e.Federated != "" {
		w.Account = directoryAccount{ID: "37439600", Company: e.Federated, Federated: e.Federated}
	}
	for _, p := range []struct{ usage, number string }{{"DirectNumber", e.Direct}, {"MobileNumber", e.Mobile}} {
		if p.number != "" {
			w.Phones = append(w.Phones, directoryPhone{
				Number: p.number, Formatted: pretty(p.number), Type: "VoiceFax", Usage: p.usage, Primary: len(w.Phones) == 0,
			})
		}
	}
	return w
}

func pretty(number string) string {
	if len(number) != 12 {
		return number
	}
	return "(" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
}

// directoryFilter chooses entries.
type directoryFilter struct {
	kind, group, site string
	local             bool
}

func (f *directoryFilter) accepts(e *corpus.Entry) bool {
	switch {
	case f.kind != "" && e.Type != f.kind,
		f.group == "User" && !e.Person(), f.group == "NonUser" && e.Person(),
		f.local && e.Federated != "":
		return false
	}
	return f.site == "" || wireEntry(e).Site.ID == f.site
}

func (c *call) listDirectory() *apiError {
	q := c.r.URL.Query()
	f := directoryFilter{kind: q.Get("type"), group: q.Get("typeGroup"), site: q.Get("siteId")}
	f.local = q.Get("showFederated") == "false" || q.Get("excludeFederatedContacts") == "true"
	if !slices.Contains([]string{"", "User", "NonUser"}, f.group) {
		return badEntry("typeGroup")
	}
	page, err := parseCount(q, "page", 1, maxPage)
	if err != nil {
		return badEntry("page")
	}
	per := maxDirectory
	if s := q.Get("perPage"); s != "max" && s != "all" {
		if per, err = parseCount(q, "perPage", maxDirectory, maxDirectory); err != nil {
			return badEntry("perPage")
		}
	}
	// The directory never changes here, so that the question is the version.
	etag := fmt.Sprintf(`"dir-%d-%08x"`, c.s.cfg.Directory, crc32.ChecksumIEEE([]byte(q.Encode())))
	c.w.Header().Set("ETag", etag)
	if strings.Contains(c.r.Header.Get("If-None-Match"), etag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	a := directoryPage{Records: []directoryEntry{}}
	count := c.s.pickEntries(&f, page, per, func(e *corpus.Entry) { a.Records = append(a.Records, wireEntry(e)) })
	pages, first, last := (count+per-1)/per, (page-1)*per, (page-1)*per+len(a.Records)-1
	a.Paging = wirePaging{Page: page, Per: per, Pages: &pages, Total: &count}
	if len(a.Records) > 0 {
		a.Paging.Start, a.Paging.End = &first, &last
	}
	writeJSON(c.w, http.StatusOK, a)
	return nil
}

// pickEntries hands out a page of the entries and counts all that match.
func (s *Server) pickEntries(f *directoryFilter, page, per int, take func(*corpus.Entry)) (count int) {
	skip, n := (page-1)*per, s.cfg.Directory
	from, to := 0, n
	if *f == (directoryFilter{}) { // every entry counts: the other pages need no look
		from, to = min(skip, n), min(skip+per, n)
		count = from
	}
	for i := from; i < to; i++ {
		e := s.corpus.Entry(i)
		if !f.accepts(&e) {
			continue
		}
		if count++; count > skip && count <= skip+per {
			take(&e)
		}
	}
	return count + n - to
}

// badEntry is the directory's own words: a list of errors and nothing else.
func badEntry(name string) *apiError {
	e := badParameter(name)
	e.code, e.listOnly = "ADG-121", true
	return e
}

func (c *call) readDirectoryEntry() *apiError {
	n, err := strconv.ParseInt(c.r.PathValue("entry"), 10, 64)
	i, ok := corpus.FindEntry(n)
	if err != nil || !ok || i >= c.s.cfg.Directory {
		return &apiError{status: http.StatusNotFound, code: "ADG-122", message: "Contact not found.", listOnly: true}
	}
	e := c.s.corpus.Entry(i)
	writeJSON(c.w, http.StatusOK, wireEntry(&e))
	return nil
}
