package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ContactError says what of a contact that a person has entered cannot be.
type ContactError struct{ Why string }

func (e *ContactError) Error() string { return e.Why }

func contactError(format string, args ...any) error {
	return &ContactError{fmt.Sprintf(format, args...)}
}

// checkContact brings what a person has entered into the form it is kept in, and says
// what the address book has no room for.
func (s *Store) checkContact(c *Contact) error {
	var kinds []PhoneNumber
	taken := map[string]bool{}
	for _, n := range c.Numbers {
		if strings.TrimSpace(n.Number) == "" {
			continue
		}
		if Digits(n.Number) == "" {
			return contactError("%q is not a telephone number", CleanLine(n.Number))
		}
		kind, ok := freeKind(n.Kind, taken)
		if !ok {
			return contactError("there is no room for another %s number: the service keeps %s", joinWords(CleanLine(n.Kind)), "one or two of each kind")
		}
		taken[kind] = true
		kinds = append(kinds, PhoneNumber{Kind: kind, Number: n.Number})
	}
	order := NumberKinds()
	slices.SortStableFunc(kinds, func(a, b PhoneNumber) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	c.Numbers = kinds
	c.Emails = slices.DeleteFunc(slices.Clone(c.Emails), func(e string) bool { return strings.TrimSpace(e) == "" })
	if len(c.Emails) > maxContactEmails {
		return contactError("there are %d e-mail addresses: the service keeps %d", len(c.Emails), maxContactEmails)
	}
	for _, e := range c.Emails {
		at := strings.LastIndexByte(e, '@')
		if e = strings.TrimSpace(e); at <= 0 || at == len(e)-1 || strings.ContainsAny(e, " \t\n") {
			return contactError("%q is not an e-mail address", CleanLine(e))
		}
	}
	if c.Birthday = strings.TrimSpace(c.Birthday); c.Birthday != "" {
		if _, err := time.Parse(time.DateOnly, c.Birthday); err != nil {
			return contactError("the birthday %q is not a date such as 1985-02-28", CleanLine(c.Birthday))
		}
	}
	if len(c.Address) > maxContactPostals || len(c.Postal) > maxContactPostals {
		return contactError("there are more than %d addresses, which is what the service keeps", maxContactPostals)
	}
	given, name := c.Address, c.Name
	cleanContact(c, s.opts.Region)
	if len(given) > 0 || len(c.Postal) == 0 {
		c.Address = nil
		for _, a := range given {
			if a = cut(CleanLine(a), 256); a != "" {
				c.Address = append(c.Address, a)
			}
		}
	}
	if c.First+c.Middle+c.Last+c.Nick+c.Company == "" && name != "" && c.ID == 0 {
		c.First, c.Last = splitName(CleanLine(name))
		c.Name = fullName(c)
	}
	if c.Name == "" {
		return contactError("a contact needs a name, a company, a number or an e-mail address")
	}
	return nil
}

// splitName cuts a name that was given in one piece: the last word is the last name.
func splitName(name string) (first, last string) {
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// freeKind is the place in the address book that a number of a kind takes.
func freeKind(kind string, taken map[string]bool) (string, bool) {
	k := strings.ToLower(strings.TrimSpace(kind))
	switch k {
	case "cell", "iphone", "text":
		k = NumberMobile
	case "work", "office", "direct", "main":
		k = NumberBusiness
	case "", "voice", "phone":
		k = NumberMobile
		if taken[k] {
			k = NumberBusiness
		}
	case "fax", "work fax":
		k = NumberFax
	case "home fax":
		k = NumberOtherFax
	}
	list := []string{k}
	switch k {
	case NumberBusiness:
		list = append(list, NumberBusiness2, NumberCompany, NumberOther)
	case NumberHome:
		list = append(list, NumberHome2, NumberOther)
	case NumberMobile:
		list = append(list, NumberOther, NumberCallback)
	case NumberFax:
		list = append(list, NumberOtherFax)
	default:
		if !slices.Contains(NumberKinds(), k) {
			list = []string{NumberOther, NumberCallback, NumberCar}
		}
	}
	for _, l := range list {
		if !taken[l] {
			return l, true
		}
	}
	return "", false
}

// postalKinds are the places for addresses.
var postalKinds = [...]string{"home", "business", "other"}

// mergePostal finds the parts of the addresses of c: those it has in parts, those that
// are as before, and for those written anew the place that is free.
func mergePostal(c Contact, old []Postal) []Postal {
	lines := map[string]Postal{}
	for _, p := range append(slices.Clone(old), c.Postal...) {
		lines[p.line()] = p
	}
	want := c.Address
	if want == nil {
		for _, p := range c.Postal {
			want = append(want, p.line())
		}
	}
	taken := map[string]bool{}
	for _, a := range want {
		if p, ok := lines[a]; ok && slices.Contains(postalKinds[:], p.Kind) {
			taken[p.Kind] = true
		}
	}
	used := map[string]bool{}
	var out []Postal
	for _, a := range want {
		p, known := lines[a]
		if !known {
			p = Postal{Street: a}
		}
		if p.Kind = freePostal(p.Kind, known, taken, used); p.Kind == "" {
			continue
		}
		used[p.Kind] = true
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Postal) int {
		return slices.Index(postalKinds[:], a.Kind) - slices.Index(postalKinds[:], b.Kind)
	})
	return out
}

func freePostal(kind string, known bool, taken, used map[string]bool) string {
	if known && slices.Contains(postalKinds[:], kind) && !used[kind] {
		return kind
	}
	for _, k := range postalKinds {
		if !taken[k] && !used[k] {
			return k
		}
	}
	return ""
}

// contactFields are the fields of a contact by which changes are told, each with where
// it is.
func contactFields(c *Contact) map[string]*string {
	return map[string]*string{
		"first_name": &c.First, "middle_name": &c.Middle, "last_name": &c.Last, "nick_name": &c.Nick, "company": &c.Company,
		"job_title": &c.Job, "web_page": &c.Web, "birthday": &c.Birthday, "notes": &c.Notes,
	}
}

// contactDiff are the fields in which two states of a contact differ.
func contactDiff(a, b *Contact) []string {
	var out []string
	fa, fb := contactFields(a), contactFields(b)
	for name := range fa {
		if *fa[name] != *fb[name] {
			out = append(out, name)
		}
	}
	na, nb := numbersByKind(a.Numbers), numbersByKind(b.Numbers)
	for _, k := range NumberKinds() {
		if na[k] != nb[k] {
			out = append(out, "number:"+k)
		}
	}
	if !slices.Equal(a.Emails, b.Emails) {
		// All of them: at the service there may be gaps between them.
		out = append(out, "email:1", "email:2", "email:3")
	}
	for _, k := range postalKinds {
		if postalOf(a.Postal, k) != postalOf(b.Postal, k) {
			out = append(out, "address:"+k)
		}
	}
	slices.Sort(out)
	return out
}

func numbersByKind(ns []PhoneNumber) map[string]string {
	m := make(map[string]string, len(ns))
	for _, n := range ns {
		if _, ok := m[n.Kind]; !ok {
			m[n.Kind] = n.Number
		}
	}
	return m
}

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

func postalOf(ps []Postal, kind string) (p Postal) {
	for _, p := range ps {
		if p.Kind == kind {
			return p
		}
	}
	return p
}

// mergeContact is base with some fields as they are in c.
func mergeContact(base Contact, c *Contact, fields []string) Contact {
	to, from := contactFields(&base), contactFields(c)
	base.Numbers, base.Emails, base.Postal = slices.Clone(base.Numbers), slices.Clone(base.Emails), slices.Clone(base.Postal)
	for _, f := range fields {
		what, of, _ := strings.Cut(f, ":")
		switch what {
		case "number":
			base.Numbers = slices.DeleteFunc(base.Numbers, func(n PhoneNumber) bool { return n.Kind == of })
			if n := numbersByKind(c.Numbers)[of]; n != "" {
				base.Numbers = append(base.Numbers, PhoneNumber{Kind: of, Number: n})
			}
		case "email":
			base.Emails = slices.Clone(c.Emails)
		case "address":
			base.Postal = slices.DeleteFunc(base.Postal, func(p Postal) bool { return p.Kind == of })
			if p := postalOf(c.Postal, of); p.line() != "" {
				base.Postal = append(base.Postal, p)
			}
		default:
			if to[f] != nil {
				*to[f] = *from[f]
			}
		}
	}
	order := NumberKinds()
	slices.SortStableFunc(base.Numbers, func(a, b PhoneNumber) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	slices.SortStableFunc(base.Postal, func(a, b Postal) int {
		return slices.Index(postalKinds[:], a.Kind) - slices.Index(postalKinds[:], b.Kind)
	})
	base.Name = fullName(&base)
	return base
}
