package command

import (
	"cmp"

	"switchboard/store"
)

// boxJSON is a shared mailbox that a sign-in opens together with others. Nothing in it is
// null.
type boxJSON struct {
	ID       string        `json:"id"` // the service's
	Name     string        `json:"name"`
	Email    string        `json:"email"`
	Active   bool          `json:"active"`
	TimeZone string        `json:"time_zone"` // IANA's name, "" when it was not told
	Users    []boxUserJSON `json:"users"`
	Tags     []boxTagJSON  `json:"tags"`
}

type boxUserJSON struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Active bool   `json:"active"`
}

type boxTagJSON struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Color  string `json:"color"` // as the service tells it, #rrggbb
	Active bool   `json:"active"`
}

func boxFields(list []store.SharedBox) []boxJSON {
	out := make([]boxJSON, len(list))
	for i, b := range list {
		j := boxJSON{
			ID: b.ID, Name: b.Name, Email: b.Email, Active: b.Active, TimeZone: b.TimeZone,
			Users: make([]boxUserJSON, len(b.Users)), Tags: make([]boxTagJSON, len(b.Tags)),
		}
		for k, u := range b.Users {
			j.Users[k] = boxUserJSON{ID: u.ID, Name: u.Name, Email: u.Email, Active: u.Active}
		}
		for k, t := range b.Tags {
			j.Tags[k] = boxTagJSON{ID: t.ID, Name: t.Name, Color: t.Color, Active: t.Active}
		}
		out[i] = j
	}
	return out
}

// printBoxes lists shared mailboxes under their account, and under each its users and tags.
func (a *app) printBoxes(list []boxJSON) error {
	state := func(active bool) string {
		if active {
			return "active"
		}
		return "inactive"
	}
	for _, b := range list {
		if err := printf(a.out, "  mailbox\t%s\t%s\t%s\t%s\n", cmp.Or(b.Name, b.ID), b.Email, state(b.Active), b.TimeZone); err != nil {
			return err
		}
		for _, u := range b.Users {
			if err := printf(a.out, "    user\t%s\t%s\t%s\n", cmp.Or(u.Name, u.ID), u.Email, state(u.Active)); err != nil {
				return err
			}
		}
		for _, t := range b.Tags {
			if err := printf(a.out, "    tag\t%s\t%s\t%s\n", cmp.Or(t.Name, t.ID), t.Color, state(t.Active)); err != nil {
				return err
			}
		}
	}
	return nil
}
