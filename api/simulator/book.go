package simulator

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
)

// book is the address book: the corpus's contacts with changes over them.
// Contacts are numbered; those created later come after the corpus's.
type book struct {
	mu      sync.RWMutex
	now     func() time.Time
	base    *corpus.Corpus
	count   int // of the corpus's
	over    map[int]contactState
	made    int // numbers given to created ones
	deleted int
	epoch   int
	gen     int
	orders  map[string]bookOrder
	favs    []wireFavorite
	nextFav int64
}

// contactState is a contact that was changed, created or deleted.
type contactState struct {
	fields   map[string]json.RawMessage // nil: deleted
	modified int64                      // ms
}

// bookOrder is the book in the order of some of its fields, made when asked for.
type bookOrder struct {
	gen  int
	list []int32
}

// contactMembers are the members that a person can write.
func contactMembers() []string {
	return []string{
		"firstName", "lastName", "middleName", "nickName", "company", "jobTitle", "email", "email2", "email3", "birthday", "webPage",
		"notes", "homePhone", "homePhone2", "businessPhone", "businessPhone2", "mobilePhone", "businessFax", "companyPhone",
		"assistantPhone", "carPhone", "otherPhone", "otherFax", "callbackPhone", "homeAddress", "businessAddress", "otherAddress",
		"ringtoneIndex", "appInfo",
	}
}

func newBook(base *corpus.Corpus, count int, now func() time.Time) *book {
	b := &book{now: now, base: base, count: count, over: map[int]contactState{}, orders: map[string]bookOrder{}, nextFav: 9001}
	for n, i := range []int{5, 19, 2} { // some favourites: contacts, and below a colleague
		if i < count {
			b.favs = append(b.favs, wireFavorite{ID: int64(1001 + n), Contact: itoa(corpus.ContactID(i))})
		}
	}
	b.favs = append(b.favs, wireFavorite{ID: 1004, Extension: itoa(corpus.EntryID(2)), Account: accountID})
	return b
}

func (b *book) len() int { return b.count + b.made }

// contact is one entry as it is now; deleted when it is none any more, known
// false when it never was. The caller holds the lock.
func (b *book) contact(i int) (fields map[string]json.RawMessage, modified int64, known bool) {
	if i < 0 || i >= b.len() {
		return nil, 0, false
	}
	if st, ok := b.over[i]; ok {
		return st.fields, st.modified, true
	}
	v := b.base.Contact(i)
	return contactFields(&v), v.Modified.UnixMilli(), true
}

func contactFields(v *corpus.Contact) map[string]json.RawMessage {
	f := make(map[string]json.RawMessage, 8)
	set := func(name, s string) {
		if s != "" {
			f[name] = appendString(nil, s)
		}
	}
	set("firstName", v.First)
	set("lastName", v.Last)
	set("nickName", v.Nick)
	set("company", v.Company)
	set("jobTitle", v.Title)
	set("email", v.Email)
	set("email2", v.Email2)
	set("webPage", v.Web)
	set("birthday", v.Birthday)
	set("notes", v.Notes)
	set("homePhone", v.Home)
	set("businessPhone", v.Business)
	set("businessPhone2", v.Business2)
	set("mobilePhone", v.Mobile)
	set("businessFax", v.Fax)
	set("companyPhone", v.CompanyPhone)
	set("otherPhone", v.Other)
	if v.City != "" {
		a := append([]byte(nil), '{')
		a = appendField(a, "street", v.Street)
		a = appendField(a, "city", v.City)
		a = appendField(a, "state", v.State)
		a = appendField(a, "zip", v.Zip)
		f["homeAddress"] = append(a, '}')
	}
	return f
}

func word(f map[string]json.RawMessage, name string) string {
	var s string
	if json.Unmarshal(f[name], &s) != nil { // absent, or no text
		return ""
	}
	return s
}

// put stores a contact, or its deletion.
func (b *book) put(i int, fields map[string]json.RawMessage) {
	if fields == nil {
		b.deleted++
	}
	b.over[i] = contactState{fields: fields, modified: b.now().UnixMilli()}
	b.gen++
}

// add stores a new contact and returns its number.
func (b *book) add(fields map[string]json.RawMessage) int {
	i := b.len()
	b.made++
	b.put(i, fields)
	return i
}

// sorted is the book in the order of the fields; the order is kept until
// something changes. The caller holds the lock for writing.
func (b *book) sorted(by []string) []int32 {
	key := strings.Join(by, " ")
	if o, ok := b.orders[key]; ok && o.gen == b.gen {
		return o.list
	}
	type entry struct {
		key string
		i   int32
	}
	list := make([]entry, 0, b.len())
	for i := range b.len() {
		f, _, _ := b.contact(i)
		if f == nil {
			continue
		}
		var k strings.Builder
		for _, name := range by {
			k.WriteString(strings.ToLower(word(f, name)))
			k.WriteByte(0)
		}
		list = append(list, entry{k.String(), int32(i)})
	}
	slices.SortFunc(list, func(x, y entry) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.i, y.i)) })
	o := bookOrder{gen: b.gen, list: make([]int32, len(list))}
	for n, e := range list {
		o.list[n] = e.i
	}
	b.orders[key] = o
	return o.list
}

// numbersOf are the digits of a contact's telephone numbers.
func numbersOf(f map[string]json.RawMessage) []string {
	var list []string
	for name := range f {
		if strings.Contains(name, "Phone") || strings.HasSuffix(name, "Fax") {
			if d := digits(word(f, name)); d != "" {
				list = append(list, d)
			}
		}
	}
	return list
}

// PurgeContactTokens makes every sync token of the address book invalid
// (CMN-101).
func (s *Server) PurgeContactTokens() {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	s.book.epoch++
}
