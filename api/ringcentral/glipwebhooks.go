package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"switchboard/api"
)

// Webhook is an address at which other programs can post to chats
// (TMWebhookInfo).
type Webhook struct {
	ID               ID
	CreatorID        ID
	ChatIDs          []ID
	URI              string // whoever knows it can post
	Status           string // Active Suspended Deleted
	CreationTime     Time
	LastModifiedTime Time
}

// UnmarshalJSON implements [json.Unmarshaler]; older services spell one member
// otherwise.
func (h *Webhook) UnmarshalJSON(b []byte) error {
	var w struct {
		ID               ID     `json:"id"`
		CreatorID        ID     `json:"creatorId"`
		GroupIDs         []ID   `json:"groupIds"`
		Older            []ID   `json:"groupsId"`
		URI              string `json:"uri"`
		Status           string `json:"status"`
		CreationTime     Time   `json:"creationTime"`
		LastModifiedTime Time   `json:"lastModifiedTime"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*h = Webhook{
		ID: w.ID, CreatorID: w.CreatorID, ChatIDs: append(w.GroupIDs, w.Older...), URI: w.URI, Status: w.Status,
		CreationTime: w.CreationTime, LastModifiedTime: w.LastModifiedTime,
	}
	return nil
}

// Webhooks returns all webhooks of the account (listGlipWebhooksNew, Medium).
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, []BrokenRecord, error) {
	return c.webhooks(ctx, "listGlipWebhooksNew", "/webhooks")
}

// ChatWebhooks returns the webhooks of a chat (listGlipGroupWebhooksNew,
// Medium).
func (c *Client) ChatWebhooks(ctx context.Context, chat ID) ([]Webhook, []BrokenRecord, error) {
	const op = "listGlipGroupWebhooksNew"
	if !chat.usable() {
		return nil, nil, notAnID(op, chat)
	}
	return c.webhooks(ctx, op, "/groups/"+string(chat)+"/webhooks")
}

// WebhooksByID returns some webhooks (readGlipWebhookNew, Medium). Those that do
// not exist are left out, unless it is all of them.
func (c *Client) WebhooksByID(ctx context.Context, ids []ID) ([]Webhook, []BrokenRecord, error) {
	const op = "readGlipWebhookNew"
	ids, err := checked(op, ids)
	if err != nil {
		return nil, nil, err
	}
	return c.webhooks(ctx, op, "/webhooks/"+joined(ids))
}

func (c *Client) webhooks(ctx context.Context, op, path string) (list []Webhook, broken []BrokenRecord, err error) {
	err = c.team(ctx, api.Request{Op: op, Path: path, Group: api.Medium}, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list, broken, err = decodeWebhooks(raw)
		return err
	}))
	return list, broken, err
}

// decodeWebhooks reads a list, or a webhook that comes alone.
func decodeWebhooks(raw []byte) ([]Webhook, []BrokenRecord, error) {
	var page struct {
		Records []Webhook `json:"records"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err == nil && page.Records == nil && !bytes.Contains(raw, []byte(`"records"`)) {
		var one Webhook
		if json.Unmarshal(raw, &one) == nil && one.ID != "" {
			page.Records = []Webhook{one}
		}
	}
	return page.Records, broken, err
}

// CreateWebhook makes a webhook for a chat (createGlipGroupWebhookNew, Medium).
// It is never sent twice: a lost answer is an unknown outcome.
func (c *Client) CreateWebhook(ctx context.Context, chat ID) (made Webhook, err error) {
	const op = "createGlipGroupWebhookNew"
	if !chat.usable() {
		return made, notAnID(op, chat)
	}
	err = c.team(ctx, api.Request{
		Op: op, Method: http.MethodPost, Path: "/groups/" + string(chat) + "/webhooks", Group: api.Medium,
	}, api.Decoder(func(_ *api.Response, raw []byte) error { return decodeMade(raw, &made, &made.ID) }))
	return made, err
}

// SetWebhookActive lets a webhook work, or not (activateGlipWebhookNew,
// suspendGlipWebhookNew, Medium). It may be repeated.
func (c *Client) SetWebhookActive(ctx context.Context, id ID, on bool) error {
	if on {
		return c.teamDo(ctx, api.Request{Op: "activateGlipWebhookNew", Safe: true}, "/webhooks/", id, "/activate")
	}
	return c.teamDo(ctx, api.Request{Op: "suspendGlipWebhookNew", Safe: true}, "/webhooks/", id, "/suspend")
}

// DeleteWebhook removes a webhook (deleteGlipWebhookNew, Medium).
func (c *Client) DeleteWebhook(ctx context.Context, id ID) error {
	return c.teamDo(ctx, api.Request{Op: "deleteGlipWebhookNew", Method: http.MethodDelete}, "/webhooks/", id, "")
}
