package emailgistics_test

import (
	"strings"
	"testing"
	"time"

	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
)

func TestDeliveries(t *testing.T) {
	d := start(t, sim.Config{Seed: 40, Messages: 20})
	one, two := string(d.Delivery(-1)), string(d.Delivery(-2))
	for name, row := range map[string]struct {
		in   string
		want int
		err  string
	}{
		"one":             {one, 1, ""},
		"an array":        {"[" + one + ",\n" + two + "]", 2, ""},
		"one a line":      {one + "\n" + two + "\n", 2, ""},
		"arrays a line":   {"[" + one + "]\n[" + two + "]", 2, ""},
		"with a BOM":      {"\ufeff" + one, 1, ""},
		"written down":    {`{"headers":{"authorization":"Bearer x"},"body":` + one + "}", 1, ""},
		"as text":         {`[{"body":` + quoted(one) + "}]", 1, ""},
		"nothing":         {"  \n", 0, "no webhook delivery"},
		"an empty array":  {"[]", 0, "no webhook delivery"},
		"no id":           {`{"event":"received"}`, 0, "no id of a message"},
		"no object":       {`"x"`, 0, "not a JSON object"},
		"a bad one":       {one + "\n{\"event\":\"x\"}\n" + two, 2, "delivery 2"},
		"no JSON":         {one + "\nFrom: somebody", 1, "not valid JSON"},
		"cut":             {one[:len(one)-5], 0, "ends in the middle"},
		"an odd id":       {`{"id":"a b"}`, 0, "not the id of a message"},
		"wrapped forever": {strings.Repeat(`{"body":`, 50) + one + strings.Repeat("}", 50), 0, "no id of a message"},
	} {
		got, err := eg.ParseDelivery(strings.NewReader(row.in))
		if len(got) != row.want || (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
			t.Errorf("%s: %d deliveries, %v; want %d, %q", name, len(got), err, row.want, row.err)
		}
	}
	got, err := eg.ParseDelivery(strings.NewReader(one + two))
	if err != nil {
		t.Fatal(err)
	}
	for n, g := range got {
		m := d.Mail(-1 - n)
		if g.ID != m.MessageID || g.Event != "received" || g.InternetMessageID != m.InternetMessageID || g.Mailbox != m.MailboxEmail || g.Subject != m.Subject ||
			g.From != eg.Person(m.From) || g.Sender != eg.Person(m.From) || len(g.To) != len(m.To) || len(g.Cc) != len(m.Cc) || !g.Received.Equal(m.Received) || g.HasAttachments != m.HasAttachments ||
			g.ConversationID != m.ConversationID || g.Timestamp.Sub(m.Received) != 2*time.Second {
			t.Errorf("%+v\nwant %+v", g, m)
		}
		if even := m.Index%2 == 0; g.HasText != even || (g.Text != "") != even || (g.Custom["claimNumber"] != "") != even {
			t.Errorf("text %v %q, custom fields %v", g.HasText, g.Text, g.Custom)
		}
	}
}

func quoted(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }

func FuzzDeliveries(f *testing.F) {
	for _, s := range []string{`{"id":"x"}`, `[{"id":"x","mailbox":{"emailAddress":{"address":"a@b"}}}]`, `{"id":1,"to":{"name":"n"}}`, "{}\n[]", `{"body":"{\"id\":\"y\"}"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := eg.ParseDelivery(strings.NewReader(s))
		for _, d := range got {
			if d.ID == "" {
				t.Error("a delivery without an id")
			}
		}
		if len(got) == 0 && err == nil {
			t.Error("nothing read and nothing said")
		}
	})
}
