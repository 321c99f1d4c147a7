package ringcentral

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"switchboard/api"
)

// MaxContactSync is the most contacts that one answer of the address book's sync
// holds.
const MaxContactSync = 250

// ContactSyncQuery asks for contacts to mirror.
type ContactSyncQuery struct {
	Type  string // FSync or ISync
	Token string // ISync: from the last answer of the sync before
	// PageID, from the answer before, asks for the next part of the same sync.
	// Type and Token stay as they were for its first part.
	PageID  ID
	PerPage int // 0: MaxContactSync, which is the most
}

// ContactSync is one part of a sync. While NextPageID is not empty there is
// more; the token to keep is the last part's, since the ones before need not
// have any.
type ContactSync struct {
	Records    []PersonalContact // deleted ones are marked so
	Broken     []BrokenRecord
	SyncInfo   SyncInfo
	NextPageID ID
}

// SyncContacts mirrors the address book (syncAddressBook, Heavy). A token that
// is not accepted any more is recognized by [IsExpiredToken].
func (c *Client) SyncContacts(ctx context.Context, q ContactSyncQuery) (ContactSync, error) {
	v := url.Values{"syncType": {q.Type}, "perPage": {strconv.Itoa(MaxContactSync)}}
	pages(v, 0, q.PerPage, MaxContactSync)
	words(v, map[string]string{"pageId": string(q.PageID)})
	if q.Type == ISync {
		v.Set("syncToken", q.Token)
	}
	var page ContactSync
	_, err := c.Do(ctx, api.Request{
		Op: "syncAddressBook", Path: extension + "/address-book-sync", Query: v, Group: api.Heavy,
	}, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		page, err = decodeContactSync(raw)
		return err
	}))
	return page, err
}

func decodeContactSync(raw []byte) (ContactSync, error) {
	var page struct {
		Records     []PersonalContact `json:"records"`
		SyncInfo    SyncInfo          `json:"syncInfo"`
		NextPageID  ID                `json:"nextPageId"`
		NextPageURI string            `json:"nextPageUri"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err != nil {
		return ContactSync{}, err
	}
	if page.NextPageID == "" && page.NextPageURI != "" {
		// Only the address is told: it carries the id.
		if u, err := url.Parse(page.NextPageURI); err == nil {
			page.NextPageID = ID(u.Query().Get("pageId"))
		}
		if page.NextPageID == "" {
			return ContactSync{}, errors.New("a next page without an id")
		}
	}
	if page.NextPageID == "0" {
		page.NextPageID = ""
	}
	if page.NextPageID == "" && page.SyncInfo.SyncToken == "" {
		return ContactSync{}, errors.New("no sync token in the answer")
	}
	return ContactSync{Records: page.Records, Broken: broken, SyncInfo: page.SyncInfo, NextPageID: page.NextPageID}, nil
}
