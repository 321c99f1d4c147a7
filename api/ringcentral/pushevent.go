package ringcentral

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownEvent is what [ParseEvent] returns for an event of a kind that
// nothing here asks for.
var ErrUnknownEvent = errors.New("event of an unknown kind")

// MessageStoreEvent tells that messages came or changed (MessageEventBody): how
// many, and which are new, but not what became of the others. A sync finds out.
type MessageStoreEvent struct {
	AccountID   ID              `json:"accountId"`
	ExtensionID ID              `json:"extensionId"`
	LastUpdated Time            `json:"lastUpdated"`
	Changes     []MessageChange `json:"changes"`
	OwnerID     ID              `json:"ownerId"`
}

// MessageChange is the news about one type of messages (MessageChanges).
type MessageChange struct {
	Type          string `json:"type"` // Fax SMS VoiceMail Pager …; compare without case
	NewCount      int    `json:"newCount"`
	UpdatedCount  int    `json:"updatedCount"`
	NewMessageIDs []ID   `json:"newMessageIds"`
}

// InstantMessage is an SMS that came in, as complete as from the message store
// (InstantMessageEventBody).
type InstantMessage struct{ Message }

// VoicemailMessage is a voicemail that came in (VoicemailMessageEventBody). Its
// transcript is not there yet.
type VoicemailMessage struct{ Message }

// FaxMessage is a fax that came in.
type FaxMessage struct{ Message }

// PresenceEvent tells an extension's presence, of which Sequence says what is
// later (DetailedExtensionPresenceEventBody). Members that did not change may be
// missing.
type PresenceEvent struct {
	Presence
	TotalActiveCalls int `json:"totalActiveCalls"` // ActiveCalls has the latest seven
	OwnerID          ID  `json:"ownerId"`
}

// TelephonySessionEvent tells what a call came to (TelephonySessionsEventBody).
// Sequence orders the events of one session.
type TelephonySessionEvent struct {
	Sequence           int64            `json:"sequence"`
	SessionID          ID               `json:"sessionId"` // as in the call log
	TelephonySessionID ID               `json:"telephonySessionId"`
	ServerID           string           `json:"serverId"`
	EventTime          Time             `json:"eventTime"`
	AccountID          ID               `json:"accountId"`
	ExtensionID        ID               `json:"extensionId"`
	Origin             TelephonyOrigin  `json:"origin"`
	Parties            []TelephonyParty `json:"parties"`
}

// TelephonyOrigin says what a session is: Call RingOut Conference ….
type TelephonyOrigin struct {
	Type string `json:"type"`
}

// TelephonyParty is one of those who take part in a call
// (TelephonySessionsEventPartyInfo). An event has those that changed.
type TelephonyParty struct {
	ID             ID                   `json:"id"`
	AccountID      ID                   `json:"accountId"`
	ExtensionID    ID                   `json:"extensionId"`
	Direction      string               `json:"direction"` // Inbound Outbound
	From           TelephonyPeer        `json:"from"`
	To             TelephonyPeer        `json:"to"`
	Status         TelephonyStatus      `json:"status"`
	Missed         bool                 `json:"missedCall"`
	Queue          bool                 `json:"queueCall"`
	StandAlone     bool                 `json:"standAlone"`
	Muted          bool                 `json:"muted"`
	ConferenceRole string               `json:"conferenceRole"`
	Recordings     []TelephonyRecording `json:"recordings"`
}

// TelephonyPeer is one end of a call (CallPartyShortInfo). The number may be
// that of an extension.
type TelephonyPeer struct {
	PhoneNumber string `json:"phoneNumber"`
	Name        string `json:"name"`
	ExtensionID ID     `json:"extensionId"`
}

// TelephonyStatus is how far a party is (CallStatusInfo).
type TelephonyStatus struct {
	Code        string `json:"code"`   // Setup Proceeding Answered Disconnected Gone Parked Hold VoiceMail FaxReceive …
	Reason      string `json:"reason"` // of some codes: NoAnswer Rejected Voicemail CallFinished …
	Description string `json:"description"`
}

