package ringcentral

import (
	"context"

	"switchboard/api"
)

// ForExtension returns a client whose message calls (ListMessages, Sync, SetRead, Delete
// and the like) are about the mailbox of another extension, as far as the signed-in user
// may read it. It has the same token, budget and connections; everything else is about
// the user as before.
func (c *Client) ForExtension(id ID) (*Client, error) {
	path, err := extensionPath("readMailbox", id)
	if err != nil {
		return nil, err
	}
	return &Client{Client: c.Client, media: c.media, mailbox: path}, nil
}

// messages is the path of the extension whose messages are meant.
func (c *Client) messages() string {
	if c.mailbox != "" {
		return c.mailbox
	}
	return extension
}

// ProbeMailbox asks whether the messages of an extension may be read (listMessages,
// Light): nil when they may, an error with CMN-404 when they may not.
func (c *Client) ProbeMailbox(ctx context.Context, id ID) error {
	const op = "listMessages"
	path, err := extensionPath(op, id)
	if err != nil {
		return err
	}
	q := ListQuery{PerPage: 1}
	_, err = c.Do(ctx, api.Request{Op: op, Path: path + "/message-store", Query: q.values(), Group: api.Light}, nil)
	return err
}
