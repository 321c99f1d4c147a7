package ringcentral

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.ContactService = (*Mailbox)(nil)

// PullContacts implements store.ContactService with the address book's sync, of which an
// answer has at most 250 contacts.
func (m *Mailbox) PullContacts(ctx context.Context, cursor, page string) (store.PulledContacts, error) {
	q := rc.ContactSyncQuery{Type: rc.FSync, PageID: rc.ID(page)}
	if cursor != "" {
		q.Type, q.Token = rc.ISync, cursor
	}
	got, err := m.client.SyncContacts(ctx, q)
	if rc.IsExpiredToken(err) && (cursor != "" || page != "") {
		return store.PulledContacts{Reset: true}, nil
	}
	if err != nil {
		return store.PulledContacts{}, err
	}
	out := store.PulledContacts{Next: string(got.NextPageID), Cursor: got.SyncInfo.SyncToken}
	for _, r := range got.Records {
		out.Records = append(out.Records, incomingContact(r))
	}
	out.Records = append(out.Records, m.brokenContacts(got.Broken)...)
	return out, nil
}

// brokenContacts are those that could not be read: they are there all the same.
func (m *Mailbox) brokenContacts(broken []rc.BrokenRecord) []store.IncomingContact {
	var out []store.IncomingContact
	for _, b := range broken {
		m.log.Warn("a contact could not be read and is left out", "id", string(b.ID), "err", b.Err)
		out = append(out, store.IncomingContact{Contact: store.Contact{Remote: string(b.ID)}, Broken: true})
	}
	return out
}

// PullDirectory implements store.ContactService. Companies that are federated with this
// one are left out: their extensions cannot be dialled from here, and would be taken for
// colleagues with the same ones.
func (m *Mailbox) PullDirectory(ctx context.Context, page int, tag string) (store.PulledDirectory, error) {
	got, err := m.client.Directory(ctx, rc.DirectoryQuery{LocalOnly: true, Page: page, ETag: tag})
	if err != nil {
		return store.PulledDirectory{}, err
	}
	out := store.PulledDirectory{Tag: got.ETag, Same: got.NotModified, Next: got.Next}
	for _, e := range got.Records {
		if in := incomingEntry(e); !e.Hidden {
			out.Records = append(out.Records, in)
		}
	}
	out.Records = append(out.Records, m.brokenContacts(got.Broken)...)
	return out, nil
}

// PullFavorites implements store.ContactService.
func (m *Mailbox) PullFavorites(ctx context.Context) ([]store.FavoriteRef, error) {
	list, err := m.client.Favorites(ctx)
	if err != nil {
		return nil, err
	}
	var out []store.FavoriteRef
	for _, f := range list {
		switch {
		case f.ContactID != "":
			out = append(out, store.FavoriteRef{Source: store.Personal, Remote: string(f.ContactID)})
		case f.ExtensionID != "":
			out = append(out, store.FavoriteRef{Source: store.Directory, Remote: string(f.ExtensionID)})
		}
	}
	return out, nil
}

// numberSlots are the places of a contact for numbers.
func numberSlots(p *rc.PersonalContact) []slot {
	return []slot{
		{store.NumberMobile, "mobilePhone", &p.MobilePhone},
		{store.NumberBusiness, "businessPhone", &p.BusinessPhone},
		{store.NumberBusiness2, "businessPhone2", &p.BusinessPhone2},
		{store.NumberHome, "homePhone", &p.HomePhone},
		{store.NumberHome2, "homePhone2", &p.HomePhone2},
		{store.NumberCompany, "companyPhone", &p.CompanyPhone},
		{store.NumberOther, "otherPhone", &p.OtherPhone},
		{store.NumberAssistant, "assistantPhone", &p.AssistantPhone},
		{store.NumberCar, "carPhone", &p.CarPhone},
		{store.NumberCallback, "callbackPhone", &p.CallbackPhone},
		{store.NumberFax, "businessFax", &p.BusinessFax},
		{store.NumberOtherFax, "otherFax", &p.OtherFax},
	}
}

// slot is a place of a contact, by our word for it and the service's.
type slot struct {
	kind, member string
	value        *string
}

// emailSlots are the places for e-mail addresses.
func emailSlots(p *rc.PersonalContact) []slot {
	return []slot{{"1", "email", &p.Email}, {"2", "email2", &p.Email2}, {"3", "email3", &p.Email3}}
}

