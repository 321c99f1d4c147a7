package ringcentral

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"switchboard/api"
)

// PersonalContact is an entry of the user's own address book
// (PersonalContactResource). The record of a deleted one carries only ID and
// Availability.
type PersonalContact struct {
	ID              ID       `json:"id,omitempty"`
	URI             string   `json:"uri,omitempty"`
	Availability    string   `json:"availability,omitempty"` // Alive Deleted Purged
	FirstName       string   `json:"firstName,omitempty"`
	LastName        string   `json:"lastName,omitempty"`
	MiddleName      string   `json:"middleName,omitempty"`
	NickName        string   `json:"nickName,omitempty"`
	Company         string   `json:"company,omitempty"`
	JobTitle        string   `json:"jobTitle,omitempty"`
	Birthday        string   `json:"birthday,omitempty"` // as the service spells it
	WebPage         string   `json:"webPage,omitempty"`
	Notes           string   `json:"notes,omitempty"`
	Email           string   `json:"email,omitempty"`
	Email2          string   `json:"email2,omitempty"`
	Email3          string   `json:"email3,omitempty"`
	HomePhone       string   `json:"homePhone,omitempty"`
	HomePhone2      string   `json:"homePhone2,omitempty"`
	BusinessPhone   string   `json:"businessPhone,omitempty"`
	BusinessPhone2  string   `json:"businessPhone2,omitempty"`
	MobilePhone     string   `json:"mobilePhone,omitempty"`
	BusinessFax     string   `json:"businessFax,omitempty"`
	CompanyPhone    string   `json:"companyPhone,omitempty"`
	AssistantPhone  string   `json:"assistantPhone,omitempty"`
	CarPhone        string   `json:"carPhone,omitempty"`
	OtherPhone      string   `json:"otherPhone,omitempty"`
	OtherFax        string   `json:"otherFax,omitempty"`
	CallbackPhone   string   `json:"callbackPhone,omitempty"`
	HomeAddress     *Address `json:"homeAddress,omitempty"`
	BusinessAddress *Address `json:"businessAddress,omitempty"`
	OtherAddress    *Address `json:"otherAddress,omitempty"`
	RingtoneIndex   string   `json:"ringtoneIndex,omitempty"`
	AppInfo         string   `json:"appInfo,omitempty"`

	// Other holds the members that this program does not know. An update
	// replaces the whole record, so that what is not sent back is lost.
	Other map[string]json.RawMessage `json:"-"`
}

// Address is a postal address (ContactAddressInfo).
type Address struct {
	Street  string `json:"street,omitempty"`
	City    string `json:"city,omitempty"`
	State   string `json:"state,omitempty"`
	Zip     string `json:"zip,omitempty"`
	Country string `json:"country,omitempty"`
}

// Gone reports whether the record says no more than that the contact was
// deleted.
func (p PersonalContact) Gone() bool {
	return p.Availability == "Deleted" || p.Availability == "Purged"
}

// plainContact is a PersonalContact without its methods.
type plainContact PersonalContact

// UnmarshalJSON implements [json.Unmarshaler].
func (p *PersonalContact) UnmarshalJSON(b []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	var plain plainContact
	if err := json.Unmarshal(b, &plain); err != nil {
		return err
	}
	for name := range all {
		if contactMember(name) {
			delete(all, name)
		}
	}
	*p = PersonalContact(plain)
	if len(all) > 0 {
		p.Other = all
	}
	return nil
}

// contactMember reports whether PersonalContact has a field for a member.
// encoding/json matches names without case, and so does this.
func contactMember(name string) bool {
	switch strings.ToLower(name) {
	case "id", "uri", "availability", "firstname", "lastname", "middlename", "nickname", "company", "jobtitle", "birthday",
		"webpage", "notes", "email", "email2", "email3", "homephone", "homephone2", "businessphone", "businessphone2",
		"mobilephone", "businessfax", "companyphone", "assistantphone", "carphone", "otherphone", "otherfax", "callbackphone",
		"homeaddress", "businessaddress", "otheraddress", "ringtoneindex", "appinfo":
		return true
	}
	return false
}