// TelephonyRecording is a recording that is being made (RecordingInfo).
type TelephonyRecording struct {
	ID     ID   `json:"id"`
	Active bool `json:"active"` // false: paused
}

// Over reports whether the party is done with the call.
func (p TelephonyParty) Over() bool {
	return p.Status.Code == "Disconnected" || p.Status.Code == "Gone"
}

// PostEvent is a post that was added, changed or removed. Raw has the members of
// a post; of one that was removed there is no more than the ids.
type PostEvent struct {
	EventType string          `json:"eventType"` // PostAdded PostChanged PostRemoved
	ID        ID              `json:"id"`
	ChatID    ID              `json:"groupId"` // may be missing from a PostRemoved
	Raw       json.RawMessage `json:"-"`
}

// ChatEvent is a chat that was joined, left or changed. Raw has the members of a
// chat, in their older spelling.
type ChatEvent struct {
	EventType string          `json:"eventType"` // GroupJoined GroupLeft GroupChanged GroupRenamed
	ID        ID              `json:"id"`
	Raw       json.RawMessage `json:"-"`
}

// DirectoryEvent is an entry of the directory that changed.
type DirectoryEvent struct {
	DirectoryEntry
	EventType string `json:"eventType"` // Create Update Delete …
	OwnerID   ID     `json:"ownerId"`
}

// FavoriteEvent tells that an extension's list of favourites changed, not how.
type FavoriteEvent struct {
	ExtensionID ID `json:"extensionId"`
	OwnerID     ID `json:"ownerId"`
}

// Extension is the extension an event is about, by its name; "" where it names none.
func (e PushEvent) Extension() ID {
	path, _, _ := strings.Cut(e.Event, "?")
	return extensionOf(path)
}

// decodeEvent reads the second half of a notification.
func decodeEvent(raw []byte) (PushEvent, error) {
	var w struct {
		UUID           ID              `json:"uuid"`
		Event          string          `json:"event"`
		Timestamp      Time            `json:"timestamp"`
		SubscriptionID ID              `json:"subscriptionId"`
		OwnerID        ID              `json:"ownerId"`
		Body           json.RawMessage `json:"body"`
	}
	if err := tolerant(raw, &w); err != nil {
		return PushEvent{}, err
	}
	if w.Event == "" {
		return PushEvent{}, errors.New("event without a name")
	}
	return PushEvent{
		UUID: string(w.UUID), Event: w.Event, Time: w.Timestamp.Time, OwnerID: w.OwnerID, SubscriptionID: string(w.SubscriptionID), Body: w.Body,
	}, nil
}

// ParseEvent reads the body of an event. It returns a *[MessageStoreEvent],
// *[InstantMessage], *[VoicemailMessage], *[FaxMessage], *[PresenceEvent],
// *[TelephonySessionEvent], *[PostEvent], *[ChatEvent], *[DirectoryEvent] or
// *[FavoriteEvent]. A member of an unexpected shape is left out instead of
// losing the rest. The text in it is as it came, and not safe to show yet.
func ParseEvent(e PushEvent) (any, error) {
	path, _, _ := strings.Cut(e.Event, "?")
	var v any
	switch kind := eventKind(strings.TrimSuffix(path, "/")); kind {
	case "message-store":
		v = &MessageStoreEvent{}
	case "instant":
		v = &InstantMessage{}
	case "voicemail":
		v = &VoicemailMessage{}
	case "fax":
		v = &FaxMessage{}
	case "presence":
		v = &PresenceEvent{}
	case "telephony":
		v = &TelephonySessionEvent{}
	case "posts":
		v = &PostEvent{Raw: e.Body}
	case "chats":
		v = &ChatEvent{Raw: e.Body}
	case "directory":
		v = &DirectoryEvent{}
	case "favorite":
		v = &FavoriteEvent{}
	default:
		return nil, fmt.Errorf("%w: %.100q", ErrUnknownEvent, e.Event)
	}
	if err := tolerant(e.Body, v); err != nil {
		return nil, fmt.Errorf("event %.100q: %w", e.Event, err)
	}
	return v, complete(v, path)
}