// textSlots are the places for what there is one of.
func textSlots(p *rc.PersonalContact) []slot {
	return []slot{
		{"first_name", "firstName", &p.FirstName},
		{"middle_name", "middleName", &p.MiddleName},
		{"last_name", "lastName", &p.LastName},
		{"nick_name", "nickName", &p.NickName},
		{"company", "company", &p.Company},
		{"job_title", "jobTitle", &p.JobTitle},
		{"web_page", "webPage", &p.WebPage},
		{"birthday", "birthday", &p.Birthday},
		{"notes", "notes", &p.Notes},
	}
}

// addressSlot is a place for an address.
type addressSlot struct {
	kind, member string
	value        **rc.Address
}

func addressSlots(p *rc.PersonalContact) []addressSlot {
	return []addressSlot{
		{"home", "homeAddress", &p.HomeAddress}, {"business", "businessAddress", &p.BusinessAddress}, {"other", "otherAddress", &p.OtherAddress},
	}
}

// incomingContact turns a record of the address book into what the store takes in.
func incomingContact(p rc.PersonalContact) store.IncomingContact {
	in := store.IncomingContact{Gone: p.Gone(), Contact: store.Contact{Source: store.Personal, Remote: string(p.ID)}}
	if in.Gone {
		return in
	}
	c := &in.Contact
	c.First, c.Middle, c.Last, c.Nick = p.FirstName, p.MiddleName, p.LastName, p.NickName
	c.Company, c.Job, c.Web, c.Notes = p.Company, p.JobTitle, p.WebPage, p.Notes
	c.Birthday, _, _ = strings.Cut(p.Birthday, "T")
	for _, s := range numberSlots(&p) {
		if *s.value != "" {
			c.Numbers = append(c.Numbers, store.PhoneNumber{Kind: s.kind, Number: *s.value})
		}
	}
	for _, s := range emailSlots(&p) {
		if *s.value != "" {
			c.Emails = append(c.Emails, *s.value)
		}
	}
	for _, s := range addressSlots(&p) {
		if a := *s.value; a != nil {
			c.Postal = append(c.Postal, store.Postal{Kind: s.kind, Street: a.Street, City: a.City, State: a.State, Zip: a.Zip, Country: a.Country})
		}
	}
	in.Extra = extraOf(p)
	return in
}

// extra is what of a contact the store has no field for: it is needed when the contact is
// made anew after it was deleted.
type extra struct {
	Ringtone string                     `json:"ringtoneIndex,omitempty"`
	AppInfo  string                     `json:"appInfo,omitempty"`
	Other    map[string]json.RawMessage `json:"other,omitempty"`
}

func extraOf(p rc.PersonalContact) json.RawMessage {
	e := extra{Ringtone: p.RingtoneIndex, AppInfo: p.AppInfo, Other: map[string]json.RawMessage{}}
	for name, v := range p.Other {
		if strings.EqualFold(name, "groups") || strings.EqualFold(name, "etag") || strings.EqualFold(name, "profileImage") {
			continue // the service's own
		}
		e.Other[name] = v
	}
	if e.Ringtone == "" && e.AppInfo == "" && len(e.Other) == 0 {
		return nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil
	}
	return b
}

// incomingEntry turns an entry of the directory into what the store takes in.
func incomingEntry(e rc.DirectoryEntry) store.IncomingContact {
	c := store.Contact{
		Source: store.Directory, Remote: string(e.ID), Extension: e.ExtensionNumber, First: e.FirstName, Last: e.LastName,
		Job: e.JobTitle, Department: e.Department, Status: e.Status, Type: e.Type,
	}
	// People have a first and a last name, all others have one name.
	c.Name = cmp.Or(strings.TrimSpace(e.FirstName+" "+e.LastName), e.Name)
	if e.Email != "" {
		c.Emails = []string{e.Email}
	}
	for _, p := range e.PhoneNumbers {
		if !p.Hidden && p.PhoneNumber != "" {
			c.Numbers = append(c.Numbers, store.PhoneNumber{Kind: entryKind(p), Number: p.PhoneNumber})
		}
	}
	return store.IncomingContact{Contact: c}
}

// entryKind is what a number of the directory is for.
func entryKind(p rc.DirectoryPhone) string {
	switch p.UsageType {
	case "DirectNumber":
		return store.NumberDirect
	case "MobileNumber", "BusinessMobileNumber":
		return store.NumberMobile
	case "MainCompanyNumber":
		return "main number"
	case "CompanyNumber", "AdditionalCompanyNumber":
		return "company number"
	case "CompanyFaxNumber":
		return "company fax"
	case "ContactNumber", "HomeNumber":
		return store.NumberOther
	case "":
		return store.NumberDirect
	}
	return strings.ToLower(p.UsageType)
}
