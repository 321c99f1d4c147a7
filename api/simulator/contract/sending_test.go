package contract_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"switchboard/api/ringcentral"
	"switchboard/api/simulator/contract"
)

func enclosed(name, content string) ringcentral.Enclosure {
	return ringcentral.Enclosure{Name: name, Size: int64(len(content)), Body: strings.NewReader(content)}
}

// seen fails for operations that were never checked.
func seen(t *testing.T, check *contract.Checker, ops ...string) {
	t.Helper()
	for _, op := range ops {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
}

// TestSendingConforms sends one of each kind, in each form, and reads them back.
func TestSendingConforms(t *testing.T) {
	c, auth, s, check := realClient(t)
	ctx := t.Context()
	if _, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT); err != nil {
		t.Fatal(err)
	}
	covers, _, err := c.FaxCovers(ctx)
	if err != nil || len(covers) != 14 {
		t.Errorf("%d cover pages, %v", len(covers), err)
	}
	cover := 7
	var ids []ringcentral.ID
	made := func(name string, m ringcentral.Message, err error) {
		t.Helper()
		if err != nil || m.ID == "" || m.Direction != "Outbound" {
			t.Fatalf("%s: %+v, %v", name, m, err)
		}
		ids = append(ids, m.ID)
	}
	text := ringcentral.SMS{From: "+16505550100", To: []string{"+14155550123"}, Text: "Your glasses are ready."}
	m, err := c.SendSMS(ctx, text)
	made("sms", m, err)
	text.To, text.CountryISO = []string{"+14155550123", "(415) 555-0124"}, "US"
	m, err = c.SendMMS(ctx, ringcentral.MMS{SMS: text, Files: []ringcentral.Enclosure{enclosed("map.png", "not really"), enclosed("card.vcf", "BEGIN:VCARD")}})
	made("group mms", m, err)
	m, err = c.SendPager(ctx, ringcentral.Pager{From: ringcentral.Extended{Number: "101"}, To: []ringcentral.Extended{{Number: "104"}}, Text: "Call back, please"})
	made("pager", m, err)
	m, err = c.SendPager(ctx, ringcentral.Pager{ReplyOn: m.ID, Text: "And today"})
	made("pager reply", m, err)
	fax := ringcentral.Fax{
		To:    []ringcentral.FaxTo{{Number: "+14155550123", Name: "Records"}, {Number: "+14155550100"}},
		Files: []ringcentral.Enclosure{enclosed("note.txt", "Please see attached"), enclosed("scan.pdf", "%PDF-1.4 /Type /Page ")},
		Cover: &cover, CoverText: "For your files", Resolution: "Low", CountryISO: "US", SendTime: time.Now().Add(time.Hour),
	}
	m, err = c.SendFax(ctx, fax)
	made("fax", m, err)
	list, err := c.ListMessages(ctx, ringcentral.ListQuery{Types: []string{"Fax"}, Direction: []string{"Inbound"}, PerPage: 1})
	if err != nil || len(list.Records) == 0 {
		t.Fatal(list, err)
	}
	m, err = c.ForwardFax(ctx, ringcentral.Refax{Original: list.Records[0].ID, To: []ringcentral.FaxTo{{Number: "+14155550125", Name: "Ward 3"}}, SendTime: time.Now().Add(time.Hour)})
	made("forwarded fax", m, err)
	if got, err := c.Messages(ctx, ids); err != nil || len(got) != len(ids) {
		t.Errorf("read back: %d, %v", len(got), err)
	}
	if _, err := c.Sync(ctx, ringcentral.SyncQuery{Type: "FSync", RecordCount: 50}); err != nil {
		t.Error(err)
	}
	if _, err := c.Delete(ctx, ids[len(ids)-1:], false); err != nil {
		t.Errorf("cancel: %v", err)
	}
	if n := len(s.Sent()); n != 6 {
		t.Errorf("%d were sent", n)
	}
	seen(t, check, "createSMSMessage", "createMMS", "createInternalTextMessage", "createFaxMessage", "listFaxCoverPages")
}