// complete puts in what an event's name tells, and checks that it is about
// anything.
func complete(v any, path string) error {
	ext := extensionOf(path)
	var id ID
	switch v := v.(type) {
	case *MessageStoreEvent:
		if v.ExtensionID == "" {
			v.ExtensionID = ext
		}
		return nil
	case *InstantMessage:
		id = v.mend("SMS")
	case *VoicemailMessage:
		id = v.mend("VoiceMail")
	case *FaxMessage:
		id = v.mend("Fax")
	case *PresenceEvent:
		// Where the path is of a list of people it names the one who listens.
		if own := "/extension/" + string(ext) + "/presence"; v.Of() == "" || v.Of() == "~" {
			v.ExtensionID = ""
			if ext != "" && strings.HasSuffix(path, own) {
				v.ExtensionID = ext
			}
		}
		id = v.Of()
	case *TelephonySessionEvent:
		if v.ExtensionID == "" {
			v.ExtensionID = ext
		}
		if id = v.TelephonySessionID; id == "" {
			id = v.SessionID
		}
	case *PostEvent:
		id = v.ID
	case *ChatEvent:
		id = v.ID
	case *DirectoryEvent:
		id = v.ID
	case *FavoriteEvent:
		return nil
	}
	if id == "" {
		return fmt.Errorf("event %.100q: no id in it", path)
	}
	return nil
}

// mend gives a message the type that the store would: events leave it out or
// spell it their own way.
func (m *Message) mend(kind string) ID {
	if m.Type == "" || strings.EqualFold(m.Type, kind) {
		m.Type = kind
	}
	return m.ID
}

// eventKind names what an event is about, by its path.
func eventKind(path string) string {
	for _, known := range []struct{ end, kind string }{
		{"/message-store", "message-store"},
		{"/message-store/instant", "instant"},
		{"/voicemail", "voicemail"},
		{"/fax", "fax"},
		{"/presence", "presence"},
		{"/presence/line", "presence"},
		{"/telephony/sessions", "telephony"},
		{"/team-messaging/v1/posts", "posts"},
		{"/glip/posts", "posts"},
		{"/team-messaging/v1/chats", "chats"},
		{filterGroups, "chats"},
		{"/glip/groups", "chats"},
		{"/directory/entries", "directory"},
		{"/favorite", "favorite"},
	} {
		if strings.HasSuffix(path, known.end) {
			return known.kind
		}
	}
	return ""
}

// extensionOf is the extension in an event's path, "" if there is none or ~.
func extensionOf(path string) ID {
	_, rest, ok := strings.Cut(path, "/extension/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	if id == "~" {
		return ""
	}
	return ID(id)
}

// tolerant decodes a JSON object. If a member, or an element of a list in it,
// has an unexpected shape, the others are decoded all the same.
func tolerant(raw []byte, into any) error {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return errors.New("not a JSON object")
	}
	if json.Unmarshal(raw, into) == nil {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	for name, value := range members {
		if alone(name, value, into) {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			continue
		}
		good := list[:0]
		for _, item := range list {
			if alone(name, append(append([]byte{'['}, item...), ']'), into) {
				good = append(good, item)
			}
		}
		if b, err := json.Marshal(good); err == nil {
			alone(name, b, into)
		}
	}
	return nil
}

// alone decodes one member of an object, and reports whether it could.
func alone(name string, value []byte, into any) bool {
	key, err := json.Marshal(name)
	if err != nil {
		return false
	}
	b := make([]byte, 0, len(key)+len(value)+3)
	b = append(append(append(append(append(b, '{'), key...), ':'), value...), '}')
	return json.Unmarshal(b, into) == nil
}
