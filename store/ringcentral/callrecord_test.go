package ringcentral

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

func TestCallRecords(t *testing.T) {
	at := time.Date(2026, 11, 19, 8, 30, 0, 0, time.UTC)
	call := func(change func(*store.Incoming)) store.Incoming {
		in := store.Incoming{
			Remote: "call:IVx", Kind: store.Call, Direction: store.Inbound, Time: at, Read: true, Outcome: store.CallOther, Call: &store.CallDetail{},
		}
		change(&in)
		return in
	}
	for _, tt := range []struct {
		name, json string
		company    bool
		want       store.Incoming
	}{
		{
			"a deleted one", `{"id":"IVx","deleted":true}`, false,
			store.Incoming{Remote: "call:IVx", Kind: store.Call, Direction: store.Inbound, Tombstone: true, Availability: store.Purged},
		},
		{
			"nothing but an id, the time as events write it", `{"id":"IVx","startTime":"2026-11-19T08:30:00.000+0000"}`, false,
			call(func(*store.Incoming) {}),
		},
		{
			"ids that are numbers, words nobody knows", `{"id":77,"sessionId":8234962969801171948,"telephonySessionId":"s-a1","type":"Hologram","direction":"Inbound",
			"action":"Beamed","result":"Teleported","reason":"Curious","startTime":"2026-11-19T08:30:00Z","duration":9,"transport":"Ether"}`, false,
			call(func(in *store.Incoming) {
				in.Remote, in.Duration, in.Subject = "call:77", 9*time.Second, "Teleported · Curious"
				in.Call = &store.CallDetail{
					Session: "8234962969801171948", Telephony: "s-a1", Type: "Hologram", Action: "Beamed", Result: "Teleported", Reason: "Curious", Transport: "Ether",
				}
			}),
		},
		{
			"missed from a masked number", `{"id":"IVx","type":"Voice","direction":"Inbound","result":"Missed","startTime":"2026-11-19T08:30:00.000Z","durationMs":8400,
			"from":{"phoneNumber":"+1855201XXXX"},"to":{"extensionNumber":"101","name":"Front Desk"}}`, false,
			call(func(in *store.Incoming) {
				in.Outcome, in.Subject, in.Duration = store.CallMissed, "Missed", 8400*time.Millisecond
				in.From, in.To = store.Party{Number: "+1855201XXXX"}, []store.Party{{Name: "Front Desk", Extension: "101"}}
				in.Call = &store.CallDetail{Type: "Voice", Result: "Missed"}
			}),
		},
		{
			"recorded, through a queue", `{"id":"IVx","type":"Voice","direction":"Inbound","result":"Accepted","startTime":"2026-11-19T08:30:00Z","duration":60,
			"delegate":{"id":"5","name":"Patient Line"},"recording":{"id":9007199254740993,"type":"OnDemand","contentUri":"https://media/9"},"message":null}`, false,
			call(func(in *store.Incoming) {
				in.Outcome, in.Subject, in.Duration = store.CallAnswered, "Accepted · Patient Line", time.Minute
				in.Call = &store.CallDetail{Type: "Voice", Result: "Accepted", Behalf: "Patient Line", Recording: "9007199254740993", RecType: "OnDemand"}
				in.Attachments = []store.Attachment{{Remote: "9007199254740993", Kind: store.AudioRecording, Size: -1, Duration: time.Minute, URI: "https://media/9"}}
			}),
		},
		{
			"left a voicemail, whatever the result says", `{"id":"IVx","type":"Voice","direction":"Inbound","result":"Missed","startTime":"2026-11-19T08:30:00Z",
			"message":{"id":42,"type":"Voicemail"}}`, false,
			call(func(in *store.Incoming) {
				in.Outcome, in.Subject, in.Call = store.CallVoicemail, "Missed", &store.CallDetail{Type: "Voice", Result: "Missed", Message: "42"}
			}),
		},
		{
			"going on", `{"id":"IVx","type":"Voice","direction":"Outbound","result":"In Progress","startTime":"2026-11-19T08:30:00Z"}`, false,
			call(func(in *store.Incoming) {
				in.Direction, in.Outcome, in.Subject = store.Outbound, store.CallInProgress, "In Progress"
				in.Call = &store.CallDetail{Type: "Voice", Result: "In Progress", Active: true}
			}),
		},
		{
			"a fax that failed", `{"id":"IVx","type":"Fax","direction":"Outbound","action":"Outgoing Fax","result":"Busy","reason":"Line Busy","startTime":"2026-11-19T08:30:00Z"}`, false,
			call(func(in *store.Incoming) {
				in.Direction, in.Outcome, in.Subject = store.Outbound, store.CallFaxFailed, "Busy · Line Busy"
				in.Call = &store.CallDetail{Type: "Fax", Action: "Outgoing Fax", Result: "Busy", Reason: "Line Busy"}
			}),
		},
		{
			"one's own in the company's log", `{"id":"IVx","direction":"Inbound","result":"Missed","startTime":"2026-11-19T08:30:00Z","extension":{"id":101}}`, true,
			call(func(in *store.Incoming) {
				in.Outcome, in.Subject, in.Call = store.CallMissed, "Missed", &store.CallDetail{Result: "Missed"}
			}),
		},
		{
			"a colleague's", `{"id":"IVx","direction":"Outbound","result":"Call connected","startTime":"2026-11-19T08:30:00Z","extension":{"id":"112"},
			"from":{"name":"Ben Ito","extensionId":"112"},"to":{"phoneNumber":"+14155550142"}}`, true,
			call(func(in *store.Incoming) {
				in.Direction, in.Outcome, in.Subject, in.Company, in.Owner = store.Outbound, store.CallAnswered, "Call connected", true, "Ben Ito"
				in.From, in.To = store.Party{Name: "Ben Ito"}, []store.Party{{Number: "+14155550142"}}
				in.Call = &store.CallDetail{Result: "Call connected"}
			}),
		},
		{
			"legs", `{"id":"IVx","direction":"Inbound","result":"Accepted","startTime":"2026-11-19T08:30:00Z","lastModifiedTime":"2026-11-19T08:31:00Z","legs":[
			{"legType":"PstnToSip","master":true,"direction":"Inbound","result":"Accepted","startTime":"2026-11-19T08:30:00Z","duration":5},{"legType":"Teleport"}]}`, false,
			call(func(in *store.Incoming) {
				in.Outcome, in.Subject, in.Modified = store.CallAnswered, "Accepted", at.Add(time.Minute)
				in.Call = &store.CallDetail{Result: "Accepted", Legs: []store.CallLeg{
					{Type: "PstnToSip", Master: true, Direction: store.Inbound, Result: "Accepted", Start: at, Duration: 5 * time.Second},
					{Type: "Teleport", Direction: store.Inbound},
				}}
			}),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r rc.Call
			if err := json.Unmarshal([]byte(tt.json), &r); err != nil {
				t.Fatal(err)
			}
			m := &Mailbox{key: "ringcentral:1:101"}
			if got := m.callIn(r, tt.company, false); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v %+v\nwant %+v %+v", got, got.Call, tt.want, tt.want.Call)
			}
		})
	}
}

