package store

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"strings"
	"unicode/utf8"
)

// exportStep is how many contacts are read at a time.
const exportStep = 500

// ExportVCards writes the contacts of a list as vCard 3.0 (RFC 2426), by name, and says
// how many there were.
func (s *Store) ExportVCards(ctx context.Context, q ContactQuery, w io.Writer) (n int, err error) {
	out := bufio.NewWriter(w)
	err = s.EachContact(ctx, q, func(c Contact) error {
		n++
		return writeCard(out, &c)
	})
	if err != nil {
		return n, err
	}
	return n, out.Flush()
}

// EachContact hands out the contacts of a list by name, however long it is.
func (s *Store) EachContact(ctx context.Context, q ContactQuery, fn func(Contact) error) error {
	at := int64(0)
	for {
		win, err := s.ContactWindow(ctx, q, at, 0, exportStep)
		if err != nil {
			return err
		}
		rows := win.Rows
		if at != 0 && len(rows) > 0 && rows[0].ID == at {
			rows = rows[1:]
		}
		for _, c := range rows {
			if err := fn(c); err != nil {
				return err
			}
			at = c.ID
		}
		if win.End || len(rows) == 0 {
			return nil
		}
	}
}

// writeCard writes one contact.
func writeCard(w io.Writer, c *Contact) error {
	var b strings.Builder
	field := func(name string, parts ...string) {
		if strings.Join(parts, "") == "" {
			return
		}
		for i, p := range parts {
			parts[i] = escapeCard(p)
		}
		foldCard(&b, name+":"+strings.Join(parts, ";"))
	}
	b.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n")
	field("FN", cmp.Or(c.Name, "-"))
	last, first := c.Last, c.First
	if first+last+c.Middle == "" && c.Company != c.Name && c.Nick != c.Name {
		first = c.Name // people of the directory that have no parts
	}
	foldCard(&b, "N:"+strings.Join([]string{escapeCard(last), escapeCard(first), escapeCard(c.Middle), "", ""}, ";"))
	field("NICKNAME", c.Nick)
	if c.Company != "" || c.Department != "" {
		if c.Department == "" {
			field("ORG", c.Company)
		} else {
			field("ORG", c.Company, c.Department)
		}
	}
	field("TITLE", c.Job)
	for _, n := range c.Numbers {
		field("TEL;TYPE="+cardTypeOf(n.Kind), n.Number)
	}
	if c.Extension != "" {
		field("TEL;TYPE=WORK,X-EXTENSION", c.Extension)
	}
	for _, e := range c.Emails {
		field("EMAIL;TYPE=INTERNET", e)
	}
	for _, p := range c.Postal {
		field("ADR;TYPE="+postalTypeOf(p.Kind), "", "", p.Street, p.City, p.State, p.Zip, p.Country)
	}
	field("URL", c.Web)
	field("BDAY", c.Birthday)
	field("NOTE", c.Notes)
	b.WriteString("END:VCARD\r\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func cardTypeOf(kind string) string {
	switch kind {
	case NumberMobile:
		return "CELL"
	case NumberBusiness, NumberBusiness2, NumberDirect:
		return "WORK"
	case NumberHome, NumberHome2:
		return "HOME"
	case NumberFax:
		return "WORK,FAX"
	case NumberOtherFax:
		return "OTHER,FAX"
	case NumberCompany:
		return "MAIN"
	case NumberCar:
		return "CAR"
	case NumberAssistant:
		return "X-ASSISTANT"
	case NumberCallback:
		return "X-CALLBACK"
	}
	return "OTHER"
}

func postalTypeOf(kind string) string {
	switch kind {
	case "home":
		return "HOME"
	case "business":
		return "WORK"
	}
	return "POSTAL"
}

var cardEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "")

func escapeCard(s string) string { return cardEscapes.Replace(s) }

// foldCard writes a field in lines of at most 75 bytes, none of which ends within a
// letter.
func foldCard(b *strings.Builder, l string) {
	room := 75
	for len(l) > room {
		n := room
		for n > 0 && !utf8.RuneStart(l[n]) {
			n--
		}
		b.WriteString(l[:n])
		b.WriteString("\r\n ")
		l, room = l[n:], 74
	}
	b.WriteString(l)
	b.WriteString("\r\n")
}
