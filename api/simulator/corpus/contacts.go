package corpus

import (
	"math"
	"strings"
	"time"
)

// Contact is an entry of Front Desk's own address book.
type Contact struct {
	Index                                  int
	ID                                     int64
	First, Last, Nick, Company, Title      string
	Email, Email2, Web, Birthday, Notes    string
	Home, Business, Business2, Mobile, Fax string // numbers as people type them
	CompanyPhone, Other                    string
	Street, City, State, Zip               string
	Modified                               time.Time
}

const (
	contactBase   = int64(2_700_000_004)
	contactStride = 1000
)

// ContactID is the id of the i-th contact, made or created later.
func ContactID(i int) int64 { return contactBase + int64(i)*contactStride }

// FindContact gives the index of a contact's id.
func FindContact(id int64) (i int, ok bool) {
	n := id - contactBase
	if n < 0 || n%contactStride != 0 || n/contactStride > math.MaxInt32 {
		return 0, false
	}
	return int(n / contactStride), true
}

// contactPeriod is the length of the schedule of oddities.
const contactPeriod = 40

// Contact makes the i-th contact. Four of five callers have one, as long as
// there are enough; beyond the callers come people who never call. Every forty
// in a row hold what a client has to cope with: duplicates, a number that two
// share, names in other scripts and names that attack a terminal, companies,
// extensions, and numbers written in every way.
func (c *Corpus) Contact(i int) Contact {
	k := i + i/4
	who := c.acquaintance(k)
	r := stream(c.seed, forContact, uint64(i))
	v := Contact{
		Index: i, ID: ContactID(i), First: who.first, Last: who.last, Company: who.company,
		Modified: c.now.Add(-time.Duration(1+r.n(90*24*60)) * time.Minute).Truncate(time.Millisecond),
	}
	v.Mobile = spelled(who.number, &r)
	if r.percent(40) {
		v.Email = address(who.first, who.last)
	}
	if r.percent(15) {
		v.Title = pick(&r, []string{"Office manager", "Nurse", "Driver", "Receptionist", "Billing", "Pharmacist", "Mother of Leo"})
	}
	if r.percent(20) {
		city, state, _ := strings.Cut(who.location, ", ")
		v.Street, v.City, v.State, v.Zip = "12 "+pick(&r, streets), city, state, "94010"
	}
	if r.percent(10) {
		v.Birthday = "1961-04-17T00:00:00.000Z"
	}
	c.odd(&v, k, who, &r)
	return v
}

func (c *Corpus) odd(v *Contact, k int, who person, r *rng) {
	switch v.Index % contactPeriod {
	case 3: // the one before once more, written another way
		twin := c.acquaintance(v.Index - 1 + (v.Index-1)/4)
		v.First, v.Last, v.Company = strings.ToUpper(twin.first), strings.ToUpper(twin.last), twin.company
		v.Mobile, v.Business = "", twin.number
	case 5:
		if v.Index < contactPeriod {
			v.First, v.Last, v.Mobile, v.Company = knownPerson.first, knownPerson.last, "(415) 555-1234", ""
		}
	case 7: // a household: two people, one telephone
		v.First, v.Last = pick(r, firstNames), c.acquaintance(v.Index-1+(v.Index-1)/4).last
		v.Home, v.Mobile = c.acquaintance(v.Index-1+(v.Index-1)/4).number, ""
	case 11:
		v.Last, v.Notes = hostileNames[v.Index/contactPeriod%len(hostileNames)], "\x1b]0;notes\x07 of a terminal"
	case 13:
		names := foreignNames[v.Index/contactPeriod%len(foreignNames)]
		v.First, v.Last = "", names[v.Index%len(names)]
	case 17:
		v.First, v.Last = "", accentedNames[v.Index%len(accentedNames)]
	case 19:
		v.First, v.Last, v.Company = "", "", pick(r, businesses)
		v.CompanyPhone, v.Mobile = v.Mobile, ""
	case 23:
		v.Mobile, v.Email = "", address(who.first, who.last)
	case 29:
		v.First, v.Last = "", colleagues[k%len(colleagues)].Name
		v.Business, v.Mobile = colleagues[k%len(colleagues)].Extension, ""
	case 31:
		v.Nick, v.Notes = "the one with the dog", "Prefers mornings.\nDo not leave messages with the neighbour."
	case 37:
		v.Fax, v.Business2, v.Email2 = spelled(who.number, r), "1-800-555-0199", address("office", who.last)
		v.Web = "https://example.com/" + strings.ToLower(who.last[:1])
	}
}

// acquaintance is the k-th person of the address book: first those who call,
// then others, whose numbers no caller has.
func (c *Corpus) acquaintance(k int) person {
	if k < c.people {
		return c.person(k)
	}
	r := stream(c.seed, forContact, uint64(k)|1<<40)
	n := k - c.people
	at := places[n%len(places)]
	line := 2000 + n/len(places)%8000
	p := person{
		first: pick(&r, firstNames), last: pick(&r, lastNames), location: at.name,
		number: "+1" + at.code + "555" + string([]byte{
			'0' + byte(line/1000), '0' + byte(line/100%10), '0' + byte(line/10%10), '0' + byte(line%10),
		}),
	}
	if r.percent(18) {
		p.company = pick(&r, businesses)
	}
	return p
}

// spelled writes a number the way one of many people would.
func spelled(number string, r *rng) string {
	n := number[2:]
	switch r.n(8) {
	case 0:
		return "(" + n[:3] + ") " + n[3:6] + "-" + n[6:]
	case 1:
		return n[:3] + "." + n[3:6] + "." + n[6:]
	case 2:
		return "1-" + n[:3] + "-" + n[3:6] + "-" + n[6:]
	case 3:
		return "+1 " + n[:3] + " " + n[3:6] + " " + n[6:]
	case 4:
		return n
	}
	return number
}

// address makes an e-mail address of a name.
func address(first, last string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	return plain(first) + "." + plain(last) + "@example.com"
}
