package ringcentral

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// doContact brings a contact of the address book to what a deed says.
func (m *Mailbox) doContact(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	st, id, err := contactOf(d)
	if err != nil {
		return store.DeedDone{}, err
	}
	switch {
	case !st.Exists && id == "":
		return store.DeedDone{Remote: store.NoRemote}, nil // it never was there
	case !st.Exists:
		if err := m.client.DeleteContact(ctx, id); err != nil && !api.IsNotFound(err) {
			return store.DeedDone{}, err
		}
		return store.DeedDone{Remote: store.NoRemote}, nil
	case id == "":
		made, err := m.client.CreateContact(ctx, outgoingContact(st))
		if err != nil {
			return store.DeedDone{}, bookError(err)
		}
		return contactDone(made)
	case len(st.Fields) == 0:
		return store.DeedDone{Remote: string(id)}, nil // what was taken back had not been done
	}
	got, err := m.client.PatchContact(ctx, id, changedMembers(st))
	if err != nil {
		return store.DeedDone{}, err
	}
	return contactDone(got)
}

// contactOf reads a deed and says what the contact is called now, "" if there is none.
func contactOf(d store.Doing) (st store.ContactState, id rc.ID, err error) {
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return st, "", fmt.Errorf("reading the change of the contact: %w", err)
	}
	switch d.Remote {
	case "":
		id = rc.ID(st.Contact.Remote)
	case store.NoRemote:
	default:
		id = rc.ID(d.Remote)
	}
	return st, id, nil
}

func contactDone(p rc.PersonalContact) (store.DeedDone, error) {
	done, err := replied(incomingContact(p))
	done.Remote = string(p.ID)
	return done, err
}

// bookError puts a full address book in words.
func bookError(err error) error {
	var e *api.Error
	if errors.As(err, &e) && strings.Contains(strings.ToLower(e.Message), "max contacts") {
		return &fullError{err}
	}
	return err
}

// fullError is an address book that takes no more.
type fullError struct{ err error }

func (e *fullError) Error() string {
	return "the address book is full: the service keeps 10,000 contacts"
}
func (e *fullError) Unwrap() error { return e.err }

// outgoingContact is a contact as it is made.
func outgoingContact(st store.ContactState) rc.PersonalContact {
	var p rc.PersonalContact
	var e extra
	if len(st.Extra) > 0 && json.Unmarshal(st.Extra, &e) == nil {
		p.RingtoneIndex, p.AppInfo, p.Other = e.Ringtone, e.AppInfo, e.Other
	}
	c := &st.Contact
	p.FirstName, p.MiddleName, p.LastName, p.NickName = c.First, c.Middle, c.Last, c.Nick
	p.Company, p.JobTitle, p.WebPage, p.Notes, p.Birthday = c.Company, c.Job, webPage(c.Web), c.Notes, birthday(c.Birthday)
	for _, s := range numberSlots(&p) {
		*s.value = numberOf(c, s.kind)
	}
	for i, s := range emailSlots(&p) {
		if i < len(c.Emails) {
			*s.value = c.Emails[i]
		}
	}
	for _, s := range addressSlots(&p) {
		*s.value = addressOf(c, s.kind)
	}
	return p
}

// birthday is a date as the service takes it.
func birthday(day string) string {
	if day == "" {
		return ""
	}
	return day + "T00:00:00.000Z"
}

// webPage is an address as the service takes it: with its scheme.
func webPage(s string) string {
	if s == "" || strings.Contains(s, "://") {
		return s
	}
	return "https://" + s
}

func numberOf(c *store.Contact, kind string) string {
	for _, n := range c.Numbers {
		if n.Kind == kind {
			return n.Number
		}
	}
	return ""
}

func addressOf(c *store.Contact, kind string) *rc.Address {
	for _, p := range c.Postal {
		if p.Kind == kind {
			return &rc.Address{Street: p.Street, City: p.City, State: p.State, Zip: p.Zip, Country: p.Country}
		}
	}
	return nil
}

