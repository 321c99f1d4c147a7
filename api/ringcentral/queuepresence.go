package ringcentral

import (
	"context"
	"net/http"

	"switchboard/api"
)

// QueuePresence says whether an agent takes the calls of a queue
// (ExtensionCallQueuePresence).
type QueuePresence struct {
	Queue       QueueOf `json:"callQueue"`
	AcceptCalls bool    `json:"acceptCalls"`
}

// QueueOf is a call queue of an agent (PresenceCallQueueInfo).
type QueueOf struct {
	ID              ID     `json:"id"`
	Name            string `json:"name,omitempty"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
	// Editable says that members may change their own status in the queue. Missing
	// means no.
	Editable bool `json:"editableMemberStatus,omitempty"`
}

type queuePresences struct {
	Records []QueuePresence `json:"records"`
}

// QueuePresences returns the call queues the user is a member of, and whether the user
// takes their calls (readExtensionCallQueuePresence, Light).
func (c *Client) QueuePresences(ctx context.Context) ([]QueuePresence, error) {
	var list queuePresences
	_, err := c.Do(ctx, api.Request{Op: "readExtensionCallQueuePresence", Path: extension + "/call-queue-presence", Group: api.Light}, &list)
	return list.Records, err
}

// SetQueuePresence has the user take the calls of a queue or not
// (updateExtensionCallQueuePresence, Medium). It may be repeated; other queues stay as
// they are. The answer is that of the service for all of the user's queues.
func (c *Client) SetQueuePresence(ctx context.Context, queue ID, accept bool) ([]QueuePresence, error) {
	const op = "updateExtensionCallQueuePresence"
	if !queue.usable() {
		return nil, notAnID(op, queue)
	}
	type id struct {
		ID ID `json:"id"`
	}
	type record struct {
		Queue  id   `json:"callQueue"`
		Accept bool `json:"acceptCalls"`
	}
	body := struct {
		Records []record `json:"records"`
	}{[]record{{id{queue}, accept}}}
	var list queuePresences
	_, err := c.Do(ctx, api.Request{
		Op: op, Method: http.MethodPut, Path: extension + "/call-queue-presence", Body: body, Group: api.Medium,
	}, &list)
	return list.Records, err
}

// QueueMember is a member of a call queue (CallQueueMemberPresence).
type QueueMember struct {
	Member struct {
		ID              ID     `json:"id"`
		Name            string `json:"name,omitempty"`
		ExtensionNumber string `json:"extensionNumber,omitempty"`
	} `json:"member"`
	AcceptQueueCalls        bool `json:"acceptQueueCalls"`        // of any queue
	AcceptCurrentQueueCalls bool `json:"acceptCurrentQueueCalls"` // of this one
}

// Takes reports whether calls of the queue can reach the member, as far as it depends on
// what the member chose.
func (m QueueMember) Takes() bool { return m.AcceptQueueCalls && m.AcceptCurrentQueueCalls }

// QueueMembers returns the members of a call queue and who of them takes its calls
// (readCallQueuePresence, Light).
func (c *Client) QueueMembers(ctx context.Context, queue ID) ([]QueueMember, error) {
	const op = "readCallQueuePresence"
	if !queue.usable() {
		return nil, notAnID(op, queue)
	}
	var list struct {
		Records []QueueMember `json:"records"`
	}
	_, err := c.Do(ctx, api.Request{Op: op, Path: account + "/call-queues/" + string(queue) + "/presence", Group: api.Light}, &list)
	return list.Records, err
}
