package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// outgoing is what the tests look at of a message that was sent.
type outgoing struct {
	ID     int64  `json:"id"`
	Type   string `json:"type"`
	Status string `json:"messageStatus"`
	Code   string `json:"deliveryErrorCode"`
	Pages  int    `json:"faxPageCount"`
	Avail  string `json:"availability"`
	Thread int64  `json:"conversationId"`
	Group  bool   `json:"pgToDepartment"`
	Cover  int    `json:"coverIndex"`
	To     []struct {
		Number string `json:"phoneNumber"`
		Status string `json:"messageStatus"`
		Fault  string `json:"faxErrorCode"`
		Name   string `json:"name"`
	} `json:"to"`
	Attachments []struct {
		URI         string `json:"uri"`
		Type        string `json:"type"`
		ContentType string `json:"contentType"`
	} `json:"attachments"`
	Delivered time.Time `json:"smsDeliveryTime"`
}

func (p *person) out(to, body string, headers ...string) outgoing {
	p.t.Helper()
	a := p.do("POST", ext+to, body, headers...)
	if a.status != 200 {
		p.t.Fatalf("%s: %d %s", to, a.status, a.body)
	}
	return decode[outgoing](p.t, a)
}

func (p *person) again(id int64) outgoing {
	p.t.Helper()
	a := p.get(fmt.Sprint(ext, "/message-store/", id))
	if a.status != 200 {
		p.t.Fatalf("message %d: %d %s", id, a.status, a.body)
	}
	return decode[outgoing](p.t, a)
}

func smsTo(numbers ...string) string {
	var to []string
	for _, n := range numbers {
		to = append(to, `{"phoneNumber":"`+n+`"}`)
	}
	return `{"from":{"phoneNumber":"+16505550100"},"to":[` + strings.Join(to, ",") + `],"text":"Your glasses are ready."}`
}

// mixed is a multipart/mixed body of JSON and files, given as name and content.
func mixed(root string, files ...string) (body, header string) {
	var b strings.Builder
	b.WriteString("--b\r\nContent-Type: application/json\r\n\r\n" + root + "\r\n")
	for i := 0; i < len(files); i += 2 {
		b.WriteString("--b\r\nContent-Disposition: attachment; filename=\"" + files[i] + "\"\r\n\r\n" + files[i+1] + "\r\n")
	}
	return b.String() + "--b--\r\n", "Content-Type: multipart/mixed; boundary=b"
}

