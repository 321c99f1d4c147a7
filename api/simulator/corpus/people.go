package corpus

import "strings"

// person is somebody who calls, texts or faxes the desk, the same each time.
type person struct {
	first, last string
	number      string // E.164
	location    string
	company     string // "" for private people
}

func (p person) full() string { return p.first + " " + p.last }

// knownPerson calls from the number that the examples of the handbook search
// for: it ends in 5551234.
var knownPerson = person{first: "Marisol", last: "Pemberton", number: "+14155551234", location: "San Francisco, CA"}

// person makes the k-th of the desk's callers. Numbers are 555-0100 to
// 555-0199 in an area code of their own for every hundredth caller, so that no
// two share one.
func (c *Corpus) person(k int) person {
	r := stream(c.seed, forPerson, uint64(k))
	at := places[(k+int(c.seed>>32))%len(places)]
	line := (k/len(places) + 37*(k%len(places))) % 100
	p := person{
		first: pick(&r, firstNames), last: pick(&r, lastNames), location: at.name,
		number: "+1" + at.code + "55501" + string([]byte{'0' + byte(line/10), '0' + byte(line%10)}),
	}
	if r.percent(18) {
		p.company = pick(&r, businesses)
	}
	return p
}

// somebody picks a caller; a few of them call far more often than the rest.
func (c *Corpus) somebody(r *rng) person {
	k := r.n(c.people)
	if r.percent(55) {
		k = k * r.n(c.people) / c.people
	}
	return c.person(k)
}

// company picks a caller that is one.
func (c *Corpus) company(r *rng) person {
	p := c.somebody(r)
	if p.company == "" {
		p.company = businesses[hashNumber(p.number)%uint64(len(businesses))]
	}
	return p
}

// party is what the service says about a person: often less than a name, and
// sometimes what the telephone company has on file.
func (p person) party() Party {
	a := Party{Number: p.number, Location: p.location}
	r := stream(0, forTag, hashNumber(p.number))
	switch k := r.n(100); {
	case p.company != "":
		a.Name = p.company
	case k < 58:
		a.Name = p.full()
	case k < 70:
		a.Name = strings.ToUpper(p.last + " " + p.first)
	case k < 75:
		a.Name = "WIRELESS CALLER"
	case k < 79:
		a.Name = pick(&r, accentedNames)
	}
	return a
}

func hashNumber(s string) (h uint64) {
	for i := range len(s) {
		h = mix(h ^ uint64(s[i]))
	}
	return h
}

func owner() Party {
	return Party{Name: OwnerName, Number: OwnerNumber, Extension: OwnerExtension, Location: "San Mateo, CA"}
}

func ownerFax() Party {
	return Party{Name: OwnerCompany, Number: OwnerFax, Location: "San Mateo, CA"}
}
