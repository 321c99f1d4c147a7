package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

func TestOffers(t *testing.T) {
	all := []Offer{
		OfferRead, OfferDelete, OfferRestore, OfferTrash, OfferReply, OfferForward, OfferText, OfferFax, OfferCall, OfferCalls, OfferPost, OfferEdit,
		OfferTeam, OfferChats, OfferBody, OfferStatus, OfferPeople, OfferPresent, OfferLive, OfferSearch,
	}
	for service, no := range map[string]string{
		"ringcentral":  "status search",
		"symphony":     "delete restore trash forward text fax call calls edit team status people",
		"emailgistics": "delete restore trash reply forward text fax call calls post edit team chats body status people presence live search",
		"other":        "",
	} {
		var got []string
		for _, o := range all {
			ok, why := OfferedBy(service, o)
			if !ok {
				got = append(got, string(o))
			}
			if ok != (why == "") || strings.HasSuffix(why, ".") {
				t.Errorf("%s %s: %v, %q", service, o, ok, why)
			}
		}
		if strings.Join(got, " ") != no {
			t.Errorf("%s does not offer %s, want %s", service, strings.Join(got, " "), no)
		}
	}
}

// What a service does not offer is refused in words before anything is recorded, also among
// items of services that do offer it; what is kept here works for all.
func TestActRefusesWhatIsNotOffered(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, t.TempDir())
	a, m := addAccount(t, s), mailAccount(t, s)
	at := testNow.Add(time.Minute)
	takeMail(t, s, m, email("m1", at))
	takeMail(t, s, a, Incoming{Remote: "7", Kind: Voicemail, Direction: Inbound, Time: at, From: Party{Number: "+15550100"}})
	mail, voice := mailItem(t, s, "mail:m1"), mailItem(t, s, "7")
	for _, ids := range [][]ID{{mail.ID}, {voice.ID, mail.ID}} {
		_, err := s.Act(ctx, Change{Verb: VerbDelete, Items: ids})
		var no *NotOfferedError
		if !errors.As(err, &no) || no.Offer != OfferDelete || !strings.Contains(err.Error(), "Emailgistics does not offer deleting a message; mark it done instead") {
			t.Errorf("%v", err)
		}
	}
	if ops, err := s.Ops(ctx, 10); err != nil || len(ops) != 0 {
		t.Errorf("recorded: %+v, %v", ops, err)
	}
	for _, v := range []Verb{VerbDone, VerbRead, VerbSnooze, VerbClaim, VerbLabel, VerbHold} {
		c := Change{Verb: v, Items: []ID{mail.ID}, Text: map[Verb]string{VerbSnooze: "2026-11-23T09:00:00Z", VerbLabel: "billing"}[v]}
		if _, err := s.Act(ctx, c); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
	if ok, why := s.Offered(m.ID, OfferReply); ok || why == "" {
		t.Errorf("an answer is offered: %q", why)
	}
	if ok, _ := s.Offered(a.ID, OfferReply); !ok {
		t.Error("an answer is not offered")
	}
	if ok, _ := s.Offered(999, OfferReply); !ok || s.ServiceName(999) != "" {
		t.Error("an account that is not there")
	}
}

// A file that cannot be had is refused before the service is asked.
func TestNotAllAttachmentsCanBeHad(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	d := &fetchDesk{mailDesk: newMailDesk()}
	s.Attach(d)
	takeMail(t, s, a, email("m1", testNow))
	it := mailItem(t, s, "mail:m1")
	files := []Attachment{
		{Remote: "1", Kind: MailItem, Name: "Fwd: hello"}, {Remote: "2", Kind: MailReference, Name: "plan.docx"}, {Remote: "3", Kind: MailFile, Name: "a.pdf"},
	}
	if err := s.keepDetail(t.Context(), bareItem{id: it.ID}, Incoming{Attachments: files}); err != nil {
		t.Fatal(err)
	}
	for i, f := range mailItem(t, s, "mail:m1").Attachments {
		ok, why := f.Fetchable()
		_, err := s.FetchNow(t.Context(), f, nil)
		if ok != (i == 2) || !ok && (err == nil || !strings.Contains(err.Error(), why)) || d.fetched > 0 != ok {
			t.Errorf("%s: %v %q, %v, asked %d times", f.Name, ok, why, err, d.fetched)
		}
	}
}

type fetchDesk struct {
	*mailDesk
	fetched int
}

func (d *fetchDesk) Fetch(context.Context, Attachment, api.Sink, string, func(string, int64) error, func(done, total int64)) (api.Downloaded, error) {
	d.fetched++
	return api.Downloaded{}, notFound
}

// A call goes out by the first telephone there is, whichever account was signed in first.
func TestCallsGoByTelephone(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, t.TempDir())
	m := mailAccount(t, s)
	s.Attach(newMailDesk())
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	takeMail(t, s, m, email("m1", testNow))
	mail := mailItem(t, s, "mail:m1").ID
	var no *NotOfferedError
	if _, err := s.Act(ctx, Change{Verb: VerbCall, Items: []ID{mail}, Text: "+15125550100"}); !errors.As(err, &no) || no.Offer != OfferCall {
		t.Errorf("without a telephone: %v", err)
	}
	a := addAccount(t, s)
	s.Attach(newBox(a.Key))
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	op, err := s.Act(ctx, Change{Verb: VerbCall, Items: []ID{mail}, Text: "+15125550100"})
	if err != nil {
		t.Fatal(err)
	}
	var account int64
	if err := s.r.QueryRow(`SELECT account FROM op_items WHERE op = ?`, op.ID).Scan(&account); err != nil || account != a.ID {
		t.Errorf("account %d calls, want %d: %v", account, a.ID, err)
	}
}
