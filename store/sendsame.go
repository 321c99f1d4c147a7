package store

import (
	"cmp"
	"slices"
	"strings"
)

// Same reports whether a message of the service's may be this one: it went out, says the
// same, and went to the same. Two faxes to the same number cannot be told apart by it.
func (o Outgoing) Same(in Incoming) bool {
	if in.Direction != Outbound || in.Tombstone {
		return false
	}
	switch o.Kind {
	case SendText:
		if in.Kind != SMS && in.Kind != MMS || !sameText(o.Text, in.Text) || !sameNumber(o.From, in.From.Number) {
			return false
		}
	case SendPager:
		if in.Kind != Pager || !sameText(o.Text, in.Text) {
			return false
		}
	case SendFax:
		if in.Kind != Fax || in.Text != "" && o.Text != "" && !sameText(o.Text, in.Text) {
			return false
		}
	}
	files := 0
	for _, a := range in.Attachments {
		if !a.IsText() {
			files++
		}
	}
	if o.Kind == SendText && files != len(o.Files) {
		return false
	}
	return o.sameRecipients(in)
}

// sameText compares texts as services may have changed them: at their ends and in how
// lines end.
func sameText(a, b string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(Clean(CleanRaw(s))), " ") }
	return plain(a) == plain(b)
}

// sameNumber compares numbers of which one may lack the country. What is not known is
// taken as the same.
func sameNumber(a, b string) bool {
	a, b = Digits(a), Digits(b)
	const national = 10
	return a == "" || b == "" || a == b || len(a) >= national && strings.HasSuffix(b, a) || len(b) >= national && strings.HasSuffix(a, b)
}

// sameRecipients compares whom both went to, in any order. Of a pager message to a
// department, and of a fax that is sent again to whom it went before, the service may
// name others.
func (o Outgoing) sameRecipients(in Incoming) bool {
	if len(o.To) == 0 {
		return o.Resend != ""
	}
	if len(in.To) != len(o.To) {
		return false
	}
	left := slices.Clone(in.To)
	for _, to := range o.To {
		i := slices.IndexFunc(left, func(p Party) bool {
			if to.Number == "" {
				return to.Extension == cmp.Or(p.Extension, p.Number)
			}
			return p.Number != "" && sameNumber(to.Number, p.Number)
		})
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}