// request is the record as it is sent: without what the service assigns, with
// what this program does not know.
func (p PersonalContact) request() (map[string]json.RawMessage, error) {
	p.ID, p.URI, p.Availability = "", "", ""
	b, err := json.Marshal(plainContact(p))
	if err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	for name, v := range p.Other {
		if !contactMember(name) {
			all[name] = v
		}
	}
	return all, nil
}

// ContactQuery selects contacts of the address book. Zero fields do not filter.
type ContactQuery struct {
	StartsWith   string   // of the first or the last name, or the company
	SortBy       []string // FirstName LastName Company
	PhoneNumbers []string
	Page         int // from 1
	PerPage      int // at most 1000
	// Next, from a ContactList, asks for its next page; all else is ignored.
	Next string
}

// ContactList is a page of the address book.
type ContactList struct {
	Records []PersonalContact
	Broken  []BrokenRecord
	Next    string // for ContactQuery.Next; "" on the last page
}

const contactPath = extension + "/address-book/contact"

// Contacts returns a page of the address book (listContacts, Heavy).
func (c *Client) Contacts(ctx context.Context, q ContactQuery) (ContactList, error) {
	r := api.Request{Op: "listContacts", Path: contactPath, Group: api.Heavy}
	if q.Next != "" {
		r.Path = q.Next
	} else {
		r.Query = url.Values{}
		lists(r.Query, map[string][]string{"sortBy": q.SortBy, "phoneNumber": q.PhoneNumbers})
		words(r.Query, map[string]string{"startsWith": q.StartsWith})
		pages(r.Query, q.Page, q.PerPage, 1000)
	}
	var list ContactList
	_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list.Records, list.Broken, list.Next, err = paged[PersonalContact](raw)
		return err
	}))
	return list, err
}

// Contact returns one contact (readContact, Heavy).
func (c *Client) Contact(ctx context.Context, id ID) (PersonalContact, error) {
	return c.contact(ctx, api.Request{Op: "readContact"}, id)
}

// CreateContact adds a contact (createContact, Heavy) and returns it with its
// id. It is never sent twice: a lost answer is an unknown outcome.
func (c *Client) CreateContact(ctx context.Context, p PersonalContact) (PersonalContact, error) {
	body, err := p.request()
	if err != nil {
		return PersonalContact{}, err
	}
	var made PersonalContact
	_, err = c.Do(ctx, api.Request{
		Op: "createContact", Method: http.MethodPost, Path: contactPath, Body: body, Group: api.Heavy,
	}, &made)
	return made, err
}

// UpdateContact replaces a contact (updateContact, Heavy): what p leaves empty
// is removed. It may be repeated.
func (c *Client) UpdateContact(ctx context.Context, p PersonalContact) (PersonalContact, error) {
	body, err := p.request()
	if err != nil {
		return PersonalContact{}, err
	}
	return c.contact(ctx, api.Request{Op: "updateContact", Method: http.MethodPut, Body: body}, p.ID)
}

// DeleteContact removes a contact (deleteContact, Heavy). There is no way to
// bring it back but creating it anew, with another id. One that is gone already
// is an error for which [api.IsNotFound] holds.
func (c *Client) DeleteContact(ctx context.Context, id ID) error {
	const op = "deleteContact"
	if id.Int() <= 0 {
		return notAnID(op, id)
	}
	_, err := c.Do(ctx, api.Request{Op: op, Method: http.MethodDelete, Path: contactPath + "/" + string(id), Group: api.Heavy}, nil)
	return err
}

func (c *Client) contact(ctx context.Context, r api.Request, id ID) (PersonalContact, error) {
	var p PersonalContact
	if id.Int() <= 0 || !id.usable() {
		return p, notAnID(r.Op, id)
	}
	r.Path, r.Group = contactPath+"/"+string(id), api.Heavy
	_, err := c.Do(ctx, r, &p)
	return p, err
}
