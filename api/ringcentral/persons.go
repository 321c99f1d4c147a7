package ringcentral

import (
	"context"
	"encoding/json"

	"switchboard/api"
)

// Person is somebody who posts (TMPersonInfo). The ids of one's own company's
// people are those of their extensions.
type Person struct {
	ID               ID     `json:"id"`
	FirstName        string `json:"firstName"`
	LastName         string `json:"lastName"`
	Email            string `json:"email"`
	Avatar           string `json:"avatar"` // address of a picture
	CompanyID        ID     `json:"companyId"`
	CreationTime     Time   `json:"creationTime"`
	LastModifiedTime Time   `json:"lastModifiedTime"`
}

// PersonResult is what became of one id.
type PersonResult struct {
	ID     ID
	Status int // HTTP status for this id; 0: no answer
	Person Person
	Err    error // [api.IsNotFound]: no such person, or none that one may know of
}

// maxPersons is how many persons one request can name.
const maxPersons = 30

// Persons returns people by their ids, in requests of at most 30
// (readGlipPersonNew, Light). There is one result for each id; a failure of the
// whole is an error besides.
func (c *Client) Persons(ctx context.Context, ids []ID) ([]PersonResult, error) {
	var got []gathered
	err := c.glip.ask(func(old bool) (err error) {
		r := api.Request{Op: "readGlipPersonNew", Path: glipBase(old) + "/persons/", Group: api.Light}
		got, err = c.gather(ctx, r, ids, maxPersons, "")
		if err == nil && len(got) == 1 && api.IsNotFound(got[0].err) {
			return got[0].err // that of the person, or of the path
		}
		return err
	})
	if len(got) == 1 && api.IsNotFound(err) {
		err = nil
	}
	out := make([]PersonResult, len(got))
	for i, g := range got {
		out[i] = PersonResult{ID: g.id, Status: g.status, Err: g.err}
		if g.err != nil {
			continue
		}
		if err := json.Unmarshal(g.body, &out[i].Person); err != nil {
			out[i].Err = badRecord(err)
		}
	}
	return out, err
}

// Company is a company whose people post (TMCompanyInfo).
type Company struct {
	ID               ID     `json:"id"`
	Name             string `json:"name"`
	Domain           string `json:"domain"`
	CreationTime     Time   `json:"creationTime"`
	LastModifiedTime Time   `json:"lastModifiedTime"`
}

// Company returns a company (readTMCompanyInfoNew, Light): one's own for "".
func (c *Client) Company(ctx context.Context, id ID) (k Company, err error) {
	const op = "readTMCompanyInfoNew"
	switch {
	case id == "":
		id = "~"
	case !id.usable():
		return k, notAnID(op, id)
	}
	err = c.team(ctx, api.Request{Op: op, Path: "/companies/" + string(id), Group: api.Light}, &k)
	return k, err
}
