package ringcentral

import (
	"context"
	"encoding/json"
	"net/http"

	"switchboard/api"
)

// Favorite is one of the user's favourites: a colleague, named by ExtensionID
// and AccountID, or a contact of the address book, named by ContactID
// (FavoriteContactResource).
type Favorite struct {
	ID          ID `json:"id"`
	ExtensionID ID `json:"extensionId"`
	AccountID   ID `json:"accountId"`
	ContactID   ID `json:"contactId"`
}

const favoritePath = extension + "/favorite"

type favoriteList struct {
	Records []Favorite `json:"records"`
}

// Favorites returns the favourites in their order (listFavoriteContacts, Light).
func (c *Client) Favorites(ctx context.Context) ([]Favorite, error) {
	var list favoriteList
	_, err := c.Do(ctx, api.Request{Op: "listFavoriteContacts", Path: favoritePath, Group: api.Light}, &list)
	return list.Records, err
}

// SetFavorites replaces the favourites (updateFavoriteContactList, Medium): one
// that is left out is none any more. It may be repeated.
func (c *Client) SetFavorites(ctx context.Context, list []Favorite) ([]Favorite, error) {
	type entry struct {
		ID          json.Number `json:"id,omitempty"` // a number here, the others are text
		ExtensionID string      `json:"extensionId,omitempty"`
		AccountID   string      `json:"accountId,omitempty"`
		ContactID   string      `json:"contactId,omitempty"`
	}
	body := struct {
		Records []entry `json:"records"`
	}{make([]entry, len(list))}
	for i, f := range list {
		body.Records[i] = entry{ExtensionID: string(f.ExtensionID), AccountID: string(f.AccountID), ContactID: string(f.ContactID)}
		if f.ID.Int() > 0 {
			body.Records[i].ID = json.Number(f.ID)
		}
	}
	var got favoriteList
	_, err := c.Do(ctx, api.Request{
		Op: "updateFavoriteContactList", Method: http.MethodPut, Path: favoritePath, Body: body, Group: api.Medium,
	}, &got)
	return got.Records, err
}
