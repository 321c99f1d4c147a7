package symphony

import (
	"context"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

// heard turns events into news. An event that cannot be read is passed over: it would come
// again for ever. The error is of a message that has to be asked for and cannot be had now.
func (m *Mailbox) heard(ctx context.Context, events []sym.Event, me string) (store.News, error) {
	var n store.News
	for _, e := range events {
		if err := m.hear(ctx, &n, e, me); err != nil {
			return store.News{}, err
		}
	}
	return n, nil
}

func (m *Mailbox) hear(ctx context.Context, n *store.News, e sym.Event, me string) error {
	chat := sym.SafeID(e.Stream.ID)
	switch e.Type {
	case sym.EventMessage, sym.EventSharedPost:
		return m.hearMessage(ctx, n, e, me)
	case sym.EventSuppressed:
		if chat != "" && e.MessageID != "" {
			n.Posts = append(n.Posts, store.IncomingPost{Remote: sym.SafeID(e.MessageID), Chat: chat, Removed: true})
		}
	case sym.EventConnectionRequested, sym.EventConnectionAccepted:
		n.Feeds = append(n.Feeds, store.FeedConnections)
	case sym.EventIMCreated, sym.EventRoomCreated, sym.EventRoomUpdated, sym.EventRoomDeactivated, sym.EventRoomReactivated:
		if chat != "" {
			n.Chats = append(n.Chats, chatHeard(e, chat))
		}
	case sym.EventJoined, sym.EventLeft:
		m.hearMember(n, e, chat, me)
	}
	return nil
}

// hearMessage is a message that was sent. One whose stream is nobody's chat is passed over.
func (m *Mailbox) hearMessage(ctx context.Context, n *store.News, e sym.Event, me string) error {
	msg := e.Message
	if msg == nil {
		if e.MessageID == "" {
			m.log.Warn("an event without its message is passed over", "event", e.ID, "diagnostic", e.Diagnostic)
			return nil
		}
		got, err := m.client.Message(ctx, e.MessageID)
		switch {
		case err == nil:
			msg = &got
		case api.IsTemporary(err) || ctx.Err() != nil:
			return err
		default:
			m.log.Warn("a message that was told of cannot be had", "message", e.MessageID, "err", err)
			return nil
		}
	}
	if msg.Stream.Type == sym.StreamPost {
		return nil
	}
	if msg.Timestamp.IsZero() {
		msg.Timestamp = e.Time
	}
	if msg.User.ID == "" {
		msg.User = e.Initiator
	}
	in := postIn(*msg, e.Stream.ID, me)
	if in.Chat == "" || in.Remote == "" || in.Time.IsZero() {
		m.log.Warn("a message that was told of does not say where it belongs", "event", e.ID)
		return nil
	}
	n.Posts = append(n.Posts, in)
	return nil
}

// chatHeard is what an event tells of a chat. The rest is asked for.
func chatHeard(e sym.Event, chat string) store.IncomingChat {
	in := streamIn(sym.Stream{ID: chat, Type: e.Stream.Type, Name: e.Stream.Name, Active: e.Type != sym.EventRoomDeactivated})
	in.Brief = true
	switch {
	case e.Type == sym.EventIMCreated && e.Stream.Type == "":
		return store.IncomingChat{Remote: chat} // there is news of it
	case e.Type == sym.EventIMCreated:
		in.Active = e.Time
	default:
		in.Type = store.ChatTeam
		if e.Room != nil {
			in.Name = e.Room.Name
		}
	}
	return in
}

// hearMember is somebody who came or went. Of oneself it says whether the room is one's own.
func (m *Mailbox) hearMember(n *store.News, e sym.Event, chat, me string) {
	if chat == "" || e.User.ID == "" {
		return
	}
	joined := e.Type == sym.EventJoined
	if e.User.ID == me {
		in := streamIn(sym.Stream{ID: chat, Type: sym.StreamRoom, Name: e.Stream.Name, Active: true})
		in.Joined, in.Brief = joined, true
		n.Chats = append(n.Chats, in)
	}
	if e.ID == "" || e.Time.IsZero() {
		return
	}
	post := store.IncomingPost{Remote: "event-" + sym.SafeID(e.ID), Chat: chat, Author: e.User.ID, Time: e.Time, Modified: e.Time, System: "left"}
	switch by := e.Initiator.ID; {
	case by != "" && by != e.User.ID:
		post.Author, post.People, post.System = by, []string{e.User.ID}, "removed"
		if joined {
			post.System = "added"
		}
	case joined:
		post.System = "joined"
	}
	n.Posts = append(n.Posts, post)
}
