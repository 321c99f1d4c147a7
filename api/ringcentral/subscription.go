package ringcentral

import (
	"context"
	"net/http"

	"switchboard/api"
)

// Subscription is what the service tells a client of (SubscriptionInfo). One of
// a socket lives as long as its session and needs no renewal.
type Subscription struct {
	ID              string           `json:"id"`
	URI             string           `json:"uri,omitempty"`
	EventFilters    []string         `json:"eventFilters,omitempty"`    // granted, with ids in place of ~
	DisabledFilters []DisabledFilter `json:"disabledFilters,omitempty"` // asked for and not granted
	CreationTime    Time             `json:"creationTime,omitzero"`
	ExpirationTime  Time             `json:"expirationTime,omitzero"`
	ExpiresIn       int64            `json:"expiresIn,omitempty"` // seconds
	Status          string           `json:"status,omitempty"`    // Active Blacklisted …
	DeliveryMode    DeliveryMode     `json:"deliveryMode,omitzero"`
}

// DisabledFilter says why a filter is not granted (DisabledFilterInfo).
type DisabledFilter struct {
	Filter  string `json:"filter"`
	Reason  string `json:"reason,omitempty"` // often an error code
	Message string `json:"message,omitempty"`
}

// DeliveryMode says how events come.
type DeliveryMode struct {
	TransportType     string `json:"transportType"`               // WebSocket WebHook …
	Address           string `json:"address,omitempty"`           // WebHook: where they are sent
	VerificationToken string `json:"verificationToken,omitempty"` // WebHook: sent along with them; never told
}

// SubscriptionRequest asks for events. ExpiresIn, in seconds, is for webhooks;
// 0 is the service's default.
type SubscriptionRequest struct {
	EventFilters []string     `json:"eventFilters"`
	DeliveryMode DeliveryMode `json:"deliveryMode,omitzero"`
	ExpiresIn    int64        `json:"expiresIn,omitempty"`
}

const subscriptions = "/restapi/v1.0/subscription"

// Subscriptions returns those of this app and user (listSubscriptions, Light),
// at most 30.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, []BrokenRecord, error) {
	var list []Subscription
	var broken []BrokenRecord
	_, err := c.Do(ctx, api.Request{Op: "listSubscriptions", Path: subscriptions, Group: api.Light},
		api.Decoder(func(_ *api.Response, raw []byte) (err error) {
			list, broken, _, err = paged[Subscription](raw)
			return err
		}))
	return list, broken, err
}

// Subscribe makes a subscription that is delivered to a webhook
// (createSubscription, Medium). It is not repeated by itself: two would both
// deliver. For a socket there is [Client.Push].
func (c *Client) Subscribe(ctx context.Context, r SubscriptionRequest) (Subscription, error) {
	return c.subscription(ctx, api.Request{
		Op: "createSubscription", Method: http.MethodPost, Path: subscriptions, Body: r, Group: api.Medium,
	})
}

// Subscription returns one (readSubscription, Light).
func (c *Client) Subscription(ctx context.Context, id string) (Subscription, error) {
	return c.subscriptionOf(ctx, id, "", api.Request{Op: "readSubscription", Group: api.Light})
}

// UpdateSubscription changes the filters and the life of one
// (updateSubscription, Medium). Those of a socket cannot be changed this way.
func (c *Client) UpdateSubscription(ctx context.Context, id string, r SubscriptionRequest) (Subscription, error) {
	r.DeliveryMode = DeliveryMode{} // cannot be changed
	return c.subscriptionOf(ctx, id, "", api.Request{Op: "updateSubscription", Method: http.MethodPut, Body: r, Group: api.Medium})
}

// RenewSubscription lengthens the life of one (renewSubscription, Light). It may
// be repeated.
func (c *Client) RenewSubscription(ctx context.Context, id string) (Subscription, error) {
	return c.subscriptionOf(ctx, id, "/renew", api.Request{Op: "renewSubscription", Method: http.MethodPost, Group: api.Light, Safe: true})
}

// Unsubscribe ends one (deleteSubscription, Medium). It may be repeated: ids are
// never used again.
func (c *Client) Unsubscribe(ctx context.Context, id string) error {
	const op = "deleteSubscription"
	if !ID(id).usable() {
		return notAnID(op, ID(id))
	}
	_, err := c.Do(ctx, api.Request{
		Op: op, Method: http.MethodDelete, Path: subscriptions + "/" + id, Group: api.Medium, Safe: true,
	}, nil)
	return err
}

func (c *Client) subscriptionOf(ctx context.Context, id, below string, r api.Request) (Subscription, error) {
	if !ID(id).usable() {
		return Subscription{}, notAnID(r.Op, ID(id))
	}
	r.Path = subscriptions + "/" + id + below
	return c.subscription(ctx, r)
}

func (c *Client) subscription(ctx context.Context, r api.Request) (Subscription, error) {
	var s Subscription
	_, err := c.Do(ctx, r, &s)
	return s, err
}