// changedMembers are the members that a deed changes, as they are to be.
func changedMembers(st store.ContactState) map[string]any {
	p := outgoingContact(st)
	out := map[string]any{}
	set := func(field string, s slot) {
		if !slices.Contains(st.Fields, field) {
			return
		}
		if out[s.member] = nil; *s.value != "" {
			out[s.member] = *s.value
		}
	}
	for _, s := range textSlots(&p) {
		set(s.kind, s)
	}
	for _, s := range numberSlots(&p) {
		set("number:"+s.kind, s)
	}
	for _, s := range emailSlots(&p) {
		set("email:"+s.kind, s)
	}
	for _, s := range addressSlots(&p) {
		if slices.Contains(st.Fields, "address:"+s.kind) {
			if out[s.member] = nil; *s.value != nil {
				out[s.member] = *s.value
			}
		}
	}
	return out
}

// soughtContact looks for a contact that may have been made: one of the same name with
// the same numbers that nobody here knows as another.
func (m *Mailbox) soughtContact(ctx context.Context, d store.Doing) (store.DeedDone, bool, error) {
	st, id, err := contactOf(d)
	if err != nil {
		return store.DeedDone{}, false, err
	}
	if !st.Exists || id != "" {
		return store.DeedDone{}, false, nil // a change and a deletion may be repeated
	}
	want := outgoingContact(st)
	q := rc.ContactQuery{PerPage: 1000, StartsWith: cmp.Or(want.FirstName, want.LastName, want.Company)}
	for _, s := range numberSlots(&want) {
		if *s.value != "" && strings.HasPrefix(*s.value, "+") {
			q.PhoneNumbers = append(q.PhoneNumbers, *s.value)
			break
		}
	}
	var found *rc.PersonalContact
	for {
		list, err := m.client.Contacts(ctx, q)
		if err != nil {
			return store.DeedDone{}, false, err
		}
		for i := range list.Records {
			p := &list.Records[i]
			// The newest of them: ids grow.
			if sameContact(*p, want) && !slices.Contains(d.Known, string(p.ID)) && (found == nil || p.ID.Int() > found.ID.Int()) {
				found = p
			}
		}
		if list.Next == "" {
			break
		}
		q = rc.ContactQuery{Next: list.Next}
	}
	if found == nil {
		return store.DeedDone{}, false, nil
	}
	done, err := contactDone(*found)
	return done, err == nil, err
}

// sameContact reports whether a contact is as one that was to be made.
func sameContact(got, want rc.PersonalContact) bool {
	a, b := writtenIn(&got), writtenIn(&want)
	return slices.Equal(a, b)
}

func writtenIn(p *rc.PersonalContact) []string {
	var out []string
	for _, s := range slices.Concat(textSlots(p), numberSlots(p), emailSlots(p)) {
		if s.member != "birthday" && s.member != "webPage" { // which it may write another way
			out = append(out, strings.TrimSpace(*s.value))
		}
	}
	return out
}

// doFavorite makes a contact a favourite or takes it off them. The service only takes
// the whole list.
func (m *Mailbox) doFavorite(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	var st store.FavoriteState
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return store.DeedDone{}, fmt.Errorf("reading the change of the favourites: %w", err)
	}
	if st.Remote == "" {
		return store.DeedDone{}, errors.New("the contact is not at the service")
	}
	list, err := m.client.Favorites(ctx)
	if err != nil {
		return store.DeedDone{}, err
	}
	is := func(f rc.Favorite) bool {
		if st.Source == store.Directory {
			return string(f.ExtensionID) == st.Remote
		}
		return string(f.ContactID) == st.Remote
	}
	if slices.ContainsFunc(list, is) == st.On {
		return store.DeedDone{}, nil
	}
	if !st.On {
		list = slices.DeleteFunc(list, is)
	} else if st.Source == store.Directory {
		list = append(list, rc.Favorite{ExtensionID: rc.ID(st.Remote), AccountID: m.company()})
	} else {
		list = append(list, rc.Favorite{ContactID: rc.ID(st.Remote)})
	}
	_, err = m.client.SetFavorites(ctx, list)
	return store.DeedDone{}, err
}

// company is the account the mailbox belongs to, "" if that is not known.
func (m *Mailbox) company() rc.ID {
	parts := strings.Split(m.key, ":")
	if len(parts) < 3 || parts[1] == "~" {
		return ""
	}
	return rc.ID(parts[1])
}
