package symphony

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"switchboard/api"
)

// maxTag is the most characters of a datafeed's tag.
const maxTag = 100

// Datafeed is a queue of events at the service (V5Datafeed), gone half an hour after it was
// read last. An account may have twenty.
type Datafeed struct {
	ID   string
	Type string // "fanout"; "datahose" is another thing
}

// feedID is the form of ids of this version's feeds; others may be listed beside them.
var feedID = regexp.MustCompile(`^[^\s_]+_f(_[^\s_]+)?$`)

// Usable reports whether the feed can be read by [Client.ReadDatafeed]: an account may have
// queues of other kinds.
func (d Datafeed) Usable() bool { return d.Type != "datahose" && feedID.MatchString(d.ID) }

type wireFeed struct {
	ID   text `json:"id"`
	Type text `json:"type"`
}

// CreateDatafeed makes a datafeed (createDatafeed). Make one only if [Client.Datafeeds] lists
// none that can be used. tag, at most 100 bytes, finds it again; "" is none.
func (c *Client) CreateDatafeed(ctx context.Context, tag string) (Datafeed, error) {
	const op = "createDatafeed"
	if len(tag) > maxTag {
		return Datafeed{}, wrong(op, errors.New("a tag has at most 100 characters"))
	}
	body := struct {
		Tag       string `json:"tag,omitempty"`
		Invisible bool   `json:"includeInvisible"`
	}{Tag: tag}
	var w wireFeed
	_, err := c.ask(ctx, c.agent, AgentGroup, api.Request{Op: op, Method: http.MethodPost, Path: "/agent/v5/datafeeds", Body: body}, reads(&w))
	switch {
	case err != nil:
		return Datafeed{}, feedRefused(err)
	case w.ID == "":
		return Datafeed{}, wrong(op, errNoID)
	}
	return Datafeed{string(w.ID), string(w.Type)}, nil
}

// Datafeeds lists the account's datafeeds (listDatafeed), those with a tag or, for "", all.
func (c *Client) Datafeeds(ctx context.Context, tag string) ([]Datafeed, error) {
	v := url.Values{}
	if tag != "" {
		v.Set("tag", tag)
	}
	var w []wireFeed
	_, err := c.ask(ctx, c.agent, AgentGroup, api.Request{Op: "listDatafeed", Path: "/agent/v5/datafeeds", Query: v}, lists(&w))
	var list []Datafeed
	for _, f := range w {
		if f.ID != "" {
			list = append(list, Datafeed{string(f.ID), string(f.Type)})
		}
	}
	return list, err
}

// ReadDatafeed waits for events, for as long as the agent holds the request (30 s), and
// returns what came (readDatafeed), which may be nothing. ackID acknowledges an earlier
// read's events, "" is for the first read; what is not acknowledged comes again after half a
// minute. The user is not shown as online by it. [IsFeedGone]: make a new one.
func (c *Client) ReadDatafeed(ctx context.Context, id, ackID string) (events []Event, ack string, err error) {
	const op = "readDatafeed"
	fid, err := feedSegment(op, id)
	if err != nil {
		return nil, "", err
	}
	body := struct {
		AckID    string `json:"ackId"`
		Presence bool   `json:"updatePresence"`
	}{AckID: ackID}
	var w struct {
		Events []wireEvent `json:"events"`
		AckID  text        `json:"ackId"`
	}
	_, err = c.ask(ctx, c.agent, AgentGroup, api.Request{
		Op: op, Method: http.MethodPost, Path: "/agent/v5/datafeeds/" + fid + "/read", Body: body, Safe: true, Idle: feedIdle,
	}, reads(&w))
	if err != nil {
		return nil, "", feedGone(err)
	}
	return eventList(w.Events), string(w.AckID), nil
}

// DeleteDatafeed gives a datafeed up (deleteDatafeed). One that is gone already is no error.
func (c *Client) DeleteDatafeed(ctx context.Context, id string) error {
	const op = "deleteDatafeed"
	fid, err := feedSegment(op, id)
	if err != nil {
		return err
	}
	_, err = c.ask(ctx, c.agent, AgentGroup, api.Request{Op: op, Method: http.MethodDelete, Path: "/agent/v5/datafeeds/" + fid, Safe: true}, nil)
	if err = feedGone(err); IsFeedGone(err) {
		return nil
	}
	return err
}

// feedSegment writes a feed's id for a path. It is no base64: nothing is turned in it.
func feedSegment(op, id string) (string, error) {
	if id == "" || id == "." || id == ".." || len(id) > maxID {
		return "", notAnID(op, id)
	}
	return url.PathEscape(id), nil
}

func feedGone(err error) error {
	if e, ok := answered(err); ok && noSuch(err) {
		return explained(e, ErrFeedGone, "the datafeed is gone, a new one is needed")
	}
	return feedRefused(err)
}

// feedRefused explains what a 403 is about here.
func feedRefused(err error) error {
	if e, ok := answered(err); ok && e.Status == http.StatusForbidden {
		return explained(e, e.Err, "no datafeed for this account, which may have twenty at most: delete those that are not read")
	}
	return err
}
