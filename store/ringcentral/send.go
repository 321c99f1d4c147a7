package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.SendService = (*Mailbox)(nil)

// SendOutgoing implements store.SendService.
func (m *Mailbox) SendOutgoing(ctx context.Context, o store.Outgoing, progress func(done, total int64)) (store.Incoming, error) {
	files, err := openFiles(o)
	if err != nil {
		return store.Incoming{}, err
	}
	defer files.close()
	var got rc.Message
	switch {
	case o.Kind == store.SendPager:
		got, err = m.sendPager(ctx, o)
	case o.Kind == store.SendFax && o.Resend != "":
		got, err = m.client.ForwardFax(ctx, refax(o, m.serviceTime(o.At)))
	case o.Kind == store.SendFax:
		var fax rc.Fax
		if fax, err = newFax(o, files.list, m.serviceTime(o.At)); err == nil {
			fax.Progress = progress
			got, err = m.client.SendFax(ctx, fax)
		}
	case len(o.Files) > 0:
		got, err = m.client.SendMMS(ctx, rc.MMS{SMS: newSMS(o), Files: files.list, Progress: progress})
	default:
		got, err = m.client.SendSMS(ctx, newSMS(o))
	}
	if err != nil {
		return store.Incoming{}, worded(err)
	}
	return incoming(got), nil
}

// serviceTime is a time of this machine's clock by the service's.
func (m *Mailbox) serviceTime(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	ahead, _ := m.client.ClockAhead()
	return t.Add(ahead)
}

func newSMS(o store.Outgoing) rc.SMS {
	s := rc.SMS{From: o.From, Text: o.Text}
	for _, to := range o.To {
		s.To = append(s.To, to.Number)
	}
	return s
}

func newPager(o store.Outgoing) rc.Pager {
	p := rc.Pager{Text: o.Text, ReplyOn: rc.ID(o.ReplyOn)}
	for _, to := range o.To {
		p.To = append(p.To, rc.Extended{Number: to.Extension})
	}
	return p
}

// sendPager answers within a conversation as long as that can be answered; refused, it
// begins a new one.
func (m *Mailbox) sendPager(ctx context.Context, o store.Outgoing) (rc.Message, error) {
	p := newPager(o)
	got, err := m.client.SendPager(ctx, p)
	var e *api.Error
	if p.ReplyOn != "" && errors.As(err, &e) && !e.Unknown && len(p.To) > 0 && (e.Has("MSG-325", "MSG-326") || api.IsNotFound(err)) {
		p.ReplyOn = ""
		return m.client.SendPager(ctx, p)
	}
	return got, err
}

func faxTo(o store.Outgoing) []rc.FaxTo {
	var to []rc.FaxTo
	for _, r := range o.To {
		to = append(to, rc.FaxTo{Number: r.Number, Name: r.Name})
	}
	return to
}

func refax(o store.Outgoing, at time.Time) rc.Refax {
	return rc.Refax{Original: rc.ID(o.Resend), To: faxTo(o), SendTime: at}
}

func newFax(o store.Outgoing, files []rc.Enclosure, at time.Time) (rc.Fax, error) {
	f := rc.Fax{To: faxTo(o), Files: files, SendTime: at, CoverText: o.Text, Resolution: "Low"}
	if o.Fine {
		f.Resolution = "High"
	}
	switch o.Cover {
	case "":
	case store.CoverNone:
		f.Cover = new(int)
	default:
		n, err := strconv.Atoi(o.Cover)
		if err != nil || n < 0 {
			return f, fmt.Errorf("there is no cover page %q", o.Cover)
		}
		f.Cover = &n
	}
	return f, nil
}

// sentFiles are files that are open as long as they are sent.
type sentFiles struct {
	list []rc.Enclosure
	open []io.Closer
}

func (f *sentFiles) close() {
	for _, c := range f.open {
		_ = c.Close() // was only read
	}
}

// openFiles opens the copies of what is sent. Their names and types become such as the
// service takes.
func openFiles(o store.Outgoing) (f *sentFiles, err error) {
	f = &sentFiles{}
	for _, file := range o.Files {
		r, err := os.Open(file.Path)
		if err != nil {
			f.close()
			return nil, fmt.Errorf("the copy of %s is gone: attach it anew", file.Name)
		}
		f.open = append(f.open, r)
		f.list = append(f.list, enclosure(o.Kind, file, r))
	}
	return f, nil
}

