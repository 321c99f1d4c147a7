package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
)

// TestPeopleConform makes every call of the call log, the contacts, the
// directory and the presence that the program's client knows.
func TestPeopleConform(t *testing.T) {
	c, auth, s, check := realClient(t)
	ctx := t.Context()
	if _, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT); err != nil {
		t.Fatal(err)
	}
	t.Run("calls", func(t *testing.T) { callsConform(t, c) })
	t.Run("live", func(t *testing.T) {
		id, err := s.Ring(simulatorCall())
		if err != nil {
			t.Fatal(err)
		}
		if p, err := c.Presence(ctx, "", true); err != nil || p.TelephonyStatus != "Ringing" || len(p.ActiveCalls) != 1 {
			t.Errorf("presence while it rings: %+v, %v", p, err)
		}
		if err := s.Answer(id); err != nil {
			t.Error(err)
		}
		for _, company := range []bool{false, true} {
			got, err := c.ActiveCalls(ctx, ringcentral.ActiveQuery{CallScope: ringcentral.CallScope{Company: company}, Detailed: company})
			if err != nil || len(got.Records) != 1 || !got.Records[0].InProgress() {
				t.Errorf("active calls: %+v, %v", got, err)
			}
		}
		if err := s.HangUp(id, ""); err != nil {
			t.Error(err)
		}
	})
	t.Run("contacts", func(t *testing.T) { contactsConform(t, c) })
	t.Run("directory", func(t *testing.T) { directoryConforms(t, c) })
	t.Run("presence", func(t *testing.T) { presenceConforms(t, c) })
	t.Run("queues", func(t *testing.T) { queuesConform(t, c) })
	for _, op := range []string{
		"readUserCallLog", "readCompanyCallLog", "readUserCallRecord", "readCompanyCallRecord", "syncUserCallLog", "syncAccountCallLog",
		"listExtensionActiveCalls", "listCompanyActiveCalls", "readCallRecording", "readCallRecordingContent", "listContacts",
		"createContact", "readContact", "updateContact", "deleteContact", "syncAddressBook", "listFavoriteContacts",
		"updateFavoriteContactList", "listDirectoryEntries", "readDirectoryEntry", "readUserPresenceStatus",
		"updateUserPresenceStatus", "readAccountPresence",
		"readExtensionCallQueuePresence", "updateExtensionCallQueuePresence", "readCallQueuePresence",
	} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
}

func callsConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	for _, scope := range []ringcentral.CallScope{{}, {Company: true}} {
		var all []ringcentral.Call
		q := ringcentral.CallQuery{CallScope: scope, Detailed: true, PerPage: 100}
		for {
			page, err := c.Calls(ctx, q)
			if err != nil || len(page.Broken) > 0 {
				t.Fatalf("%+v: %v", page.Broken, err)
			}
			all = append(all, page.Records...)
			if q.Next = page.Next; q.Next == "" {
				break
			}
		}
		if len(all) < 300 {
			t.Errorf("%d calls", len(all))
		}
		ids := []ringcentral.ID{all[0].ID, all[1].ID, "IV0EA"}
		got, err := c.CallsByID(ctx, scope, ids, true)
		if err != nil || len(got) != 3 || got[0].Call.ID != all[0].ID || got[1].Err != nil || !api.IsNotFound(got[2].Err) {
			t.Errorf("by id: %+v, %v", got, err)
		}
		if got, err = c.CallsByID(ctx, scope, ids[:1], false); err != nil || got[0].Call.ID != ids[0] || got[0].Call.Legs != nil {
			t.Errorf("one by id: %+v, %v", got, err)
		}
		sync, err := c.SyncCalls(ctx, ringcentral.CallSyncQuery{CallScope: scope, Type: ringcentral.FSync, RecordCount: 20, Detailed: true, DateFrom: all[len(all)-1].StartTime.Time})
		if err != nil || len(sync.Records) != 20 {
			t.Fatalf("full sync: %d, %v", len(sync.Records), err)
		}
		if _, err = c.SyncCalls(ctx, ringcentral.CallSyncQuery{CallScope: scope, Type: ringcentral.ISync, Token: sync.SyncInfo.SyncToken, RecordCount: 10, Deleted: true}); err != nil {
			t.Error(err)
		}
		if _, err = c.SyncCalls(ctx, ringcentral.CallSyncQuery{CallScope: scope, Type: ringcentral.ISync, Token: "x"}); !ringcentral.IsExpiredCallToken(err) {
			t.Errorf("bad token: %v", err)
		}
		if scope.Company {
			continue
		}
		recordingConforms(t, c, all)
	}
	list, err := c.Calls(ctx, ringcentral.CallQuery{
		Direction: []string{"Inbound", "Outbound"}, Types: []string{"Voice"}, Transport: []string{"PSTN"}, Recorded: true,
		RecordingType: "Automatic", PhoneNumber: "+16505550100", Deleted: true,
	})
	if err != nil || len(list.Records) == 0 {
		t.Errorf("filtered: %d, %v", len(list.Records), err)
	}
	_, err = c.Calls(ctx, ringcentral.CallQuery{ExtensionNumber: "104", SessionID: "5"})
	var e *api.Error
	if !errors.As(err, &e) || !e.Has("CLG-110") {
		t.Errorf("extension and session: %v", err)
	}
}

