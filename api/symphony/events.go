package symphony

import (
	"encoding/json"
	"time"
)

// The kinds of events. Others may come, and are to be passed over.
const (
	EventMessage             = "MESSAGESENT"
	EventSharedPost          = "SHAREDPOST"
	EventIMCreated           = "INSTANTMESSAGECREATED"
	EventRoomCreated         = "ROOMCREATED"
	EventRoomUpdated         = "ROOMUPDATED"
	EventRoomDeactivated     = "ROOMDEACTIVATED"
	EventRoomReactivated     = "ROOMREACTIVATED"
	EventJoined              = "USERJOINEDROOM"
	EventLeft                = "USERLEFTROOM"
	EventPromoted            = "ROOMMEMBERPROMOTEDTOOWNER"
	EventDemoted             = "ROOMMEMBERDEMOTEDFROMOWNER"
	EventConnectionRequested = "CONNECTIONREQUESTED"
	EventConnectionAccepted  = "CONNECTIONACCEPTED"
	EventSuppressed          = "MESSAGESUPPRESSED"
	EventForm                = "SYMPHONYELEMENTSACTION"
	EventJoinRequested       = "USERREQUESTEDTOJOINROOM"
	EventGeneric             = "GENERICSYSTEMEVENT"
)

// Event is something that happened (V4Event). Which members are set depends on its type.
type Event struct {
	ID         string
	Type       string
	Time       time.Time
	Initiator  User   // who did it
	MessageID  string // of the message it is about; that of a suppressed one, too
	Diagnostic string // what the agent could not read of it
	// Message is what was said (EventMessage, EventSharedPost). It is nil if the agent
	// could not read it: [Client.Message] may.
	Message *Message
	// Stream is where it happened. For a message it is the message's own.
	Stream StreamRef
	Room   *RoomProperties // EventRoomCreated, EventRoomUpdated
	User   User            // whom it was done to: who joined, left, was asked to connect …
	Users  []User          // EventJoinRequested: the owners who are asked
	// Form is what somebody filled in (EventForm), Generic what another system tells.
	Form    *FormAnswer
	Generic *GenericEvent
}

// RoomProperties describes a room in an event (V4RoomProperties).
type RoomProperties struct {
	Name, Description string
	Creator           User
	Created           time.Time
	Public            bool
	ReadOnly          bool
	CopyProtected     bool
	CrossPod          bool
	ViewHistory       bool
}

// FormAnswer is a form that was sent (V4SymphonyElementsAction).
type FormAnswer struct {
	MessageID string // with the form
	FormID    string
	Values    json.RawMessage
}

// GenericEvent is an event that the service has no kind of its own for.
type GenericEvent struct {
	Source, Subtype string
	Time            time.Time
}

type wireEvent struct {
	ID         text   `json:"id"`
	Type       text   `json:"type"`
	Timestamp  moment `json:"timestamp"`
	MessageID  text   `json:"messageId"`
	Diagnostic text   `json:"diagnostic"`
	Initiator  struct {
		User *wireUser `json:"user"`
	} `json:"initiator"`
	// One member is set, named after the event's type; their members do not clash.
	Payload map[string]*wirePayload `json:"payload"`
}

type wirePayload struct {
	Message       *wireMessage    `json:"message"`
	SharedMessage *wireMessage    `json:"sharedMessage"`
	Stream        *wireStreamRef  `json:"stream"`
	Room          *wireRoomProps  `json:"roomProperties"`
	NewRoom       *wireRoomProps  `json:"newRoomProperties"`
	Affected      *wireUser       `json:"affectedUser"`
	To            *wireUser       `json:"toUser"`
	From          *wireUser       `json:"fromUser"`
	AllAffected   []wireUser      `json:"affectedUsers"`
	MessageID     text            `json:"messageId"`
	FormMessageID text            `json:"formMessageId"`
	FormID        text            `json:"formId"`
	FormValues    json.RawMessage `json:"formValues"`
	EventTime     moment          `json:"eventTimestamp"`
	Source        text            `json:"sourceSystem"`
	Subtype       text            `json:"eventSubtype"`
}

type wireRoomProps struct {
	Name          text      `json:"name"`
	Description   text      `json:"description"`
	Creator       *wireUser `json:"creatorUser"`
	Created       moment    `json:"createdDate"`
	Public        flag      `json:"public"`
	ReadOnly      flag      `json:"readOnly"`
	CopyProtected flag      `json:"copyProtected"`
	CrossPod      flag      `json:"crossPod"`
	ViewHistory   flag      `json:"canViewHistory"`
}

func (w *wireRoomProps) properties() *RoomProperties {
	if w == nil {
		return nil
	}
	return &RoomProperties{
		Name: string(w.Name), Description: string(w.Description), Creator: w.Creator.user(), Created: w.Created.time(), Public: bool(w.Public),
		ReadOnly: bool(w.ReadOnly), CopyProtected: bool(w.CopyProtected), CrossPod: bool(w.CrossPod), ViewHistory: bool(w.ViewHistory),
	}
}

func eventList(list []wireEvent) []Event {
	out := make([]Event, 0, len(list))
	for i := range list {
		if list[i].Type != "" || list[i].ID != "" {
			out = append(out, list[i].event())
		}
	}
	return out
}

func (w *wireEvent) event() Event {
	e := Event{
		ID: string(w.ID), Type: string(w.Type), Time: w.Timestamp.time(), Initiator: w.Initiator.User.user(),
		MessageID: string(w.MessageID), Diagnostic: string(w.Diagnostic),
	}
	for _, p := range w.Payload {
		if p != nil {
			p.into(&e)
		}
	}
	return e
}

func (p *wirePayload) into(e *Event) {
	if p.Stream != nil {
		e.Stream = p.Stream.ref()
	}
	if p.Message != nil && p.Message.ID != "" {
		m := p.Message.message(0)
		if p.SharedMessage != nil && m.SharedMessage == nil {
			shared := p.SharedMessage.message(1)
			m.SharedMessage = &shared
		}
		e.Message, e.Stream, e.MessageID = &m, m.Stream, m.ID
	}
	if p.MessageID != "" {
		e.MessageID = string(p.MessageID)
	}
	for _, r := range []*wireRoomProps{p.Room, p.NewRoom} {
		if r != nil {
			e.Room = r.properties()
		}
	}
	for _, u := range []*wireUser{p.Affected, p.To, p.From} {
		if u != nil {
			e.User = u.user()
		}
	}
	if len(p.AllAffected) > 0 {
		e.Users = users(p.AllAffected)
	}
	if p.FormID != "" {
		e.Form = &FormAnswer{MessageID: string(p.FormMessageID), FormID: string(p.FormID), Values: p.FormValues}
	}
	if p.Subtype != "" {
		e.Generic = &GenericEvent{Source: string(p.Source), Subtype: string(p.Subtype), Time: p.EventTime.time()}
	}
}
