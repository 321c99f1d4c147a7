package ringcentral

import (
	"errors"
	"strings"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// heard turns an event into news. One of a kind that nobody asked for is none.
func (m *Mailbox) heard(e rc.PushEvent) (store.News, error) {
	v, err := rc.ParseEvent(e)
	if errors.Is(err, rc.ErrUnknownEvent) {
		return store.News{}, nil
	}
	if err != nil {
		return store.News{}, err
	}
	switch v := v.(type) {
	case *rc.MessageStoreEvent:
		return store.News{Changed: true}, nil
	case *rc.InstantMessage:
		return m.told(v.Message), nil
	case *rc.VoicemailMessage:
		return m.told(v.Message), nil
	case *rc.FaxMessage:
		return m.told(v.Message), nil
	case *rc.TelephonySessionEvent:
		if c, ok := liveCall(v, e.OwnerID); ok {
			return store.News{Calls: []store.LiveCall{c}}, nil
		}
	case *rc.PresenceEvent:
		return store.News{Presence: []store.IncomingPresence{livePresence(v, e.OwnerID)}}, nil
	case *rc.PostEvent:
		return m.livePost(v)
	case *rc.ChatEvent:
		return m.liveChat(v)
	case *rc.DirectoryEvent:
		return store.News{Feeds: []string{store.FeedDirectory}}, nil
	case *rc.FavoriteEvent:
		return store.News{Feeds: []string{store.FeedFavorites}}, nil
	}
	return store.News{}, nil
}

// told is news of a message that came with all its parts. A sync confirms it, and
// brings what an event leaves out.
func (m *Mailbox) told(r rc.Message) store.News {
	n := store.News{Changed: true}
	if r.ID != "" && !r.Tombstone() && !r.CreationTime.IsZero() {
		n.Messages = []store.Incoming{incoming(r)}
	}
	return n
}

// liveCall turns an event of a call into how the call stands. An event names those who
// take part and did something; who is of the extension that the event is for comes
// first. ok is false where it does not say how the call stands.
func liveCall(e *rc.TelephonySessionEvent, own rc.ID) (c store.LiveCall, ok bool) {
	if len(e.Parties) == 0 {
		return c, false
	}
	p := e.Parties[0]
	for _, q := range e.Parties {
		if q.ExtensionID != "" && q.ExtensionID == e.ExtensionID && p.ExtensionID != e.ExtensionID {
			p = q
		}
	}
	c = store.LiveCall{
		Session: string(e.TelephonySessionID), Sequence: e.Sequence, Dir: store.Inbound, Since: e.EventTime.Time,
		From: peer(p.From), To: peer(p.To), Missed: p.Missed, Queue: p.Queue,
		Ours: own == "" || e.ExtensionID == "" || e.ExtensionID == own,
	}
	if c.Session == "" {
		c.Session = string(e.SessionID)
	}
	if strings.EqualFold(p.Direction, "Outbound") {
		c.Dir = store.Outbound
	}
	if !c.Ours {
		us := p.To
		if c.Dir == store.Outbound {
			us = p.From
		}
		c.Owner = us.Name
		if c.Owner == "" {
			c.Owner = us.PhoneNumber
		}
	}
	switch strings.ToLower(p.Status.Code) {
	case "setup", "proceeding":
		c.State = store.LiveRinging
	case "answered":
		c.State = store.LiveConnected
	case "hold", "parked":
		c.State = store.LiveHeld
	case "disconnected", "gone", "voicemail", "faxreceive":
		c.State = store.LiveEnded
	default:
		return c, false // a word of a newer service: nothing is known of the call by it
	}
	return c, true
}

// longestExtension is how many digits an extension number has at most; what has more
// is a telephone number.
const longestExtension = 8

func peer(p rc.TelephonyPeer) store.Party {
	out := store.Party{Name: p.Name, Number: p.PhoneNumber}
	if n := p.PhoneNumber; p.ExtensionID != "" && len(n) <= longestExtension && !strings.HasPrefix(n, "+") {
		out.Number, out.Extension = "", n
	}
	return out
}

// livePresence is somebody's presence as an event tells it. own is who listens.
func livePresence(e *rc.PresenceEvent, own rc.ID) store.IncomingPresence {
	in := presence(e.Presence)
	in.Mine = own != "" && e.Of() == own
	return in
}

// livePost is news of a post. Of one that the event does not say enough about the chats
// are asked.
func (m *Mailbox) livePost(e *rc.PostEvent) (store.News, error) {
	p, ok, err := livePostIn(e.Raw)
	if err != nil {
		return store.News{}, err
	}
	if !ok {
		return store.News{Feeds: []string{store.FeedChats}}, nil
	}
	return store.News{Posts: []store.IncomingPost{p}}, nil
}

// liveChat is news of a chat.
func (m *Mailbox) liveChat(e *rc.ChatEvent) (store.News, error) {
	c, err := m.liveChatIn(e.Raw)
	if err != nil {
		return store.News{}, err
	}
	return store.News{Chats: []store.IncomingChat{c}}, nil
}
