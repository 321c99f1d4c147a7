package command

import "switchboard/store"

// offering is the key of the account that is named, if its service offers something; of none
// that is named, "".
func (a *app) offering(word string, o store.Offer) (string, error) {
	if word == "" {
		return "", nil
	}
	acc, err := a.signedIn(word, "")
	if err != nil {
		return "", err
	}
	if ok, why := store.OfferedBy(acc.Service, o); !ok {
		return "", &usageError{msg: why}
	}
	return acc.Key, nil
}

// whoOffers are those of accounts whose service offers something, of which one is meant
// when none is named.
func whoOffers(list []SignedIn, o store.Offer) []SignedIn {
	var out []SignedIn
	for _, acc := range list {
		if ok, _ := store.OfferedBy(acc.Service, o); ok {
			out = append(out, acc)
		}
	}
	return out
}
