package contacts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/screen"
)

// field is one thing a person can say of a contact: a line of the form and of the text
// in the editor.
type field struct {
	name   string
	hint   string
	always bool // offered where it says nothing yet
	get    func(c store.Contact) string
	set    func(c *store.Contact, value string) error
}

// notesField is the last one: in the editor it goes on to the end of the text.
const notesField = "Notes"

// fields is everything that can be said, in the order of the form.
func fields() []field {
	out := []field{
		plain("First name", true, func(c *store.Contact) *string { return &c.First }),
		plain("Middle name", false, func(c *store.Contact) *string { return &c.Middle }),
		plain("Last name", true, func(c *store.Contact) *string { return &c.Last }),
		plain("Nickname", false, func(c *store.Contact) *string { return &c.Nick }),
		plain("Company", true, func(c *store.Contact) *string { return &c.Company }),
		plain("Job title", true, func(c *store.Contact) *string { return &c.Job }),
	}
	for _, k := range store.NumberKinds() {
		out = append(out, number(k))
	}
	for i := range 3 {
		out = append(out, mail(i))
	}
	out = append(out, plain("Web page", false, func(c *store.Contact) *string { return &c.Web }), birthday())
	for _, k := range []string{"business", "home", "other"} {
		out = append(out, postal(k))
	}
	notes := plain(notesField, true, func(c *store.Contact) *string { return &c.Notes })
	notes.hint = "⏎ stands for a line break"
	return append(out, notes)
}

func plain(name string, always bool, of func(*store.Contact) *string) field {
	return field{
		name: name, always: always,
		get: func(c store.Contact) string { return *of(&c) },
		set: func(c *store.Contact, v string) error { *of(c) = v; return nil },
	}
}

// number is the number of one kind.
func number(kind string) field {
	is := func(n store.PhoneNumber) bool { return n.Kind == kind }
	shown := []string{store.NumberMobile, store.NumberBusiness, store.NumberHome, store.NumberFax, store.NumberOther}
	name := kind
	if kind == store.NumberCompany || kind == store.NumberOther {
		name += " number" // the company is another field
	}
	return field{
		name: strings.ToUpper(name[:1]) + name[1:], hint: "as it is dialled, or with + and the country", always: slices.Contains(shown, kind),
		get: func(c store.Contact) string {
			if i := slices.IndexFunc(c.Numbers, is); i >= 0 {
				return c.Numbers[i].Number
			}
			return ""
		},
		set: func(c *store.Contact, v string) error {
			i := slices.IndexFunc(c.Numbers, is)
			if i >= 0 && c.Numbers[i].Number == v {
				return nil
			}
			if v != "" && len(store.Digits(v)) < 3 {
				return fmt.Errorf("%q is not a telephone number", v)
			}
			c.Numbers = slices.Clone(c.Numbers)
			switch {
			case i >= 0 && v == "":
				c.Numbers = slices.Delete(c.Numbers, i, i+1)
			case i >= 0:
				c.Numbers[i].Number = v
			case v != "":
				c.Numbers = append(c.Numbers, store.PhoneNumber{Kind: kind, Number: v})
			}
			return nil
		},
	}
}

// mail is the nth e-mail address.
func mail(n int) field {
	name := "E-mail"
	if n > 0 {
		name = fmt.Sprintf("E-mail %d", n+1)
	}
	return field{
		name: name, always: n == 0,
		get: func(c store.Contact) string {
			if n < len(c.Emails) {
				return c.Emails[n]
			}
			return ""
		},
		set: func(c *store.Contact, v string) error {
			if at := strings.IndexByte(v, '@'); v != "" && (at < 1 || at == len(v)-1 || strings.ContainsAny(v, " \t")) {
				return fmt.Errorf("%q is not an e-mail address", v)
			}
			c.Emails = slices.Clone(c.Emails)
			for len(c.Emails) <= n {
				c.Emails = append(c.Emails, "")
			}
			c.Emails[n] = v
			for len(c.Emails) > 0 && c.Emails[len(c.Emails)-1] == "" {
				c.Emails = c.Emails[:len(c.Emails)-1]
			}
			return nil
		},
	}
}

func birthday() field {
	f := plain("Birthday", false, func(c *store.Contact) *string { return &c.Birthday })
	f.hint = "year-month-day, 1980-12-31"
	f.set = func(c *store.Contact, v string) error {
		if v != "" && v != c.Birthday {
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				return fmt.Errorf("%q is not a day such as 1980-12-31", v)
			}
		}
		c.Birthday = v
		return nil
	}
	return f
}

// postal is the address of one kind, in one line.
func postal(kind string) field {
	is := func(p store.Postal) bool { return p.Kind == kind }
	return field{
		name: strings.ToUpper(kind[:1]) + kind[1:] + " address", hint: "street; town; state; code; country",
		get: func(c store.Contact) string {
			i := slices.IndexFunc(c.Postal, is)
			if i < 0 {
				return ""
			}
			p := c.Postal[i]
			return strings.TrimRight(strings.Join([]string{p.Street, p.City, p.State, p.Zip, p.Country}, "; "), "; ")
		},
		set: func(c *store.Contact, v string) error {
			parts := strings.Split(v, ";")
			if len(parts) > 5 {
				return errors.New("an address has five parts: street; town; state; code; country")
			}
			for i := range parts {
				parts[i] = strings.TrimSpace(parts[i])
			}
			parts = append(parts, "", "", "", "", "")
			p := store.Postal{Kind: kind, Street: parts[0], City: parts[1], State: parts[2], Zip: parts[3], Country: parts[4]}
			rest := slices.DeleteFunc(slices.Clone(c.Postal), is)
			if p != (store.Postal{Kind: kind}) {
				rest = append(rest, p)
			}
			c.Postal = rest
			return nil
		},
	}
}

// shown is the fields of a form about c: the common ones, and those that say something.
func shown(c store.Contact) []field {
	var out []field
	for _, f := range fields() {
		if f.always || f.get(c) != "" {
			out = append(out, f)
		}
	}
	return out
}

// fill is c with these values.
func fill(c store.Contact, fs []field, values []string) (store.Contact, error) {
	for i, f := range fs {
		if err := f.set(&c, cleaned(f.name, values[i])); err != nil {
			return c, &screen.FieldError{Field: i, Err: err}
		}
	}
	return named(c)
}

func cleaned(name, value string) string {
	if name == notesField {
		return strings.TrimSpace(store.Clean(value))
	}
	return store.CleanLine(value)
}

// named refuses a contact that says nothing by which it could be found again, and lets
// the store make the name of it.
func named(c store.Contact) (store.Contact, error) {
	c.Emails = slices.DeleteFunc(slices.Clone(c.Emails), func(s string) bool { return s == "" })
	if c.First+c.Middle+c.Last+c.Nick+c.Company == "" && len(c.Numbers) == 0 && len(c.Emails) == 0 {
		return c, &screen.FieldError{Err: errors.New("give a name, a company, a number or an e-mail address")}
	}
	c.Name = ""
	return c, nil
}
