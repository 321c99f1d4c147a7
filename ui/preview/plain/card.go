package plain

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"golang.org/x/text/encoding/htmlindex"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Card is what a contact card says of somebody, clean.
type Card struct {
	Name      string
	Company   string
	Title     string
	Numbers   []Entry
	Emails    []Entry
	Addresses []Entry
	Links     []string
	Birthday  string
	Note      string
	Photo     int // bytes of a picture, which is not shown
}

// Entry is one of several of a kind.
type Entry struct {
	Kind  string // "cell", "work"; may be empty
	Value string
}

// Bounds of a file of cards.
const (
	mostCards  = 500
	mostFields = 200 // of a card
	mostField  = 4 << 10
)

// ParseCards reads contact cards: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).
// Those before a fault are given.
func ParseCards(text string) []Card {
	d := vcard.NewDecoder(strings.NewReader(unfold(text)))
	var out []Card
	for len(out) < mostCards {
		c, err := d.Decode()
		if err != nil && len(c) == 0 {
			break
		}
		if card, ok := cardOf(c); ok {
			out = append(out, card)
		}
		if err != nil {
			break
		}
	}
	return out
}

// semicolon stands for one that was escaped: the parser would take it for the
// end of a component.
const semicolon = "\x1f"

// unfold makes one line of each field, as versions 3 and 4 write it: it joins the
// lines that were folded or, in version 2.1, broken off within a
// quoted-printable text, and names the parameters that 2.1 writes bare. The
// parser knows none of the latter, and takes long for many folded lines.
func unfold(text string) string {
	var out strings.Builder
	var cur strings.Builder
	fields, soft := 0, false
	flush := func() {
		if cur.Len() > 0 {
			out.WriteString(named(strings.TrimLeft(cur.String(), " \t")))
			out.WriteByte('\n')
			fields++
			cur.Reset()
		}
	}
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, "\r\n")
		folded := l != "" && (l[0] == ' ' || l[0] == '\t')
		switch {
		case soft, folded && cur.Len() > 0:
			if !soft {
				l = l[1:]
			}
		default:
			flush()
			if fields > mostCards*mostFields {
				return out.String()
			}
		}
		if soft = quotedPrintable(cur.String(), l) && strings.HasSuffix(l, "="); soft {
			l = l[:len(l)-1]
		}
		if cur.Len() < 16<<20 {
			cur.WriteString(l)
		}
	}
	flush()
	return out.String()
}

// quotedPrintable reports whether the field that begins with head, or else with
// l, is written so.
func quotedPrintable(head, l string) bool {
	if head == "" {
		head = l
	}
	params, _, ok := strings.Cut(head[:min(len(head), 1<<10)], ":")
	return ok && strings.Contains(strings.ToUpper(params), "QUOTED-PRINTABLE")
}

// named gives the bare parameters of version 2.1 their names.
func named(l string) string {
	head, value, ok := cutValue(l)
	if !ok {
		return l
	}
	parts := strings.Split(head, ";")
	for i, p := range parts[1:] {
		switch up := strings.ToUpper(p); {
		case p == "", strings.Contains(p, "="):
		case up == "QUOTED-PRINTABLE", up == "BASE64", up == "B", up == "8BIT", up == "7BIT":
			parts[i+1] = "ENCODING=" + p
		default:
			parts[i+1] = "TYPE=" + p
		}
	}
	return strings.Join(parts, ";") + ":" + strings.ReplaceAll(value, `\;`, semicolon)
}

// cutValue cuts a field at the colon that is not within quotes.
func cutValue(l string) (head, value string, ok bool) {
	quoted := false
	for i := range len(l) {
		switch l[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return l[:i], l[i+1:], true
			}
		}
	}
	return l, "", false
}

// plainText is a field's value as text: decoded and clean. A component is one
// part of a structured value.
func plainText(f *vcard.Field) string {
	return clean(strings.ReplaceAll(decoded(f), semicolon, ";"))
}

func clean(s string) string {
	return strings.TrimSpace(store.Clean(s[:min(len(s), mostField)]))
}

func oneLine(s string) string { return store.CleanLine(s) }