func TestSMSGoesItsWay(t *testing.T) {
	p := start(t, Config{Messages: 50})
	token := p.sync("syncType=FSync").Info.Token
	m := p.out("/sms", smsTo("+14155550123"))
	if m.Type != "SMS" || m.Status != "Queued" || m.Thread == 0 {
		t.Errorf("%+v", m)
	}
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{smsSent, "Sent"}, {smsDelivered - smsSent, "Delivered"}} {
		p.clock.Add(step.wait)
		got := p.sync("syncType=ISync&syncToken=" + token)
		if i := slices.IndexFunc(got.Records, func(r wireMessage) bool { return r.ID == m.ID }); i < 0 {
			t.Fatalf("%s: the sync does not tell", step.want)
		}
		token = got.Info.Token
		if now := p.again(m.ID); now.Status != step.want || now.To[0].Status != step.want || (step.want == "Delivered") == now.Delivered.IsZero() {
			t.Errorf("%+v, want %s", now, step.want)
		}
	}
	if a := p.get(p.again(m.ID).Attachments[0].URI); a.status != 200 || string(a.body) != "Your glasses are ready." {
		t.Errorf("text: %d %s", a.status, a.body)
	}
	// Answers of that number are in the same thread.
	if again := p.out("/sms", smsTo("(415) 555-0123")); again.Thread != m.Thread || again.ID == m.ID {
		t.Errorf("thread %d, then %d", m.Thread, again.Thread)
	}
	if got := p.s.Sent(); len(got) != 2 || got[0].ID != m.ID || got[0].Text != "Your glasses are ready." {
		t.Errorf("%+v", got)
	}
	if s := p.s.Snapshot(); s.Sent != 2 || s.Arrived != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSendsEndAsOrdered(t *testing.T) {
	p := start(t, Config{})
	order := func(body string) {
		t.Helper()
		if a := p.control("/next-send", body); a.status != 200 {
			t.Fatalf("%s: %d %s", body, a.status, a.body)
		}
	}
	order(`{"kind":"SMS","status":"DeliveryFailed","code":"SMS-CAR-413","skip":1}`)
	order(`{"kind":"Fax","code":"NoFaxMachine","to":"+14155550124","after":2}`)
	first, second := p.out("/sms", smsTo("+14155550123")), p.out("/sms", smsTo("+14155550123"))
	byNumber := p.out("/sms", smsTo("+14155550110"))
	body, header := mixed(`{"to":[{"phoneNumber":"+14155550123","name":"A"},{"phoneNumber":"+14155550124"}],"coverIndex":7}`, "a.txt", "hello")
	fax := p.out("/fax", body, header)
	if fax.Status != "Queued" || fax.Pages != 0 || len(fax.To) != 2 || fax.To[0].Name != "A" || fax.Cover != 7 {
		t.Errorf("%+v", fax)
	}
	p.clock.Add(time.Minute)
	if got := p.again(first.ID); got.Status != "Delivered" {
		t.Errorf("%+v", got)
	}
	if got := p.again(second.ID); got.Status != "DeliveryFailed" || got.Code != "SMS-CAR-413" {
		t.Errorf("%+v", got)
	}
	if got := p.again(byNumber.ID); got.Code != "SMS-UP-410" {
		t.Errorf("%+v", got)
	}
	got := p.again(fax.ID)
	if got.Status != "SendingFailed" || got.Pages != 0 || got.To[0].Status != "Sent" || got.To[1].Fault != "NoFaxMachine" {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{`{"kind":"Letter"}`, `{"status":"Lost"}`, `{"lost":"reset"}`, `{"kind":"Fax","lost":"hang"}`} {
		if a := p.control("/next-send", bad); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestAnswersGetLost: what was accepted stays accepted whatever becomes of the
// answer, and what was cut before was not.
func TestAnswersGetLost(t *testing.T) {
	p := start(t, Config{HangFor: 10 * time.Millisecond})
	for i, tc := range []struct {
		fault  string
		status int
		count  int
	}{{"reset", 200, 1}, {lateError, 500, 1}, {lateHang, 0, 1}, {dropFault, 0, 0}, {halfFault, 0, 0}, {"500", 500, 0}} {
		if err := p.s.FailNext("createSMSMessage", tc.fault, 0, 1); err != nil {
			t.Fatal(err)
		}
		before := len(p.s.Sent())
		a := p.do("POST", ext+"/sms", smsTo(fmt.Sprintf("+141555501%02d", 20+i)))
		if a.status != tc.status || (a.status != 500 && a.err == nil) || len(p.s.Sent())-before != tc.count {
			t.Errorf("%s: status %d, %v, %d sent", tc.fault, a.status, a.err, len(p.s.Sent())-before)
		}
	}
	if a := p.control("/next-send", `{"kind":"SMS","lost":"reset","status":"Sent"}`); a.status != 200 {
		t.Fatalf("%s", a.body)
	}
	if a := p.do("POST", ext+"/sms", smsTo("+14155550123")); a.err == nil {
		t.Errorf("answered %s", a.body)
	}
	p.clock.Add(time.Hour)
	if got := p.s.Sent(); got[len(got)-1].Status != "Sent" {
		t.Errorf("%+v", got[len(got)-1])
	}
}

func TestScheduledFaxes(t *testing.T) {
	p := start(t, Config{})
	at := p.clock.Now().Add(time.Hour).Format(time.RFC3339)
	body, header := mixed(`{"to":[{"phoneNumber":"+14155550123"}],"sendTime":"`+at+`"}`, "a.pdf", "%PDF-1.4 /Type /Page /Type/Page /Type /Pages")
	sent, canceled, late := p.out("/fax", body, header), p.out("/fax", body, header), p.out("/fax", body, header)
	p.clock.Add(59 * time.Minute)
	if got := p.again(sent.ID); got.Status != "Queued" {
		t.Errorf("%+v", got)
	}
	remove := func(id int64) {
		t.Helper()
		if a := p.do("DELETE", fmt.Sprint(ext, "/message-store/", id), ""); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	remove(canceled.ID)
	if got := p.s.Sent(); !got[1].Canceled || got[0].Canceled {
		t.Errorf("%+v", got)
	}
	p.clock.Add(2 * time.Minute)
	p.token = p.signIn().AccessToken
	remove(late.ID) // on its way already
	p.clock.Add(time.Minute)
	for i, want := range []struct {
		status   string
		canceled bool
	}{{"Sent", false}, {"Queued", true}, {"Sent", false}} {
		if got := p.s.Sent()[i]; got.Status != want.status || got.Canceled != want.canceled {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if got := p.again(sent.ID); got.Pages != 2 || got.Avail != "Alive" {
		t.Errorf("%+v", got)
	}
	if a := p.get(p.again(sent.ID).Attachments[0].URI); a.status != 200 || !strings.HasPrefix(string(a.body), "%PDF-1.4 /Type") {
		t.Errorf("document: %d %s", a.status, a.body)
	}
}

func TestForwardedFaxes(t *testing.T) {
	p := start(t, Config{Messages: 200})
	var old int64
	for _, m := range p.list(since2000 + "&perPage=1000&messageType=Fax&direction=Inbound").Records {
		old = m.ID
	}
	inbound := p.again(old)
	if a := p.do("POST", ext+"/fax", fmt.Sprintf(`{"originalMessageId":"%d"}`, old)); a.code() != "CMN-101" {
		t.Errorf("an inbound one without recipients: %d %s", a.status, a.body)
	}
	m := p.out("/fax", fmt.Sprintf(`{"originalMessageId":"%d","to":[{"phoneNumber":"+14155550123"}]}`, old))
	if a := p.do("POST", ext+"/fax", fmt.Sprintf(`{"originalMessageId":"%d"}`, m.ID)); a.status != 406 || a.code() != "MSG-343" {
		t.Errorf("one under way: %d %s", a.status, a.body)
	}
	p.clock.Add(time.Minute)
	if got := p.again(m.ID); got.Status != "Sent" || got.Pages != inbound.Pages || got.Attachments[0].ContentType != inbound.Attachments[0].ContentType {
		t.Errorf("%+v of %+v", got, inbound)
	}
	a, b := p.get(inbound.Attachments[0].URI), p.get(p.again(m.ID).Attachments[0].URI)
	if len(a.body) == 0 || string(a.body) != string(b.body) {
		t.Errorf("content: %d bytes and %d", len(a.body), len(b.body))
	}
	again := p.out("/fax", fmt.Sprintf(`{"originalMessageId":%d}`, m.ID))
	if len(again.To) != 1 || again.To[0].Number != "+14155550123" {
		t.Errorf("%+v", again)
	}
	if a := p.do("POST", ext+"/fax", `{"originalMessageId":"77"}`); a.status != 404 {
		t.Errorf("unknown: %d", a.status)
	}
}

// TestOldRingOut: the older spelling places the same calls.
func TestOldRingOut(t *testing.T) {
	p := start(t, Config{})
	a := p.do("POST", ext+"/ringout", `{"from":{"phoneNumber":"+16505550131"},"to":{"phoneNumber":"+14155550123"}}`)
	var call struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(a.body, &call); err != nil || a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := p.get(ext + "/ring-out/" + call.ID); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := p.do("DELETE", ext+"/ringout/"+call.ID, ""); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestPageCounter(t *testing.T) {
	text := strings.Repeat("x /Type /Page\n/Type/Page>> /Type /Pages /Type/Pages /Type /Font ", 50) + "/Type /Page "
	for _, piece := range []int{1, 3, 7, 64, len(text)} {
		var c pageCounter
		for b := []byte(text); len(b) > 0; {
			k := min(piece, len(b))
			_, _ = c.Write(b[:k])
			b = b[k:]
		}
		if n := c.total(); n != 101 {
			t.Errorf("in pieces of %d: %d pages", piece, n)
		}
	}
}
