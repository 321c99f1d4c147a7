package ringcentral

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

func TestIncoming(t *testing.T) {
	at := time.Date(2026, 11, 19, 8, 30, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, json string
		want       store.Incoming
	}{
		{
			"tombstone in the trash", `{"id":42,"availability":"Deleted"}`,
			store.Incoming{Remote: "42", Tombstone: true, Availability: store.Deleted},
		},
		{
			"tombstone of what is destroyed", `{"id":"42","availability":"Purged"}`,
			store.Incoming{Remote: "42", Tombstone: true, Availability: store.Purged},
		},
		{
			"voicemail of a blocked caller", `{"id":7,"type":"VoiceMail","direction":"Inbound","creationTime":"2026-11-19T08:30:00.000Z","readStatus":"Unread",
			"priority":"High","private":true,"vmTranscriptionStatus":"CompletedPartially","attachments":[
			{"id":7,"type":"AudioRecording","contentType":"audio/x-wav","vmDuration":25,"uri":"https://media/7"},{"id":8,"type":"AudioTranscription","contentType":"text/plain"}]}`,
			store.Incoming{
				Remote: "7", Kind: store.Voicemail, Direction: store.Inbound, Time: at, Priority: true, Private: true, Transcript: store.TranscriptPartial,
				Duration: 25 * time.Second, Delivery: store.Received, Attachments: []store.Attachment{
					{Remote: "7", Kind: store.AudioRecording, Type: "audio/x-wav", Size: -1, Duration: 25 * time.Second, URI: "https://media/7"},
					{Remote: "8", Kind: store.AudioTranscription, Type: "text/plain", Size: -1},
				},
			},
		},
		{
			"completed without a transcript", `{"id":7,"type":"voicemail","vmTranscriptionStatus":"Completed","creationTime":"2026-11-19T08:30:00"}`,
			store.Incoming{Remote: "7", Kind: store.Voicemail, Direction: store.Inbound, Time: at, Transcript: store.TranscriptUnknown, Delivery: store.Received},
		},
		{
			"failed fax", `{"id":9,"type":"Fax","direction":"Outbound","creationTime":"2026-11-19T08:30:00.000+0000","readStatus":"Read","messageStatus":"SendingFailed",
			"faxResolution":"High","coverPageText":"Dear all","to":[{"phoneNumber":"+15550100","messageStatus":"SendingFailed","faxErrorCode":"LineBusy"}]}`,
			store.Incoming{
				Remote: "9", Kind: store.Fax, Direction: store.Outbound, Time: at, Read: true, Delivery: store.SendingFailed, Resolution: "High", Text: "Dear all",
				To: []store.Party{{Number: "+15550100", Delivery: store.SendingFailed, Fault: "LineBusy", Why: "The line was busy"}},
			},
		},
		{
			"MMS, thread beyond 2^53", `{"id":11,"type":"SMS","direction":"Outbound","creationTime":"2026-11-19T08:30:00Z","subject":"see","messageStatus":"DeliveryFailed",
			"deliveryErrorCode":"SMS-CAR-199","conversationId":8234962969801172000,"conversation":{"id":"8234962969801171948"},"to":[{"phoneNumber":"+15550101"}],
			"attachments":[{"id":12,"type":"MmsAttachment","contentType":"image/jpeg","size":44029,"fileName":"a b.jpg","width":5,"height":6}]}`,
			store.Incoming{
				Remote: "11", Kind: store.MMS, Direction: store.Outbound, Time: at, Delivery: store.DeliveryFailed, Text: "see", Conversation: "8234962969801171948",
				To:          []store.Party{{Number: "+15550101", Fault: "SMS-CAR-199", Why: "The recipient's carrier does not know whether it was delivered; it may have been"}},
				Attachments: []store.Attachment{{Remote: "12", Kind: store.MMSAttachment, Type: "image/jpeg", Name: "a b.jpg", Size: 44029, Width: 5, Height: 6}},
			},
		},
		{
			"inbound pager that says Sent, words of the future", `{"id":13,"type":"Pager","direction":"Inbound","creationTime":"2026-11-19T08:30:00Z","messageStatus":"Sent","subject":"hi",
			"availability":"Sleeping","priority":"Extreme","from":{"extensionNumber":"101","name":"Ben"},"new":{"field":[1]}}`,
			store.Incoming{Remote: "13", Kind: store.Pager, Direction: store.Inbound, Time: at, Delivery: store.Received, Text: "hi", From: store.Party{Name: "Ben", Extension: "101"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m rc.Message
			if err := json.Unmarshal([]byte(tt.json), &m); err != nil {
				t.Fatal(err)
			}
			if got := incoming(m); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	at := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, "2026-11-19T"+s+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		name  string
		from  place
		times []string
		want  place
	}{
		{"goes on at the end of the oldest minute", place{page: 1}, []string{"10:00:30", "09:58:20"}, place{at("09:59:00"), 1}},
		{"a whole minute is not lost to rounding", place{page: 1}, []string{"10:00:30", "09:58:00"}, place{at("09:59:00"), 1}},
		{"further back", place{at("09:59:00"), 3}, []string{"09:58:10", "09:57:10"}, place{at("09:58:00"), 1}},
		{"all of one minute: by number", place{at("09:59:00"), 1}, []string{"09:58:40", "09:58:40"}, place{at("09:59:00"), 2}},
		{"not in order: by number", place{page: 1}, []string{"09:00:00", "10:00:00"}, place{page: 2}},
		{"without times: by number", place{page: 1}, nil, place{page: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rs []rc.Message
			for _, s := range tt.times {
				rs = append(rs, rc.Message{CreationTime: rc.Time{Time: at(s)}})
			}
			got, _ := tt.from.after(rs)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			back, err := parsePlace(got.String())
			if err != nil || back != got {
				t.Errorf("%q reads as %v, %v", got.String(), back, err)
			}
		})
	}
}

func FuzzIncoming(f *testing.F) {
	f.Add([]byte(`{"id":7,"type":"VoiceMail","vmTranscriptionStatus":"Completed","attachments":[{"id":"8","type":"AudioTranscription","size":-5,"vmDuration":-1}]}`))
	f.Add([]byte(`{"id":"1","availability":"Purged"}`))
	f.Add([]byte(`{"id":"1","type":"VoiceMail","attachments":[{"id":1,"vmDuration":9223372036854775807}]}`))
	f.Add([]byte(`{"id":9007199254740993,"type":"Fax","faxPageCount":-3,"to":[{}],"from":{"name":"\u001b[2J"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m rc.Message
		if json.Unmarshal(b, &m) != nil {
			return
		}
		in := incoming(m)
		if in.Remote != string(m.ID) || in.Duration < 0 || in.Pages < 0 {
			t.Errorf("%+v", in)
		}
		if !in.Tombstone && (in.Kind < store.Voicemail || in.Kind > store.Pager || in.Direction == 0) {
			t.Errorf("no kind or direction: %+v", in)
		}
		for _, a := range in.Attachments {
			if a.Remote == "" || a.Size < -1 || a.Width < 0 || a.Height < 0 || a.Duration < 0 {
				t.Errorf("attachment %+v", a)
			}
		}
	})
}

func FuzzPlace(f *testing.F) {
	for _, s := range []string{"", "0.1", "1763541000000.2", "x.1", "1.0", "9999999999999999999.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePlace(s)
		if err == nil && p.page < 1 {
			t.Errorf("%q: page %d", s, p.page)
		}
	})
}