// decoded undoes what version 2.1 does to letters.
func decoded(f *vcard.Field) string {
	v := f.Value[:min(len(f.Value), 4*mostField)]
	if strings.EqualFold(f.Params.Get("ENCODING"), "QUOTED-PRINTABLE") {
		b, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(v))) // as far as it goes
		v = string(b)
	}
	set := f.Params.Get("CHARSET")
	if set == "" || strings.EqualFold(set, "utf-8") {
		if !utf8.ValidString(v) {
			v, _ = windows1252.decode([]byte(v))
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

func components(f *vcard.Field) []string {
	parts := strings.Split(decoded(f), ";")
	for i := range parts {
		parts[i] = oneLine(strings.ReplaceAll(parts[i], semicolon, ";"))
	}
	return parts
}

// joinParts joins those that say anything.
func joinParts(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

func cardOf(c vcard.Card) (card Card, ok bool) {
	each := func(name string, do func(f *vcard.Field)) {
		for i, f := range c[name] {
			if i == mostFields {
				break
			}
			do(f)
		}
	}
	first := func(name string) (s string) {
		each(name, func(f *vcard.Field) {
			if s == "" {
				s = plainText(f)
			}
		})
		return s
	}
	card.Name = oneLine(first(vcard.FieldFormattedName))
	each(vcard.FieldName, func(f *vcard.Field) {
		p := append(components(f), "", "", "", "", "")
		if card.Name == "" { // family; given; more; before; behind
			card.Name = joinParts(" ", p[3], p[1], p[2], p[0], p[4])
		}
	})
	each(vcard.FieldOrganization, func(f *vcard.Field) {
		if card.Company == "" {
			card.Company = joinParts(", ", components(f)...)
		}
	})
	card.Title, card.Birthday, card.Note = oneLine(first(vcard.FieldTitle)), oneLine(first(vcard.FieldBirthday)), first(vcard.FieldNote)
	entry := func(to *[]Entry, f *vcard.Field, value string) {
		if value = oneLine(value); value != "" {
			*to = append(*to, Entry{kindWords(f), value})
		}
	}
	each(vcard.FieldTelephone, func(f *vcard.Field) { entry(&card.Numbers, f, strings.TrimPrefix(plainText(f), "tel:")) })
	each(vcard.FieldEmail, func(f *vcard.Field) { entry(&card.Emails, f, plainText(f)) })
	each(vcard.FieldAddress, func(f *vcard.Field) {
		p := append(components(f), "", "", "", "", "", "", "")
		// box; more; street; town; region; code; country
		entry(&card.Addresses, f, joinParts(", ", p[0], p[1], p[2], joinParts(" ", joinParts(", ", p[3], p[4]), p[5]), p[6]))
	})
	each(vcard.FieldURL, func(f *vcard.Field) {
		if s := oneLine(plainText(f)); s != "" {
			card.Links = append(card.Links, s)
		}
	})
	each(vcard.FieldPhoto, func(f *vcard.Field) {
		if strings.Contains(f.Value, "://") {
			return
		}
		_, data, cut := strings.Cut(f.Value, "base64,")
		if !cut {
			data = f.Value
		}
		card.Photo = max(card.Photo, base64.StdEncoding.DecodedLen(len(strings.TrimSpace(data))))
	})
	ok = card.Name != "" || card.Company != "" || len(card.Numbers)+len(card.Emails) > 0
	return card, ok
}

// kindWords is what a number or address is for: "cell", "work fax".
func kindWords(f *vcard.Field) string {
	var out []string
	for _, t := range f.Params.Types() {
		for t := range strings.SplitSeq(strings.ToLower(t), ",") {
			t = oneLine(strings.Trim(t, `"`))
			switch t {
			case "", "pref", "voice", "internet", "x-internet":
				continue
			}
			if len(out) < 3 && len(t) <= 20 {
				out = append(out, t)
			}
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

// cardSheet shows contact cards; nil when none can be read.
func cardSheet(text string) *sheet {
	cards := ParseCards(text)
	if len(cards) == 0 {
		return nil
	}
	s := &sheet{what: "Contact card", cards: cards}
	if len(cards) > 1 {
		s.what = kit.Plural(len(cards), "contact card")
	}
	if len(cards) == mostCards {
		s.remark = "The first " + kit.Count(mostCards, true) + " cards; open it outside for the rest"
	}
	for i, c := range cards {
		if i > 0 {
			s.lines = append(s.lines, line{})
		}
		s.lines = append(s.lines, c.lines()...)
	}
	return s
}

const cardLabel = 11

func (c Card) lines() []line {
	var out []line
	field := func(label, value string, t tone) {
		for i, l := range strings.Split(value, "\n") {
			if i > 0 {
				label = ""
			}
			if value != "" {
				out = append(out, line{label: kit.Fit(label, cardLabel), text: l, hang: cardLabel, tone: t})
			}
		}
	}
	list := func(label string, all []Entry) {
		for _, e := range all {
			if e.Kind != "" {
				e.Value += "  (" + e.Kind + ")"
			}
			field(label, e.Value, body)
		}
	}
	field("Name", c.Name, strong)
	field("Company", c.Company, body)
	field("Title", c.Title, body)
	list("Number", c.Numbers)
	list("Mail", c.Emails)
	list("Address", c.Addresses)
	for _, l := range c.Links {
		field("Link", l, body)
	}
	field("Born", c.Birthday, body)
	field("Note", c.Note, body)
	if c.Photo > 0 {
		field("Photo", "a picture of about "+kit.Size(int64(c.Photo))+", not shown", dim)
	}
	return out
}
