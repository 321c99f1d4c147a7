package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"switchboard/api/simulator/corpus"
)

// TestExtensions reads, changes and loses the mailbox of another extension.
func TestExtensions(t *testing.T) {
	p := start(t, Config{Messages: 30, Shared: map[string]int{"201": 12}})
	const acct = "/restapi/v1.0/account/~/extension/"
	queue, nurse := entryID(t, "201"), entryID(t, "131")
	var list struct {
		Records []struct {
			ID        int64  `json:"id"`
			URI       string `json:"uri"`
			Extension string `json:"extensionId"`
			Read      string `json:"readStatus"`
		} `json:"records"`
	}
	read := func(who string) {
		t.Helper()
		a := p.get(acct + who + "/message-store?perPage=100&dateFrom=2000-01-01T00:00:00Z")
		list.Records = nil
		if err := json.Unmarshal(a.body, &list); err != nil || a.status != 200 {
			t.Fatalf("%s: %d %s", who, a.status, a.body)
		}
	}
	read("~")
	own := map[int64]bool{}
	for _, r := range list.Records {
		own[r.ID] = true
	}
	if len(own) != 30 {
		t.Fatalf("%d of one's own", len(own))
	}
	read(queue)
	if len(list.Records) != 12 {
		t.Fatalf("%d in the queue's", len(list.Records))
	}
	for _, r := range list.Records {
		if own[r.ID] || r.Extension != queue || !strings.Contains(r.URI, "/extension/"+queue+"/") {
			t.Errorf("%+v", r)
		}
	}
	if err := p.s.ArriveAt("201", 2); err != nil {
		t.Fatal(err)
	}
	read(queue)
	if len(list.Records) != 14 {
		t.Errorf("%d after two arrived", len(list.Records))
	}
	read("~")
	if len(list.Records) != 30 {
		t.Errorf("%d of one's own after two arrived elsewhere", len(list.Records))
	}
	if a := p.get(acct + nurse + "/message-store"); a.status != 403 || !bytes.Contains(a.body, []byte("CMN-404")) {
		t.Errorf("another's mailbox: %d %s", a.status, a.body)
	}
	if a := p.get(acct + "12345/message-store"); a.status != 404 {
		t.Errorf("nobody's mailbox: %d %s", a.status, a.body)
	}
	if a := p.get(acct + queue + "/address-book/contact"); a.status != 404 {
		t.Errorf("another's contacts: %d %s", a.status, a.body)
	}
	if err := p.s.Share("201", -1); err != nil {
		t.Fatal(err)
	}
	if a := p.get(acct + queue + "/message-store"); a.status != 403 {
		t.Errorf("taken back: %d %s", a.status, a.body)
	}
}

func entryID(t *testing.T, number string) string {
	t.Helper()
	i, ok := corpus.FindExtension(number)
	if !ok {
		t.Fatalf("no extension %s", number)
	}
	return itoa(corpus.EntryID(i))
}