// What a call came to decides whether somebody has to call back: each of the words that
// the service documents, in both directions.
func TestCallOutcomes(t *testing.T) {
	missed := map[string]bool{"Missed": true, "Hang Up": true, "Abandoned": true, "No Answer": true, "Busy": true, "Callback requested": true, "Answered Not Accepted": true, "IP Phone Offline": true}
	spoke := map[string]bool{"Accepted": true, "Call connected": true, "Received": true, "Reply": true, "Phone Login": true, "Answered Elsewhere": true, "Stopped": true}
	for _, result := range []string{
		"911", "933", "Abandoned", "Accepted", "Answered Not Accepted", "Blocked", "Busy", "Call Failed", "Call Failure", "Call connected",
		"Carrier is not active", "Declined", "EDGE trunk misconfigured", "Hang Up", "IP Phone Offline", "Internal Error", "International Disabled",
		"International Restricted", "Missed", "No Answer", "No Calling Credit", "Not Allowed", "Phone Login", "Received", "Rejected", "Reply",
		"Restricted Number", "Sent to Voicemail", "Stopped", "Suspended account", "Voicemail", "Wrong Number", "Answered Elsewhere", "Callback requested",
	} {
		in := callOutcome(rc.CallPart{Direction: "Inbound", Type: "Voice", Result: result})
		if in.Missed() != missed[result] || in.Connected() != spoke[result] {
			t.Errorf("inbound %s is %s", result, in)
		}
		out := callOutcome(rc.CallPart{Direction: "Outbound", Type: "Voice", Result: result})
		if out.Missed() {
			t.Errorf("outbound %s is %s: nobody missed it", result, out)
		}
		if out == store.CallOther && result != "Answered Elsewhere" && result != "Callback requested" && result != "Reply" && result != "Answered Not Accepted" {
			t.Errorf("outbound %s is not known", result)
		}
		if in == store.CallOther && result != "911" && result != "933" {
			t.Errorf("inbound %s is not known", result)
		}
	}
	for _, result := range []string{"Fax Not Sent", "Fax Partially Sent", "Fax Poor Line", "Send Error", "No Answer", "Busy"} {
		if got := callOutcome(rc.CallPart{Direction: "Outbound", Type: "Fax", Result: result}); got != store.CallFaxFailed {
			t.Errorf("a fax that is %s: %s", result, got)
		}
	}
}
