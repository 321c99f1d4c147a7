package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// telephonesLast is how long the list of telephones is believed without asking again.
const telephonesLast = 24 * time.Hour

// Telephones are the telephones of an account (its key; "": the first one's), as last
// heard of: at once where that is not long ago, else the service is asked. What was heard
// before is given beside an error.
func (s *Store) Telephones(ctx context.Context, account string, again bool) (Telephones, error) {
	b, key, err := s.callBox(ctx, account)
	if err != nil {
		return Telephones{}, err
	}
	var known Telephones
	if err := s.recallCall(ctx, "telephones", key, &known); err != nil {
		return known, err
	}
	if age := s.now().Sub(known.At); !again && !known.At.IsZero() && age >= 0 && age < telephonesLast {
		return known, nil
	}
	svc, ok := b.service().(TelephoneService)
	if !ok {
		return known, nil
	}
	t, err := svc.Telephones(ctx)
	if err != nil {
		return known, fmt.Errorf("asking which telephones there are: %w", err)
	}
	t.At = s.now()
	t.clean(cmp.Or(t.Country, s.opts.Region))
	return t, s.rememberCall(ctx, "telephones", key, t)
}

// Region is the country of an account (its key; "": the first one's) as an ISO 3166
// code: its numbers are read and written as people there do.
func (s *Store) Region(ctx context.Context, account string) string {
	var t Telephones
	if _, key, err := s.callBox(ctx, account); err == nil {
		_ = s.recallCall(ctx, "telephones", key, &t) // without it the configuration says
	}
	return cmp.Or(t.Country, s.opts.Region)
}

// CallSetup is what was chosen for the calls of an account.
func (s *Store) CallSetup(ctx context.Context, account string) (CallSetup, error) {
	var c CallSetup
	_, key, err := s.callBox(ctx, account)
	if err == nil {
		err = s.recallCall(ctx, "calls from", key, &c)
	}
	return c, err
}

// SetCallSetup chooses for the calls of an account. A number is brought into the form it
// is dialled in; one that cannot be dialled is refused with the reason.
func (s *Store) SetCallSetup(ctx context.Context, account string, c CallSetup) (CallSetup, error) {
	region := s.Region(ctx, account)
	for _, n := range []*string{&c.Phone, &c.Shown} {
		if *n == "" {
			continue
		}
		d, err := ReadNumber(*n, region)
		if err != nil {
			return c, err
		}
		*n = d.Number
	}
	_, key, err := s.callBox(ctx, account)
	if err != nil {
		return c, err
	}
	return c, s.rememberCall(ctx, "calls from", key, c)
}

// callBox is the mailbox of an account, and the key its telephones are kept by: of a
// shared mailbox the one whose sign-in opens it, since that is whose telephones ring.
func (s *Store) callBox(ctx context.Context, account string) (*mailbox, string, error) {
	for _, b := range s.mailboxes() {
		if account != "" && b.key != account {
			continue
		}
		if account == "" { // the first one that can call
			service, _, _ := strings.Cut(b.key, ":")
			if ok, _ := OfferedBy(service, OfferCall); !ok {
				continue
			}
		}
		key := b.key
		var owner string
		err := s.r.QueryRowContext(ctx, `SELECT owner FROM shared WHERE key = ?`, key).Scan(&owner)
		if err == nil && owner != "" {
			key = owner
		} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, "", s.fault("looking up an account", err)
		}
		return b, key, nil
	}
	return nil, "", fmt.Errorf("calling: %w: not signed in", ErrOffline)
}

func (s *Store) recallCall(ctx context.Context, what, key string, into any) error {
	b, err := s.Recall(ctx, what+":"+key)
	if err != nil || len(b) == 0 {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		s.log.Warn("what is known of telephones cannot be read", "err", err) // it is asked for again
	}
	return nil
}

func (s *Store) rememberCall(ctx context.Context, what, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.Remember(ctx, what+":"+key, b)
}

// most telephones of a list are kept: what is remembered has little room.
const mostTelephones = 12

// clean makes ready what came from outside.
func (t *Telephones) clean(region string) {
	t.Country = strings.ToUpper(CleanLine(t.Country))
	if len(t.Country) != 2 {
		t.Country = ""
	}
	for _, list := range []*[]Telephone{&t.Phones, &t.Shown} {
		var out []Telephone
		for _, p := range *list {
			p.Number, _ = NormalNumber(p.Number, region)
			p.Label, p.Kind = cut(CleanLine(p.Label), 40), cut(CleanLine(p.Kind), 20)
			if p.Number != "" && len(p.Number) <= 20 && !slices.ContainsFunc(out, func(o Telephone) bool { return o.Number == p.Number }) {
				out = append(out, p)
			}
		}
		*list = out[:min(len(out), mostTelephones)]
	}
}

// find is the telephone with a number.
func find(list []Telephone, number string) (Telephone, bool) {
	i := slices.IndexFunc(list, func(p Telephone) bool { return p.Number == number })
	if i < 0 {
		return Telephone{}, false
	}
	return list[i], true
}

// Words is what a telephone is called: "Desk phone (650) 555-0131".
func (p Telephone) Words(region string) string {
	return strings.TrimSpace(cmp.Or(p.Label, p.Kind) + " " + FormatNumber(p.Number, region))
}

// callRequest is how a call is to be placed: as was asked for with it, else as chosen for
// the account, else with the best telephone there is. phone names the telephone in words.
func (s *Store) callRequest(ctx context.Context, b *mailbox, to string, n callNote) (r CallRequest, phone string, err error) {
	set, err := s.CallSetup(ctx, b.key)
	if err != nil {
		return r, "", err
	}
	r = CallRequest{To: to, From: cmp.Or(n.From, set.Phone), Shown: set.Shown, Prompt: set.Prompt}
	t, err := s.Telephones(ctx, b.key, false)
	if err != nil {
		s.log.Info("which telephones there are is not known", "err", err) // the service has one of its own
	}
	if r.From == "" && len(t.Phones) > 0 {
		r.From = t.Phones[0].Number
	}
	region := cmp.Or(t.Country, s.opts.Region)
	if p, ok := find(t.Phones, r.From); ok {
		return r, p.Words(region), nil
	}
	return r, FormatNumber(r.From, region), nil
}
