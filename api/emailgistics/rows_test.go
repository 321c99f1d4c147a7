package emailgistics

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// TestRow: the members of a row are not documented where we could read them, so
// every likely form has to do.
func TestRow(t *testing.T) {
	at := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	yes, no := true, false
	for name, row0 := range map[string]struct {
		in   string
		want Row
	}{
		"least": {`{"messageId":"m"}`, Row{MessageID: "m"}},
		"objects": {
			`{"id":"000017","messageId":"m","internetMessageId":"<i@x>","conversationId":"2L8WYB89Z","mailboxId":"b","subject":"s","from":{"emailAddress":{"name":"Ann","address":"a@x.example"}},
			"to":[{"emailAddress":{"name":"","address":"t@x.example"}}],"cc":[],"received":"2026-11-03T09:05:07Z","replied":"2026-11-03T09:05:07Z","closed":null,"status":"Open","hasAttachments":true,
			"owners":[{"userId":"u","userName":"Bo"}],"tags":["VIP"]}`,
			Row{
				Cursor: "000017", MessageID: "m", InternetMessageID: "<i@x>", ConversationID: "2L8WYB89Z", MailboxID: "b", Subject: "s", From: Person{"Ann", "a@x.example"},
				To: []Person{{"", "t@x.example"}}, Received: at, Replied: at, Status: "open", HasAttachments: &yes, Owners: []string{"Bo"}, Tags: []string{"VIP"},
			},
		},
		"flat": {
			`{"id":17,"message_id":"m","Subject":"s","fromName":"Ann","fromAddress":"a@x.example","receivedDateTime":"2026-11-03T09:05:07","ownerName":"Bo","attachmentCount":0,"messageStatus":"closed"}`,
			Row{Cursor: "17", MessageID: "m", Subject: "s", From: Person{"Ann", "a@x.example"}, Received: at, Owners: []string{"Bo"}, HasAttachments: &no, Status: "closed"},
		},
		"addresses": {
			`{"messageId":"m","sender":"Ann <a@x.example>","to":"t@x.example","receivedAt":"2026-11-03T01:05:07.000-08:00","attachments":"false"}`,
			Row{MessageID: "m", Sender: Person{"Ann", "a@x.example"}, From: Person{"Ann", "a@x.example"}, To: []Person{{"", "t@x.example"}}, Received: at, HasAttachments: &no},
		},
		"of other types": {
			`{"messageId":"m","subject":{"text":"s"},"from":7,"to":{"x":1},"received":12,"status":["a"],"tags":[null,3,{"tagName":"T"}],"hasAttachments":"perhaps","conversationId":55}`,
			Row{MessageID: "m", ConversationID: "55", From: Person{Name: "7"}, Tags: []string{"3", "T"}},
		},
	} {
		got, broken := row(json.RawMessage(row0.in))
		if broken != nil {
			t.Errorf("%s: %v", name, broken.Err)
			continue
		}
		if got.Fields["messageId"] == nil && got.Fields["message_id"] == nil {
			t.Errorf("%s: the row's own members are lost", name)
		}
		got.Fields = nil
		if !reflect.DeepEqual(got, row0.want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, got, row0.want)
		}
	}
	for _, in := range []string{`{}`, `[]`, `"x"`, `{"id":"5","subject":"no message"}`, `null`} {
		if _, broken := row(json.RawMessage(in)); broken == nil || broken.Err == nil {
			t.Errorf("%s was read as a row", in)
		}
	}
	if _, broken := row(json.RawMessage(`{"id":"5"}`)); broken == nil || broken.Cursor != "5" {
		t.Errorf("a broken row's place: %+v", broken)
	}
}

// TestBrokenRow: one row that cannot be read does not cost the others.
func TestBrokenRow(t *testing.T) {
	p := Page{Total: -1}
	if err := p.fill("op", json.RawMessage(`{"data":[{"messageId":"a"},17,{"id":"9"},{"messageId":"b"}],"total":null}`)); err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != 2 || len(p.Broken) != 2 || p.Rows[1].MessageID != "b" || p.Broken[1].Cursor != "9" || p.Total != -1 {
		t.Errorf("%+v", p)
	}
}

func FuzzRow(f *testing.F) {
	f.Add(`{"messageId":"m","from":{"emailAddress":{"emailAddress":{}}},"to":[[[]]]}`)
	f.Add(`{"messageId":"m","received":"2026-13-45T99:99:99Z","tags":{"a":[1]}}`)
	f.Fuzz(func(t *testing.T, in string) {
		r, broken := row(json.RawMessage(in))
		if broken == nil && r.MessageID == "" {
			t.Error("a row without a message")
		}
	})
}
