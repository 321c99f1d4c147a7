package ringcentral

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"switchboard/api"
)

// DirectoryEntry is a person, a queue, a room or a site of the company, or of
// one that is federated with it (ContactResource). People have FirstName and
// LastName, everything else has Name.
type DirectoryEntry struct {
	ID              ID               `json:"id"`
	Type            string           `json:"type,omitempty"`   // User Department IvrMenu Site …
	Status          string           `json:"status,omitempty"` // Enabled Disabled NotActivated …
	Account         DirectoryAccount `json:"account,omitzero"`
	ExtensionNumber string           `json:"extensionNumber,omitempty"`
	FirstName       string           `json:"firstName,omitempty"`
	LastName        string           `json:"lastName,omitempty"`
	Name            string           `json:"name,omitempty"`
	JobTitle        string           `json:"jobTitle,omitempty"`
	Department      string           `json:"department,omitempty"`
	Email           string           `json:"email,omitempty"`
	PhoneNumbers    []DirectoryPhone `json:"phoneNumbers,omitempty"`
	Site            DirectorySite    `json:"site,omitzero"`
	Hidden          bool             `json:"hidden,omitempty"`
}

// DirectoryAccount is the company that an entry belongs to.
type DirectoryAccount struct {
	ID            ID              `json:"id,omitempty"`
	CompanyName   string          `json:"companyName,omitempty"`
	FederatedName string          `json:"federatedName,omitempty"`
	MainNumber    *DirectoryPhone `json:"mainNumber,omitempty"`
}

// DirectoryPhone is a number of an entry.
type DirectoryPhone struct {
	PhoneNumber          string `json:"phoneNumber,omitempty"`
	FormattedPhoneNumber string `json:"formattedPhoneNumber,omitempty"`
	Type                 string `json:"type,omitempty"`
	UsageType            string `json:"usageType,omitempty"` // DirectNumber MobileNumber …
	Label                string `json:"label,omitempty"`
	Hidden               bool   `json:"hidden,omitempty"`
	Primary              bool   `json:"primary,omitempty"`
}

// DirectorySite is where an entry belongs.
type DirectorySite struct {
	ID   ID     `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Code string `json:"code,omitempty"`
}

// DirectoryQuery selects entries of the company directory. Zero fields do not
// filter.
type DirectoryQuery struct {
	Type      string // User Department …
	TypeGroup string // User NonUser
	SiteID    ID
	LocalOnly bool // without the companies that are federated with this one
	Page      int  // from 1
	PerPage   int  // 0 and above 1000: 1000
	// ETag, of the same page of an earlier answer, asks for it only if it
	// changed since.
	ETag string
}

// DirectoryList is a page of the directory.
type DirectoryList struct {
	Records     []DirectoryEntry
	Broken      []BrokenRecord
	ETag        string // for DirectoryQuery.ETag
	NotModified bool   // the page is as it was when ETag was given; no Records
	Next        int    // for DirectoryQuery.Page; 0 on the last page
	Total       int    // entries of all pages; 0: not told
}

// maxDirectory is how many entries are asked for at most. The service takes
// twice as many, but its answers' description does not.
const maxDirectory = 1000

// Directory returns a page of the company directory (listDirectoryEntries,
// Medium). Where the service does not know the path its older twin,
// directory/contacts, is asked.
func (c *Client) Directory(ctx context.Context, q DirectoryQuery) (DirectoryList, error) {
	if q.PerPage <= 0 || q.PerPage > maxDirectory {
		q.PerPage = maxDirectory
	}
	q.Page = max(q.Page, 1)
	var list DirectoryList
	err := c.directory.ask(func(old bool) error {
		r := api.Request{Op: "listDirectoryEntries", Path: directoryPath(old), Query: q.values(old), Group: api.Medium}
		if q.ETag != "" {
			r.Header = http.Header{"If-None-Match": {q.ETag}}
		}
		_, err := c.Do(ctx, r, api.Decoder(func(res *api.Response, raw []byte) (err error) {
			list, err = decodeDirectory(raw, q)
			list.ETag = res.Header.Get("ETag")
			return err
		}))
		var e *api.Error
		if q.ETag != "" && errors.As(err, &e) && e.Status == http.StatusNotModified {
			list = DirectoryList{ETag: q.ETag, NotModified: true}
			return nil
		}
		return err
	})
	return list, err
}

func directoryPath(old bool) string {
	if old {
		return account + "/directory/contacts"
	}
	return account + "/directory/entries"
}

func (q DirectoryQuery) values(old bool) url.Values {
	v := url.Values{"page": {strconv.Itoa(q.Page)}, "perPage": {strconv.Itoa(q.PerPage)}}
	words(v, map[string]string{"type": q.Type, "siteId": string(q.SiteID)})
	switch {
	case q.LocalOnly && old:
		v.Set("excludeFederatedContacts", "true")
	case q.LocalOnly:
		v.Set("showFederated", "false")
	}
	if !old {
		words(v, map[string]string{"typeGroup": q.TypeGroup})
	}
	return v
}

// decodeDirectory finds out by itself whether there is a next page: the answer
// has no navigation, and its totals may be missing.
func decodeDirectory(raw []byte, q DirectoryQuery) (DirectoryList, error) {
	var page struct {
		Records []DirectoryEntry `json:"records"`
		Paging  struct {
			Page          int `json:"page"`
			PerPage       int `json:"perPage"`
			TotalPages    int `json:"totalPages"`
			TotalElements int `json:"totalElements"`
		} `json:"paging"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err != nil {
		return DirectoryList{}, err
	}
	list := DirectoryList{Records: page.Records, Broken: broken, Total: page.Paging.TotalElements}
	here := len(page.Records) + len(broken)
	per := page.Paging.PerPage
	if per <= 0 || per > q.PerPage {
		per = q.PerPage
	}
	if here > 0 && (page.Paging.TotalPages > q.Page || page.Paging.TotalPages == 0 && here >= per) {
		list.Next = q.Page + 1
	}
	return list, nil
}

// DirectoryEntry returns one entry (readDirectoryEntry, Medium).
func (c *Client) DirectoryEntry(ctx context.Context, id ID) (DirectoryEntry, error) {
	const op = "readDirectoryEntry"
	var e DirectoryEntry
	if !id.usable() {
		return e, notAnID(op, id)
	}
	err := c.directory.ask(func(old bool) error {
		_, err := c.Do(ctx, api.Request{Op: op, Path: directoryPath(old) + "/" + string(id), Group: api.Medium}, &e)
		return err
	})
	return e, err
}
