package store

import (
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// parseCard makes a contact of the fields of a card. What the address book has no room
// for is told in words.
func parseCard(fields []string, region string) (c Contact, short []string, err error) {
	card, err := vcard.NewDecoder(strings.NewReader("BEGIN:VCARD\n" + strings.Join(fields, "\n") + "\nEND:VCARD\n")).Decode()
	if err != nil {
		return c, nil, errors.New("it is not a contact card")
	}
	p := cardParser{card: card}
	p.names(&c)
	c.Job, c.Web = p.first(vcard.FieldTitle), p.first(vcard.FieldURL)
	c.Notes = strings.TrimSpace(Clean(p.raw(vcard.FieldNote)))
	c.Birthday = cardDate(p.first(vcard.FieldBirthday))
	p.numbers(&c, region)
	p.emails(&c)
	p.postals(&c)
	c.Source = Personal
	cleanContact(&c, region)
	if c.Name == "" {
		return c, nil, errors.New("it has no name, company, number or e-mail address")
	}
	return c, p.short, nil
}

// cardParser reads the fields of one card.
type cardParser struct {
	card  vcard.Card
	short []string // what there is no room for
}

func (p *cardParser) raw(name string) string {
	for _, f := range p.card[name] {
		if s := cardText(f); strings.TrimSpace(s) != "" {
			return strings.ReplaceAll(s, escapedSemicolon, ";")
		}
	}
	return ""
}

func (p *cardParser) first(name string) string { return CleanLine(p.raw(name)) }

// names reads the name, in parts where the card has them.
func (p *cardParser) names(c *Contact) {
	for _, f := range p.card[vcard.FieldName] {
		n := append(cardParts(f), "", "", "") // family; given; more; before; behind
		c.Last, c.First, c.Middle = n[0], n[1], n[2]
		break
	}
	c.Nick = p.first(vcard.FieldNickname)
	for _, f := range p.card[vcard.FieldOrganization] {
		o := cardParts(f)
		c.Company = joinParts(o...)
		break
	}
	full := p.first(vcard.FieldFormattedName)
	if c.First+c.Middle+c.Last == "" && full != "" && full != c.Company {
		if strings.EqualFold(p.first(vcard.FieldKind), "org") {
			if c.Company == "" {
				c.Company = full
			}
			return
		}
		c.First, c.Last = splitName(full)
	}
}

func (p *cardParser) numbers(c *Contact, region string) {
	taken := map[string]bool{}
	seen := map[string]bool{}
	for _, f := range preferred(p.card[vcard.FieldTelephone]) {
		n := strings.ReplaceAll(cardText(f), escapedSemicolon, ";")
		if len(n) > 4 && strings.EqualFold(n[:4], "tel:") {
			n = n[4:]
		}
		if n = CleanLine(n); n == "" {
			continue
		}
		if Digits(n) == "" {
			p.short = append(p.short, "“"+cut(n, 40)+"” is not a number")
			continue
		}
		if w := writtenNumber(n, region); seen[w] {
			continue
		} else {
			seen[w] = true
		}
		kind, ok := freeKind(cardKind(f), taken)
		if !ok {
			p.short = append(p.short, "no room for the number "+cut(n, 40))
			continue
		}
		taken[kind] = true
		c.Numbers = append(c.Numbers, PhoneNumber{Kind: kind, Number: n})
	}
	order := NumberKinds()
	slices.SortStableFunc(c.Numbers, func(a, b PhoneNumber) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
}

func (p *cardParser) emails(c *Contact) {
	for _, f := range preferred(p.card[vcard.FieldEmail]) {
		e := CleanLine(strings.TrimPrefix(cardText(f), "mailto:"))
		switch {
		case e == "" || slices.Contains(c.Emails, e):
		case strings.ContainsRune(e, ' ') || !strings.Contains(strings.Trim(e, "@"), "@"):
			p.short = append(p.short, "“"+cut(e, 60)+"” is not an e-mail address")
		case len(c.Emails) == maxContactEmails:
			p.short = append(p.short, "no room for the e-mail address "+cut(e, 60))
		default:
			c.Emails = append(c.Emails, e)
		}
	}
}

func (p *cardParser) postals(c *Contact) {
	used := map[string]bool{}
	for _, f := range preferred(p.card[vcard.FieldAddress]) {
		a := append(cardParts(f), "", "", "", "", "", "", "") // box; more; street; town; region; code; country
		kind := "other"
		switch types := cardTypes(f); {
		case slices.Contains(types, "home"):
			kind = "home"
		case slices.Contains(types, "work"):
			kind = "business"
		}
		post := Postal{Street: joinParts(a[0], a[1], a[2]), City: a[3], State: a[4], Zip: a[5], Country: a[6]}
		if post.line() == "" {
			continue
		}
		if post.Kind = freePostal(kind, true, nil, used); post.Kind == "" {
			p.short = append(p.short, "no room for the address "+cut(post.line(), 60))
			continue
		}
		used[post.Kind] = true
		c.Postal = append(c.Postal, post)
	}
	slices.SortStableFunc(c.Postal, func(a, b Postal) int {
		return slices.Index(postalKinds[:], a.Kind) - slices.Index(postalKinds[:], b.Kind)
	})
}

// preferred puts the fields that the card prefers first.
func preferred(fs []*vcard.Field) []*vcard.Field {
	out := slices.Clone(fs)
	slices.SortStableFunc(out, func(a, b *vcard.Field) int { return b2i(isPreferred(b)) - b2i(isPreferred(a)) })
	return out
}

func isPreferred(f *vcard.Field) bool {
	return f.Params.Get("PREF") == "1" || slices.Contains(cardTypes(f), "pref")
}

// cardTypes are the types of a field, in lower case.
func cardTypes(f *vcard.Field) []string {
	var out []string
	for _, t := range f.Params.Types() {
		for t := range strings.SplitSeq(strings.ToLower(t), ",") {
			if t = strings.TrimPrefix(strings.Trim(t, `" `), "x-"); t != "" && len(out) < 12 {
				out = append(out, t)
			}
		}
	}
	return out
}

// cardKind is the kind of a number.
func cardKind(f *vcard.Field) string {
	types := cardTypes(f)
	has := func(t string) bool { return slices.Contains(types, t) }
	switch {
	case has("fax") && (has("home") || has("other")):
		return NumberOtherFax
	case has("fax"):
		return NumberFax
	case has("cell"), has("mobile"), has("iphone"), has("text") && !has("voice"):
		return NumberMobile
	case has("main"), has("company"):
		return NumberCompany
	case has("assistant"):
		return NumberAssistant
	case has("callback"):
		return NumberCallback
	case has("car"):
		return NumberCar
	case has("home"):
		return NumberHome
	case has("work"):
		return NumberBusiness
	case has("pager"), has("other"), has("msg"), has("extension"):
		return NumberOther
	}
	return ""
}

// cardDate reads a birthday; "" where its year is not told.
func cardDate(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "T "); i > 0 {
		s = s[:i]
	}
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// cardText is a field's value, decoded; not clean yet.
func cardText(f *vcard.Field) string {
	v := f.Value
	if strings.EqualFold(f.Params.Get("ENCODING"), "QUOTED-PRINTABLE") {
		b, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(v))) // as far as it goes
		v = string(b)
	}
	set := f.Params.Get("CHARSET")
	if set == "" || strings.EqualFold(set, "utf-8") {
		if !utf8.ValidString(v) {
			v, _ = charmap.Windows1252.NewDecoder().String(v)
		}
		return v
	}
	if e, err := htmlindex.Get(set); err == nil {
		if s, err := e.NewDecoder().String(v); err == nil {
			return s
		}
	}
	return strings.ToValidUTF8(v, "\ufffd")
}

// cardParts are the components of a structured value, each on one line.
func cardParts(f *vcard.Field) []string {
	parts := strings.Split(cardText(f), ";")
	parts = parts[:min(len(parts), 12)]
	for i := range parts {
		parts[i] = CleanLine(strings.ReplaceAll(parts[i], escapedSemicolon, ";"))
	}
	return parts
}