// TestFaxFormsConform sends a fax and an SMS as the forms that the document and
// the guide show besides the one that the program uses.
func TestFaxFormsConform(t *testing.T) {
	c, s, check := newCaller(t)
	const boundary = "xXx"
	part := func(name, kind, content string) string {
		head := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\""
		if name == "attachment" {
			head += "; filename=\"page.txt\""
		}
		return head + "\r\nContent-Type: " + kind + "\r\n\r\n" + content + "\r\n"
	}
	body := part("to", "application/json", `{"phoneNumber":"+14155550123","name":"A"}`) + part("to", "application/json", `{"phoneNumber":"+14155550124"}`) +
		part("faxResolution", "text/plain", "High") + part("coverIndex", "text/plain", "0") + part("attachment", "application/octet-stream", "page one") +
		"--" + boundary + "--\r\n"
	if status, b := c.do("POST", ext+"/fax", body, "Content-Type: multipart/form-data; boundary="+boundary); status != 200 {
		t.Errorf("form: %d %s", status, b)
	}
	if got := s.Sent(); len(got) != 1 || len(got[0].To) != 2 || len(got[0].Files) != 1 {
		t.Errorf("%+v", got)
	}
	if check.Seen("createFaxMessage") == 0 {
		t.Error("never checked")
	}
}

// TestRefusalsConform: what is refused has the documented envelope.
func TestRefusalsConform(t *testing.T) {
	c, _, _ := newCaller(t)
	for body, want := range map[string]int{
		`{"from":{"phoneNumber":"+16505550109"},"to":[{"phoneNumber":"+14155550123"}],"text":"x"}`: 403,
		`{"from":{"phoneNumber":"+19995550109"},"to":[{"phoneNumber":"+14155550123"}],"text":"x"}`: 400,
	} {
		if status, b := c.do("POST", ext+"/sms", body, "Content-Type: application/json"); status != want || !bytes.Contains(b, []byte("MSG-")) {
			t.Errorf("%s: %d %s", body, status, b)
		}
	}
	if status, _ := c.do("POST", ext+"/fax", `{"originalMessageId":"5"}`, "Content-Type: application/json"); status != 404 {
		t.Errorf("unknown original: %d", status)
	}
}

// TestDeskConforms makes every call about numbers, blocking, rules, hours and
// greetings.
func TestDeskConforms(t *testing.T) {
	c, auth, s, check := realClient(t)
	ctx := t.Context()
	if _, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT); err != nil {
		t.Fatal(err)
	}
	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := c.PhoneNumbers(ctx)
	must("numbers", err)
	_, err = c.ParseNumbers(ctx, []string{"(415) 555-0123", "911", "104", "+44 20 7946 0000", "28777", "18005550199", "what?"})
	must("parse", err)
	_, err = c.UserPermissions(ctx)
	must("permissions", err)
	_, err = c.HasPermission(ctx, "OutboundSMS", "")
	must("has", err)
	_, err = c.HasPermission(ctx, "Nonsense", "")
	must("has not", err)
	_, err = c.ServiceVersions(ctx)
	must("versions", err)
	must("status", c.ServiceStatus(ctx))
	blocking, err := c.CallerBlocking(ctx)
	must("blocking", err)
	_, err = c.SetCallerBlocking(ctx, blocking)
	must("set blocking", err)
	for _, status := range []string{"", ringcentral.NumberBlocked, ringcentral.NumberAllowed} {
		_, _, err = c.BlockedNumbers(ctx, status)
		must("blocked "+status, err)
	}
	n, err := c.BlockNumber(ctx, ringcentral.BlockedNumber{PhoneNumber: "+13035550123", Label: "Robot"})
	must("block", err)
	n.Status = ringcentral.NumberAllowed
	_, err = c.UpdateBlockedNumber(ctx, n)
	must("allow", err)
	_, err = c.BlockedNumber(ctx, n.ID)
	must("blocked one", err)
	must("unblock", c.UnblockNumber(ctx, n.ID))
	_, _, err = c.ForwardingNumbers(ctx)
	must("forwarding", err)
	f, err := c.AddForwardingNumber(ctx, ringcentral.ForwardingNumber{PhoneNumber: "+16505550133", Label: "Cabin", FlipNumber: "4"})
	must("add forwarding", err)
	f.Label, f.Type = "Boat", "Home"
	_, err = c.UpdateForwardingNumber(ctx, f)
	must("update forwarding", err)
	_, err = c.ForwardingNumber(ctx, f.ID)
	must("forwarding one", err)
	must("delete forwarding", c.DeleteForwardingNumber(ctx, f.ID))
	rulesConform(t, c)
	hours, err := c.BusinessHours(ctx)
	must("hours", err)
	_, err = c.SetBusinessHours(ctx, hours)
	must("set hours", err)
	hours, err = c.CompanyHours(ctx)
	must("company hours", err)
	_, err = c.SetCompanyHours(ctx, hours)
	must("set company hours", err)
	_, err = c.MessageStoreConfiguration(ctx)
	must("retention", err)
	greetings, _, err := c.StandardGreetings(ctx, "")
	must("greetings", err)
	_, err = c.StandardGreeting(ctx, greetings[0].ID)
	must("greeting", err)
	_, err = c.AddGreeting(ctx, ringcentral.NewGreeting{Type: "Voicemail", Rule: "business-hours-rule", File: enclosed("hi.mp3", "ID3")})
	must("add greeting", err)
	_, err = c.AddCompanyGreeting(ctx, ringcentral.NewGreeting{Type: "Company", File: enclosed("hi.wav", "RIFF")})
	must("add company greeting", err)
	seen(t, check, "listExtensionPhoneNumbers", "parsePhoneNumberV2", "readAuthorizationProfile", "checkUserPermission", "readAPIVersions",
		"readCallerBlockingSettings", "updateCallerBlockingSettings", "listBlockedAllowedNumbers", "createBlockedAllowedNumber",
		"readBlockedAllowedNumber", "updateBlockedAllowedNumber", "deleteBlockedAllowedNumber", "listForwardingNumbers", "createForwardingNumber",
		"readForwardingNumber", "updateForwardingNumber", "deleteForwardingNumber", "readUserBusinessHours", "updateUserBusinessHours",
		"readCompanyBusinessHours", "updateCompanyBusinessHours", "readMessageStoreConfiguration", "listStandardGreetings", "readStandardGreeting", "createCustomUserGreeting",
		"createCompanyGreeting", "listAnsweringRules", "createAnsweringRule", "readAnsweringRule", "updateAnsweringRule", "deleteAnsweringRule",
		"listCompanyAnsweringRules", "createCompanyAnsweringRule", "readCompanyAnsweringRule", "updateCompanyAnsweringRule", "deleteCompanyAnsweringRule")
}