func recordingConforms(t *testing.T, c *ringcentral.Client, calls []ringcentral.Call) {
	kinds := map[string]bool{}
	for _, call := range calls {
		if call.Recording == nil || len(kinds) == 2 {
			continue
		}
		info, err := c.Recording(t.Context(), call.Recording.ID)
		if err != nil || info.ContentURI != call.Recording.ContentURI {
			t.Errorf("recording %+v, %v", info, err)
		}
		kinds[info.ContentType] = true
		for _, r := range []ringcentral.CallRecording{*call.Recording, {ID: call.Recording.ID}} {
			d, err := c.RecordingContent(r)
			if err != nil {
				t.Fatal(err)
			}
			into := &sink{}
			d.Sink = into
			got, err := c.Download(t.Context(), d)
			if err != nil || got.Bytes < 1000 || got.ContentType != info.ContentType || got.Validator == "" || int64(into.Buffer.Len()) != got.Bytes {
				t.Errorf("content %+v, %v", got, err)
			}
		}
	}
	if len(kinds) != 2 {
		t.Errorf("kinds %v", kinds)
	}
}

func contactsConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	page, err := c.Contacts(ctx, ringcentral.ContactQuery{PerPage: 25, SortBy: []string{"LastName", "FirstName"}})
	if err != nil || len(page.Records) != 25 || page.Next == "" {
		t.Fatalf("%d contacts, next %q, %v", len(page.Records), page.Next, err)
	}
	if _, err = c.Contacts(ctx, ringcentral.ContactQuery{Next: page.Next}); err != nil {
		t.Error(err)
	}
	if list, err := c.Contacts(ctx, ringcentral.ContactQuery{StartsWith: "pemb", PhoneNumbers: []string{"+14155551234"}}); err != nil || len(list.Records) == 0 {
		t.Errorf("%+v, %v", list, err)
	}
	sync, err := c.SyncContacts(ctx, ringcentral.ContactSyncQuery{Type: ringcentral.FSync, PerPage: 30})
	for err == nil && sync.NextPageID != "" {
		sync, err = c.SyncContacts(ctx, ringcentral.ContactSyncQuery{Type: ringcentral.FSync, PerPage: 30, PageID: sync.NextPageID})
	}
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.CreateContact(ctx, ringcentral.PersonalContact{
		FirstName: "Nora", LastName: "Quint", MobilePhone: "+14155550177", Email: "nora.quint@example.com", Birthday: "1980-02-01T00:00:00.000Z",
		WebPage: "https://example.com", Notes: "two\nlines", HomeAddress: &ringcentral.Address{City: "Pacifica"},
	})
	if err != nil || made.ID == "" || made.HomeAddress == nil || made.HomeAddress.City != "Pacifica" {
		t.Fatalf("%+v, %v", made, err)
	}
	made.Company, made.Notes = "Quint & Co", ""
	if got, err := c.UpdateContact(ctx, made); err != nil || got.Company != "Quint & Co" || got.Notes != "" {
		t.Errorf("%+v, %v", got, err)
	}
	patch := map[string]any{"jobTitle": "Cook", "webPage": nil, "homeAddress": &ringcentral.Address{City: "Daly City"}}
	if got, err := c.PatchContact(ctx, made.ID, patch); err != nil || got.JobTitle != "Cook" || got.WebPage != "" || got.HomeAddress.City != "Daly City" || got.Company != "Quint & Co" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := c.Contact(ctx, made.ID); err != nil || got.Company != "Quint & Co" || got.MobilePhone != made.MobilePhone {
		t.Errorf("%+v, %v", got, err)
	}
	favs, err := c.Favorites(ctx)
	if err != nil || len(favs) == 0 {
		t.Errorf("%+v, %v", favs, err)
	}
	if favs, err = c.SetFavorites(ctx, append(favs, ringcentral.Favorite{ContactID: made.ID})); err != nil || favs[len(favs)-1].ContactID != made.ID || favs[len(favs)-1].ID == "" {
		t.Errorf("%+v, %v", favs, err)
	}
	if err := c.DeleteContact(ctx, made.ID); err != nil {
		t.Error(err)
	}
	if err := c.DeleteContact(ctx, made.ID); !api.IsNotFound(err) {
		t.Errorf("deleted twice: %v", err)
	}
	next, err := c.SyncContacts(ctx, ringcentral.ContactSyncQuery{Type: ringcentral.ISync, Token: sync.SyncInfo.SyncToken})
	if err != nil || len(next.Records) != 1 || next.Records[0].ID != made.ID || !next.Records[0].Gone() {
		t.Errorf("increment %+v, %v", next, err)
	}
	if _, err = c.SyncContacts(ctx, ringcentral.ContactSyncQuery{Type: ringcentral.ISync, Token: "B9-x"}); !ringcentral.IsExpiredToken(err) {
		t.Errorf("bad token: %v", err)
	}
}

