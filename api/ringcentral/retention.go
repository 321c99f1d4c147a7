package ringcentral

import (
	"context"

	"switchboard/api"
)

// MessageStoreConfiguration are the account's settings of the message store.
type MessageStoreConfiguration struct {
	// RetentionPeriod is how many days voicemails and faxes are kept, 7 to 90; 0: the
	// service does not say.
	RetentionPeriod int `json:"retentionPeriod"`
}

// MessageStoreConfiguration reads how long the account keeps its messages
// (readMessageStoreConfiguration, Light). Administrators alone may.
func (c *Client) MessageStoreConfiguration(ctx context.Context) (MessageStoreConfiguration, error) {
	var m MessageStoreConfiguration
	_, err := c.Do(ctx, api.Request{Op: "readMessageStoreConfiguration", Path: account + "/message-store-configuration", Group: api.Light}, &m)
	return m, err
}
