package ringcentral

import (
	"encoding/json"
	"errors"
)

// BrokenRecord is a record that could not be read. One of them must not stop a
// sync for ever, so the others are delivered beside it.
type BrokenRecord struct {
	ID  ID // "" if even that is unreadable
	Err error
}

// records decodes an answer with a list of records into page, whose field
// list is. If a record has an unexpected shape the records are read one by one
// and the broken ones returned; everything else still has to fit.
func records[T, R any](raw []byte, page *T, list *[]R) ([]BrokenRecord, error) {
	err := json.Unmarshal(raw, page)
	if err == nil {
		return nil, nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return nil, err
	}
	var loose map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal(raw, &loose) != nil || json.Unmarshal(loose["records"], &items) != nil {
		return nil, err
	}
	// The rest of the page without its records.
	loose["records"] = json.RawMessage("[]")
	rest, merr := json.Marshal(loose)
	if merr != nil {
		return nil, err
	}
	var clean T
	*page = clean
	if err := json.Unmarshal(rest, page); err != nil {
		return nil, err
	}
	var broken []BrokenRecord
	good := make([]R, 0, len(items))
	for _, item := range items {
		var m R
		if err := json.Unmarshal(item, &m); err == nil {
			good = append(good, m)
			continue
		}
		b := BrokenRecord{Err: err}
		var only struct {
			ID ID `json:"id"`
		}
		if json.Unmarshal(item, &only) == nil {
			b.ID = only.ID
		}
		broken = append(broken, b)
	}
	*list = good
	return broken, nil
}