func directoryConforms(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	var all []ringcentral.DirectoryEntry
	var etag string
	for q := (ringcentral.DirectoryQuery{PerPage: 25, Page: 1}); q.Page > 0; {
		list, err := c.Directory(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		all, etag, q.Page = append(all, list.Records...), list.ETag, list.Next
	}
	if len(all) != 60 || all[0].ExtensionNumber != "101" {
		t.Errorf("%d entries, first %+v", len(all), all[0])
	}
	if list, err := c.Directory(ctx, ringcentral.DirectoryQuery{PerPage: 25, Page: 3, ETag: etag}); err != nil || !list.NotModified {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := c.Directory(ctx, ringcentral.DirectoryQuery{TypeGroup: "NonUser", LocalOnly: true}); err != nil || len(list.Records) != 11 {
		t.Errorf("%d facilities, %v", len(list.Records), err)
	}
	if e, err := c.DirectoryEntry(ctx, all[2].ID); err != nil || e.ID != all[2].ID {
		t.Errorf("%+v, %v", e, err)
	}
	var e *api.Error
	if _, err := c.DirectoryEntry(ctx, "1"); !errors.As(err, &e) || e.Code != "ADG-122" {
		t.Errorf("unknown entry: %v", err)
	}
}

func presenceConforms(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	message, queues := "Back at 10:42", false
	p, err := c.SetPresence(ctx, ringcentral.PresenceChange{
		UserStatus: "Busy", DNDStatus: "DoNotAcceptDepartmentCalls", Message: &message, AcceptCallQueueCalls: &queues,
	})
	if err != nil || p.UserStatus != "Busy" || p.Message != message {
		t.Errorf("%+v, %v", p, err)
	}
	var ids []ringcentral.ID
	q := ringcentral.PresenceQuery{PerPage: 20, Detailed: true}
	for n := 0; ; n++ {
		list, err := c.AccountPresence(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list.Records {
			ids = append(ids, p.Of())
		}
		if q.Next = list.Next; q.Next == "" {
			break
		}
	}
	got, err := c.Presences(ctx, append(ids[:31:31], "7"), true)
	if err != nil || len(got) != 32 || !api.IsNotFound(got[31].Err) {
		t.Fatalf("%d, %v", len(got), err)
	}
	for i, r := range got[:31] {
		if r.Err != nil || r.Presence.Of() != ids[i] || r.Presence.PresenceStatus == "" {
			t.Errorf("%+v, want %s", r, ids[i])
		}
	}
	if p, err := c.Presence(ctx, ids[1], true); err != nil || p.Of() != ids[1] {
		t.Errorf("%+v, %v", p, err)
	}
}

func queuesConform(t *testing.T, c *ringcentral.Client) {
	ctx := t.Context()
	queues, err := c.QueuePresences(ctx)
	if err != nil || len(queues) != 3 || !queues[0].Queue.Editable || !queues[0].AcceptCalls || queues[2].Queue.Editable {
		t.Fatalf("%+v, %v", queues, err)
	}
	first := queues[0].Queue.ID
	if queues, err = c.SetQueuePresence(ctx, first, false); err != nil || queues[0].AcceptCalls || !queues[1].AcceptCalls {
		t.Errorf("%+v, %v", queues, err)
	}
	_, err = c.SetQueuePresence(ctx, queues[2].Queue.ID, false)
	if _, missing := api.MissingPermission(err); !missing {
		t.Errorf("left a queue one may not leave: %v", err)
	}
	if _, err = c.SetQueuePresence(ctx, "5", false); !api.IsNotFound(err) {
		t.Errorf("unknown queue: %v", err)
	}
	members, err := c.QueueMembers(ctx, first)
	if err != nil || len(members) < 3 || members[0].Member.Name != "Front Desk" || members[0].Takes() {
		t.Errorf("%+v, %v", members, err)
	}
	takes := 0
	for _, m := range members {
		if m.Takes() {
			takes++
		}
	}
	if takes == 0 || takes == len(members) {
		t.Errorf("%d of %d take calls", takes, len(members))
	}
	if _, err := c.QueueMembers(ctx, "5"); !api.IsNotFound(err) {
		t.Errorf("unknown queue: %v", err)
	}
}

// TestPeopleAnswersConform asks for the answers that the client does not get.
func TestPeopleAnswersConform(t *testing.T) {
	c, s, _ := newCaller(t)
	acct := "/restapi/v1.0/account/~"
	for _, step := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", ext + "/call-log?dateFrom=2001-01-01T00:00:00Z&dateTo=2001-01-02T00:00:00Z", "", 200},
		{"GET", ext + "/call-log?perPage=max&view=Simple&dateFrom=2001-01-01T00:00:00Z", "", 200},
		{"GET", acct + "/call-log?perPage=max&view=Detailed&dateFrom=2001-01-01T00:00:00Z", "", 200},
		{"GET", ext + "/call-log/nothing", "", 404},
		{"GET", ext + "/call-log-sync?syncType=FSync", "", 400},
		{"GET", ext + "/call-log-sync?syncType=FSync&recordCount=5&statusGroup=Missed", "", 200},
		{"GET", acct + "/recording/1", "", 404},
		{"GET", ext + "/address-book/contact?perPage=1000", "", 200},
		{"GET", ext + "/address-book/contact?page=900", "", 200},
		{"GET", ext + "/address-book/contact/1", "", 404},
		{"POST", ext + "/address-book/contact", `{}`, 400},
		{"PUT", ext + "/address-book/contact/1", `{"firstName":"A"}`, 404},
		{"PATCH", ext + "/address-book/contact/1", `{"firstName":"A"}`, 404},
		{"GET", ext + "/address-book-sync?syncType=FSync", "", 200},
		{"PUT", ext + "/favorite", `{"records":[{"contactId":"12"}]}`, 400},
		{"PUT", ext + "/favorite", `{"records":[]}`, 200},
		{"GET", ext + "/favorite", "", 200},
		{"GET", acct + "/directory/entries?perPage=all", "", 200},
		{"GET", acct + "/directory/entries?typeGroup=User&showFederated=false", "", 200},
		{"GET", acct + "/directory/entries/5", "", 404},
		{"PUT", ext + "/presence", `{"userStatus":"Available","message":""}`, 200},
		{"GET", acct + "/presence?perPage=1000", "", 200},
		{"GET", ext + "/call-queue-presence?editableMemberStatus=true", "", 200},
		{"PUT", ext + "/call-queue-presence", `{"records":[{"callQueue":{"id":"5"},"acceptCalls":true}]}`, 404},
		{"GET", acct + "/call-queues/5/presence", "", 404},
		{"GET", acct + "/active-calls", "", 200},
	} {
		status, b := c.do(step.method, step.path, step.body, "Content-Type: application/json")
		if status != step.want {
			t.Errorf("%s %s: status %d, want %d: %.300s", step.method, step.path, status, step.want, b)
		}
	}
	s.Deny("FullCompanyCallLog", true)
	if status, b := c.do(http.MethodGet, acct+"/call-log", ""); status != 403 || !strings.Contains(string(b), "CMN-408") {
		t.Errorf("without the permission: %d %s", status, b)
	}
	for i := range 40 {
		id := fmt.Sprint(178009114 + i*8)
		if status, b := c.do(http.MethodGet, acct+"/directory/entries/"+id, ""); status != 200 {
			t.Errorf("entry %s: %d %s", id, status, b)
		}
	}
}

// TestEveryoneConforms reads every call, contact, entry and presence of a larger
// account: each oddity of the data comes by several times.
func TestEveryoneConforms(t *testing.T) {
	c, _, check := newCallerOf(t, simulator.Config{Messages: 400, Calls: 1500, Contacts: 900, Directory: 700, Seed: 11})
	const acct = "/restapi/v1.0/account/~"
	total := map[string]int{}
	for _, first := range []string{
		ext + "/call-log?view=Detailed&perPage=500&dateFrom=1990-01-01T00:00:00Z", acct + "/call-log?view=Detailed&perPage=500&dateFrom=1990-01-01T00:00:00Z",
		ext + "/address-book/contact?perPage=300", acct + "/presence?perPage=300&detailedTelephonyState=true", acct + "/directory/entries", ext + "/address-book-sync?syncType=FSync",
	} {
		for path := first; path != ""; {
			status, b := c.do(http.MethodGet, path, "")
			var page struct {
				Records    []json.RawMessage            `json:"records"`
				Navigation map[string]map[string]string `json:"navigation"`
				Next       string                       `json:"nextPageUri"`
			}
			if err := json.Unmarshal(b, &page); err != nil || status != http.StatusOK {
				t.Fatalf("%s: %d, %v", path, status, err)
			}
			total[first] += len(page.Records)
			path = page.Navigation["nextPage"]["uri"] + page.Next
		}
		if total[first] < 600 {
			t.Errorf("%s: %d records", first, total[first])
		}
	}
	if check.Seen("syncAddressBook") != 4 {
		t.Errorf("%d parts of the address book", check.Seen("syncAddressBook"))
	}
}

func simulatorCall() simulator.LiveCall {
	return simulator.LiveCall{From: "+14155550142", Name: "Ada Crane", Queue: true}
}
