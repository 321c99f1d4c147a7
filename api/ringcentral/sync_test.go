package ringcentral

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"switchboard/api"
)

func TestSync(t *testing.T) {
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"records":[
		{"id":1,"type":"VoiceMail","from":{"name":"Ann"},"creationTime":"2026-11-20T09:08:07.000Z","attachments":[{"id":2,"type":"AudioRecording","vmDuration":25,"uri":"u"}],"vmTranscriptionStatus":"NewOne"},
		{"id":2,"availability":"Purged"},
		{"id":3,"creationTime":"not a time"},
		{"id":1.5},
		{"id":"4","faxPageCount":"many"}],
		"syncInfo":{"syncType":"FSync","syncToken":"tok","syncTime":"2026-11-20T09:08:07.000+0000","olderRecordsExist":true}}`))
	got, err := c.Sync(t.Context(), SyncQuery{Type: FSync, RecordCount: 100, MessageTypes: []string{"Fax"}})
	if err != nil || got.SyncInfo.SyncToken != "tok" || !got.SyncInfo.OlderRecordsExist || got.SyncInfo.SyncTime.IsZero() {
		t.Fatal(got, err)
	}
	if len(got.Records) != 2 || got.Records[0].Attachments[0].VMDuration != 25 || got.Records[0].VMTranscriptionStatus != "NewOne" || !got.Records[1].Tombstone() {
		t.Errorf("%+v", got.Records)
	}
	if len(got.Broken) != 3 || got.Broken[0].ID != "3" || got.Broken[1].ID != "" || got.Broken[2].ID != "4" {
		t.Errorf("%+v", got.Broken)
	}
	if _, err = c.Sync(t.Context(), SyncQuery{Type: ISync, Token: "a+b", MessageTypes: []string{"Fax"}}); err != nil {
		t.Error(err)
	}
	if q := (*seen)[0].query; q != "dateFrom=2000-01-01T00%3A00%3A00.000Z&messageType=Fax&recordCount=100&syncType=FSync" {
		t.Error(q)
	}
	if q := (*seen)[1].query; q != "syncToken=a%2Bb&syncType=ISync" {
		t.Error(q)
	}
}

func TestSyncAnswersThatAreNone(t *testing.T) {
	for _, bad := range []string{``, `{`, `[]`, `{}`, `{"records":5,"syncInfo":{"syncToken":"t"}}`, `{"records":[],"syncInfo":{}}`, `<html>`} {
		c, seen, _ := clientFor(t, answer(200, "application/json", bad))
		if _, err := c.Sync(t.Context(), SyncQuery{Type: FSync}); !errors.Is(err, api.ErrBadBody) || len(*seen) != 2 {
			t.Errorf("%q: asked %d times: %v", bad, len(*seen), err)
		}
	}
}

func TestExpiredSyncToken(t *testing.T) {
	for body, want := range map[string]bool{
		`{"errors":[{"errorCode":"MSG-333","message":"Parameter [syncToken] is invalid"}]}`: true,
		`{"errorCode":"InvalidParameter","errors":[{"errorCode":"CMN-101"}]}`:               true,
		`{"errorCode":"CMN-102"}`: false,
	} {
		c, _, _ := clientFor(t, answer(400, "application/json", body))
		if _, err := c.Sync(t.Context(), SyncQuery{Type: ISync, Token: "x"}); IsExpiredToken(err) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
	if IsExpiredToken(nil) || IsExpiredToken(io.EOF) {
		t.Error("no token")
	}
}

func FuzzSync(f *testing.F) {
	f.Add([]byte(`{"records":[{"id":1,"type":"SMS"},{"id":"x","creationTime":5}],"syncInfo":{"syncToken":"t"}}`))
	f.Add([]byte(`{"records":[null,{}],"syncInfo":{"syncToken":"t"}}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		page, err := decodeSync(raw)
		if err != nil {
			return
		}
		for _, m := range page.Records {
			_, _ = m.Thread(), m.Tombstone()
		}
	})
}

func BenchmarkDecodeSync(b *testing.B) {
	var s strings.Builder
	s.WriteString(`{"records":[`)
	for i := range 1000 {
		if i > 0 {
			s.WriteByte(',')
		}
		fmt.Fprintf(&s, `{"id":%d,"uri":"https://platform.example.com/restapi/v1.0/account/1/extension/2/message-store/%d","type":"VoiceMail","direction":"Inbound","from":{"phoneNumber":"+16505550100","name":"Ann"},"to":[{"phoneNumber":"+16505550101"}],"creationTime":"2026-11-20T09:08:07.000Z","lastModifiedTime":"2026-11-20T09:08:07.000Z","readStatus":"Unread","availability":"Alive","attachments":[{"id":%d,"uri":"https://media.example.com/x","type":"AudioRecording","contentType":"audio/mpeg","vmDuration":27}],"conversation":{"id":"8234962969801171948"}}`, i, i, i)
	}
	s.WriteString(`],"syncInfo":{"syncType":"FSync","syncToken":"t","syncTime":"2026-11-20T09:08:07.000Z"}}`)
	raw := []byte(s.String())
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if page, err := decodeSync(raw); err != nil || len(page.Records) != 1000 {
			b.Fatal(err)
		}
	}
}