func enclosure(kind store.SendKind, file store.OutFile, body io.Reader) rc.Enclosure {
	e := rc.Enclosure{Name: file.Name, Size: file.Size, Body: body, ContentType: file.Type}
	if kind == store.SendFax {
		e.Name = rc.FaxFileName(file.Name)
		if !strings.Contains(e.Name, ".") && e.ContentType == "application/octet-stream" {
			e.ContentType = "" // a name without an ending tells nothing, and neither does this
		}
		return e
	}
	if t := rc.MMSType(file.Name); t != "" {
		e.ContentType = t
	}
	return e
}

// refusedError is why the service refused, in words for a person.
type refusedError struct {
	words string
	err   error
}

func (e *refusedError) Error() string { return e.words }
func (e *refusedError) Unwrap() error { return e.err }

// worded puts a refusal into words; other errors stay as they are.
func worded(err error) error {
	if words, ok := rc.Refusal(err); ok {
		return &refusedError{words, err}
	}
	return err
}

// CancelSent implements store.SendService. It deletes only what still waits: deleted
// later, a fax goes out all the same and is only hidden.
func (m *Mailbox) CancelSent(ctx context.Context, remote string, late bool) error {
	rs, err := m.client.Messages(ctx, ids([]string{remote}))
	if err != nil {
		return err
	}
	for _, r := range rs {
		switch {
		case api.IsNotFound(r.Err):
			return nil
		case r.Err != nil:
			return r.Err
		case r.Message.Tombstone():
			return nil
		case !strings.EqualFold(r.Message.MessageStatus, "Queued"):
			return store.ErrTooLate
		}
		if av, _ := availability(r.Message.Availability); av != store.Alive {
			return nil // deleted already
		}
	}
	if late {
		return store.ErrTooLate
	}
	out, err := m.Delete(ctx, []string{remote})
	if err != nil {
		return err
	}
	for _, o := range out {
		if o.Err != nil && !o.Gone {
			return o.Err
		}
	}
	return nil
}

// OwnNumbers implements store.SendService. Numbers that are not in use yet are left out.
func (m *Mailbox) OwnNumbers(ctx context.Context) ([]store.Sender, error) {
	list, broken, err := m.client.PhoneNumbers(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range broken {
		m.log.Warn("a phone number could not be read and is left out", "id", string(b.ID), "err", b.Err)
	}
	out := []store.Sender{}
	for _, n := range list {
		if !n.Ready() || n.PhoneNumber == "" {
			continue
		}
		out = append(out, store.Sender{
			Number: n.PhoneNumber, Label: n.Label, Kind: numberKind(n), Primary: n.Primary,
			Text: n.Can(rc.FeatureSMS), MMS: n.Can(rc.FeatureMMS), Abroad: n.Can(rc.FeatureInternationalSMS),
			Fax: strings.Contains(n.Type, "Fax"), Call: n.Can(rc.FeatureCallerID),
		})
	}
	return out, nil
}

// numberKind is what a number is, for people: "direct number", "toll-free number".
func numberKind(n rc.UserNumber) string {
	kind := map[string]string{
		"DirectNumber": "direct number", "MainCompanyNumber": "main company number", "CompanyNumber": "company number",
		"CompanyFaxNumber": "company fax number", "AdditionalCompanyNumber": "company number", "ForwardedNumber": "forwarded number",
		"ForwardedCompanyNumber": "forwarded company number",
	}[n.UsageType]
	if kind == "" {
		kind = "number"
	}
	switch {
	case n.Type == "FaxOnly":
		return strings.Replace(strings.Replace(kind, "fax number", "number", 1), "number", "fax number", 1)
	case n.PaymentType == "TollFree":
		return "toll-free " + kind
	}
	return kind
}

// CoverPages implements store.SendService.
func (m *Mailbox) CoverPages(ctx context.Context) ([]store.Cover, error) {
	list, _, err := m.client.FaxCovers(ctx)
	if err != nil {
		return nil, err
	}
	out := []store.Cover{}
	for _, c := range list {
		id := string(c.ID)
		if id == "0" {
			id = store.CoverNone
		}
		out = append(out, store.Cover{ID: id, Name: c.Name})
	}
	return out, nil
}
