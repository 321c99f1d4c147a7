package store

import "testing"

func TestSameMessage(t *testing.T) {
	sms := Outgoing{Kind: SendText, From: "+16505550100", To: []Recipient{{Number: "+14155550123"}}, Text: "hello\nyou"}
	in := Incoming{Kind: SMS, Direction: Outbound, From: Party{Number: "+16505550100"}, To: []Party{{Number: "+14155550123"}}, Text: "hello\r\nyou "}
	for _, c := range []struct {
		why    string
		want   bool
		change func(o *Outgoing, in *Incoming)
	}{
		{"as it is", true, func(*Outgoing, *Incoming) {}},
		{"the number without its country", true, func(_ *Outgoing, in *Incoming) { in.To[0].Number = "4155550123" }},
		{"from nobody says", true, func(_ *Outgoing, in *Incoming) { in.From = Party{} }},
		{"inbound", false, func(_ *Outgoing, in *Incoming) { in.Direction = Inbound }},
		{"another text", false, func(_ *Outgoing, in *Incoming) { in.Text = "hello" }},
		{"another recipient", false, func(_ *Outgoing, in *Incoming) { in.To[0].Number = "+14155550124" }},
		{"one more recipient", false, func(_ *Outgoing, in *Incoming) { in.To = append(in.To, Party{Number: "+14155550124"}) }},
		{"from another number", false, func(_ *Outgoing, in *Incoming) { in.From.Number = "+16505550111" }},
		{"with a file", false, func(_ *Outgoing, in *Incoming) { in.Attachments = []Attachment{{Kind: MMSAttachment}} }},
		{"a page", false, func(_ *Outgoing, in *Incoming) { in.Kind = Pager }},
		{"a group in another order", true, func(o *Outgoing, in *Incoming) {
			o.To = append(o.To, Recipient{Number: "+14155550124"})
			in.To = []Party{{Number: "+14155550124"}, {Number: "+14155550123"}}
		}},
		{"a page to an extension", true, func(o *Outgoing, in *Incoming) {
			o.Kind, o.To = SendPager, []Recipient{{Extension: "104"}}
			in.Kind, in.To = Pager, []Party{{Extension: "104"}}
		}},
		{"a fax without its words", true, func(o *Outgoing, in *Incoming) { o.Kind, in.Kind, in.Text = SendFax, Fax, "" }},
		{"a fax with other words", false, func(o *Outgoing, in *Incoming) { o.Kind, in.Kind, in.Text = SendFax, Fax, "bye" }},
	} {
		o, got := sms, in
		o.To = append([]Recipient{}, sms.To...)
		got.To = append([]Party{}, in.To...)
		c.change(&o, &got)
		if o.Same(got) != c.want {
			t.Errorf("%s: %v", c.why, !c.want)
		}
	}
}
