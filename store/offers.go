package store

import (
	"context"
	"fmt"
	"strings"
)

// Offer is something a service may let one do or have.
type Offer string

// The offers.
const (
	OfferRead    Offer = "read"    // items can be marked read and unread: at the service, or here where it keeps no such mark
	OfferDelete  Offer = "delete"  // a message can be deleted
	OfferRestore Offer = "restore" // and taken back from the trash
	OfferTrash   Offer = "trash"   // what is in the trash can be seen
	OfferReply   Offer = "reply"   // an item can be answered in its own kind
	OfferForward Offer = "forward" // an item can be sent on
	OfferText    Offer = "text"    // texts (SMS, MMS, pages) can be sent
	OfferFax     Offer = "fax"     // faxes can be sent
	OfferCall    Offer = "call"    // calls can be made
	OfferCalls   Offer = "calls"   // there is a call log
	OfferPost    Offer = "post"    // one can post in chats
	OfferEdit    Offer = "edit"    // and change and delete what one has posted
	OfferTeam    Offer = "team"    // chats can be made, joined and left
	OfferChats   Offer = "chats"   // there are chats
	OfferBody    Offer = "body"    // the text of a message
	OfferStatus  Offer = "status"  // how a message stands can be changed at the service (open, closed, assigned)
	OfferPeople  Offer = "people"  // there is an address book or a directory that can be changed
	OfferPresent Offer = "presence"
	OfferStand   Offer = "stand"  // one's own presence can be changed
	OfferLive    Offer = "live"   // news are told of
	OfferSearch  Offer = "search" // the service itself can be asked to search
)

// offered is what one service offers: nothing in the table is yes, a text is why not.
type offered map[Offer]string

// offers is the one table of what the services do not offer, in words that end a
// sentence about it and say what to do instead. A service that is not in it offers all.
func offers(service string) offered {
	switch service {
	case "symphony":
		return offered{
			OfferDelete:  "Symphony does not offer deleting a message; mark it done instead",
			OfferRestore: "Symphony has no trash that could be read",
			OfferTrash:   "Symphony has no trash that could be read",
			OfferForward: "sending a message on is not offered for Symphony; save its files and post them",
			OfferText:    "Symphony sends no texts; post in the chat instead",
			OfferFax:     "Symphony sends no faxes",
			OfferCall:    "Symphony makes no calls",
			OfferCalls:   "Symphony has no call log",
			OfferEdit:    "changing what was posted is not offered for Symphony",
			OfferTeam:    "making, joining and leaving rooms is not offered for Symphony; its own program does it",
			OfferStatus:  "Symphony keeps no status of a message; done, snooze and claim are kept here",
			OfferPeople:  "Symphony's directory can only be read",
			OfferStand:   "presence at Symphony can only be read here; its own program sets it",
		}
	case "emailgistics":
		return offered{
			OfferDelete:  "Emailgistics does not offer deleting a message; mark it done instead",
			OfferRestore: "Emailgistics does not offer restoring a message",
			OfferTrash:   "Emailgistics does not tell what is in the trash",
			OfferReply:   "Emailgistics does not offer answering a message; answer it in the mailbox itself",
			OfferForward: "Emailgistics does not offer forwarding a message; save its files and send them another way",
			OfferText:    "Emailgistics sends no texts",
			OfferFax:     "Emailgistics sends no faxes",
			OfferCall:    "Emailgistics makes no calls",
			OfferCalls:   "Emailgistics has no call log",
			OfferPost:    "Emailgistics has no chats",
			OfferEdit:    "Emailgistics has no chats",
			OfferTeam:    "Emailgistics has no chats",
			OfferChats:   "Emailgistics has no chats",
			OfferBody:    "Emailgistics does not give the text of a message; its attachments are here",
			OfferStatus:  "Emailgistics does not offer changing the status of a message; done, snooze and claim are kept here",
			OfferPeople:  "Emailgistics has no address book",
			OfferPresent: "Emailgistics does not tell who is there",
			OfferStand:   "Emailgistics does not tell who is there",
			OfferLive:    "Emailgistics tells of news only by webhook; give its deliveries to switchboard deliver, or to a spool folder",
			OfferSearch:  "Emailgistics does not offer searching; what is here is searched",
		}
	case "ringcentral":
		return offered{
			OfferSearch: "RingCentral does not offer searching; what is here is searched",
			OfferStatus: "RingCentral keeps no status of a message beside read; done, snooze and claim are kept here",
		}
	}
	return nil
}

// OfferedBy reports whether a service, by Account.Service, offers something, and if not
// says why in a sentence without a full stop, and what to do instead.
func OfferedBy(service string, o Offer) (ok bool, why string) {
	why, no := offers(service)[o]
	return !no, why
}

// Offered is [OfferedBy] for an account. It never waits for the disk where the account
// was seen before, so screens may ask while they draw. What is not known is offered: the
// service itself will say.
func (s *Store) Offered(account int64, o Offer) (ok bool, why string) {
	return OfferedBy(s.ServiceName(account), o)
}

// ServiceName is the service of an account, as Account.Service has it; "": there is no
// such account.
func (s *Store) ServiceName(account int64) string {
	if name, ok := s.services.Load(account); ok {
		name, _ := name.(string)
		return name
	}
	var name string
	err := s.r.QueryRowContext(context.Background(), `SELECT service FROM accounts WHERE id = ?`, account).Scan(&name)
	if err == nil {
		s.services.Store(account, name)
	}
	return name
}

// offerOf is what a verb needs a service to offer; "": nothing.
func offerOf(v Verb) Offer {
	switch v {
	case VerbDelete:
		return OfferDelete
	case VerbRestore:
		return OfferRestore
	case VerbRead, VerbUnread:
		return OfferRead
	case VerbCall:
		return OfferCall
	}
	return ""
}

// refusesOffers says why a change of items cannot be made because a service does not
// offer it. Nothing was recorded then.
func (s *Store) refusesOffers(v Verb, ts []target) error {
	o := offerOf(v)
	if o == "" {
		return nil
	}
	for _, t := range ts {
		service, _, _ := strings.Cut(t.key, ":")
		if ok, why := OfferedBy(service, o); !ok {
			return &NotOfferedError{Service: service, Offer: o, Why: why}
		}
	}
	return nil
}

// NotOfferedError is something that a service does not offer. Asking again is of no use.
type NotOfferedError struct {
	Service string // as Account.Service
	Offer   Offer
	Why     string // in words, with what to do instead
}

func (e *NotOfferedError) Error() string { return e.Why }

// Fetchable reports whether the content of an attachment can be had, and if not says why.
// It is told before the service is asked.
func (a Attachment) Fetchable() (ok bool, why string) {
	switch a.Kind {
	case MailItem:
		return false, "it is an e-mail, appointment or contact within the e-mail, which Emailgistics does not give out; open it in the mailbox itself"
	case MailReference:
		return false, "it is a link to a file kept elsewhere, which Emailgistics does not give out; open it in the mailbox itself"
	}
	return true, ""
}

// refusesFetch is the error for an attachment whose content cannot be had.
func refusesFetch(a Attachment) error {
	if ok, why := a.Fetchable(); !ok {
		return fmt.Errorf("fetch %s: %w", fileWords(a), &NotOfferedError{Service: "emailgistics", Offer: OfferBody, Why: why})
	}
	return nil
}