func rulesConform(t *testing.T, c *ringcentral.Client) {
	t.Helper()
	ctx := t.Context()
	for _, rules := range []ringcentral.Rules{c.AnsweringRules(), c.CompanyRules()} {
		list, broken, err := rules.List(ctx)
		if err != nil || len(broken) > 0 || len(list) != 2 {
			t.Fatalf("rules: %+v %v %v", list, broken, err)
		}
		on := true
		action := "TakeMessagesOnly"
		if rules == c.CompanyRules() {
			action = "Disconnect"
		}
		made, err := rules.Create(ctx, ringcentral.AnsweringRule{Name: "Robots", Enabled: &on, Action: action, Callers: []ringcentral.RuleCaller{{CallerID: "+13035550177", Name: "R"}}})
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		made.Name = "Machines"
		if now, err := rules.Update(ctx, made); err != nil || now.Name != "Machines" {
			t.Errorf("update: %+v, %v", now, err)
		}
		for _, id := range []ringcentral.ID{made.ID, "business-hours-rule"} {
			if _, err := rules.Read(ctx, id); err != nil {
				t.Errorf("read %s: %v", id, err)
			}
		}
		if err := rules.Delete(ctx, made.ID); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
}

// TestRootReports shows that the check of a multipart body fails for what does
// not conform.
func TestRootReports(t *testing.T) {
	contract.New(t) // skips
	const sms, head = ext + "/mms", "--b\r\nContent-Type: application/json\r\n\r\n"
	const picture = "\r\n--b\r\nContent-Disposition: attachment; filename=\"a.png\"\r\n\r\nx"
	const fine = `{"from":{"phoneNumber":"+16505550100"},"to":[{"phoneNumber":"+14155550123"}]}`
	for name, tc := range map[string]struct{ body, want string }{
		"fine":         {head + fine + picture, ""},
		"no file":      {head + fine, "no file"},
		"not JSON":     {"--b\r\nContent-Type: text/plain\r\n\r\nx", "not JSON"},
		"missing":      {head + `{"from":{"phoneNumber":"+16505550100"}}` + picture, `"to" is missing`},
		"unknown":      {head + strings.Replace(fine, `"to"`, `"sender":"me","to"`, 1) + picture, `"sender" is not in the document`},
		"wrong type":   {head + strings.Replace(fine, `[{"phoneNumber":"+14155550123"}]`, `"+14155550123"`, 1) + picture, `member "to"`},
		"without from": {head + strings.Replace(fine, `{"phoneNumber":"+16505550100"}`, `{}`, 1) + picture, `member "from"`},
	} {
		f := &failures{TB: t}
		h := contract.New(f).Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{}`)
		}))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, sms, strings.NewReader(tc.body+"\r\n--b--\r\n"))
		r.Header.Set("Content-Type", "multipart/mixed; boundary=b")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if all := strings.Join(f.list, "\n"); (tc.want == "") != (all == "") || !strings.Contains(all, tc.want) {
			t.Errorf("%s: reported %q, want %q in it", name, all, tc.want)
		}
	}
}
