package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// matching remembers whom numbers belong to, until a contact changes.
type matching struct {
	mu      sync.Mutex
	version int64
	known   map[string]Match

	once    sync.Once
	aliases map[string]string // of Options, by key
}

// mostMatches bounds what is remembered.
const mostMatches = 50_000

// Match says whom numbers belong to, one answer a party and in the same order. Numbers
// count in their international form, or by the digits after the country where that is
// not told; an extension counts within the company of the account alone. An alias of the
// configuration comes before all contacts, and the address book before the directory as
// long as both give the same name. account is the mailbox the parties are from, 0 if
// that is not known.
func (s *Store) Match(ctx context.Context, account int64, parties []Party) ([]Match, error) {
	out, err := s.match(ctx, account, parties)
	return out, s.fault("looking up names", err)
}

func (s *Store) match(ctx context.Context, account int64, parties []Party) ([]Match, error) {
	out := make([]Match, len(parties))
	var version int64
	if err := s.r.QueryRowContext(ctx, `SELECT n FROM contact_version`).Scan(&version); err != nil {
		return nil, err
	}
	company := ""
	if account != 0 {
		key, err := accountKey(ctx, s.r, account)
		if err != nil {
			return nil, err
		}
		company = companyOf(key)
	}
	aliases := s.aliases()
	var missing []int
	names := make([]string, len(parties))
	s.matching.mu.Lock()
	if s.matching.version != version || len(s.matching.known) > mostMatches {
		s.matching.version, s.matching.known = version, map[string]Match{}
	}
	for i, p := range parties {
		names[i] = company + "|" + p.Number + "|" + p.Extension + "|" + p.Email
		m, ok := s.matching.known[names[i]]
		if out[i] = m; !ok {
			missing = append(missing, i)
		}
	}
	s.matching.mu.Unlock()
	if len(missing) > 0 {
		ask := make([]Party, len(missing))
		for k, i := range missing {
			ask[k] = parties[i]
		}
		found, err := s.lookUp(ctx, company, ask)
		if err != nil {
			return nil, err
		}
		s.matching.mu.Lock()
		for k, i := range missing {
			out[i] = found[k]
			if s.matching.version == version {
				s.matching.known[names[i]] = found[k]
			}
		}
		s.matching.mu.Unlock()
	}
	if len(aliases) == 0 {
		return out, nil
	}
	for i, p := range parties {
		for _, k := range callerKeys(p, s.opts.Region) {
			if name, ok := aliases[k[0]]; ok {
				out[i].Name, out[i].Names = name, nil
				break
			}
		}
	}
	return out, nil
}

// aliases are Options.Aliases by key.
func (s *Store) aliases() map[string]string {
	s.matching.once.Do(func() {
		s.matching.aliases = make(map[string]string, len(s.opts.Aliases))
		for number, name := range s.opts.Aliases {
			p := Party{}
			if p.Number, p.Extension = NormalNumber(number, s.opts.Region); len(p.Number) <= 6 && !isE164(p.Number) && Digits(p.Number) == p.Number {
				p.Number, p.Extension = "", p.Number
			}
			if keys := callerKeys(p, s.opts.Region); len(keys) > 0 {
				s.matching.aliases[keys[0][0]] = CleanLine(name)
			}
		}
	})
	return s.matching.aliases
}

// callerKeys are what a caller is looked up by: lists of keys, of which the first that
// finds anybody counts.
func callerKeys(p Party, region string) [][]string {
	var keys [][]string
	number, ext := NormalNumber(p.Number, region)
	if p.Extension != "" {
		ext = p.Extension
	}
	internal := !isE164(number) && len(Digits(number)) <= 6
	if key := numberKey(number); key != "" && !internal {
		if ext != "" {
			keys = append(keys, []string{key + "x" + ext})
		}
		keys = append(keys, []string{key})
		if isE164(number) {
			// Written without its country in a book whose country is not ours.
			d := number[1:]
			d = d[codeLength(d):]
			keys = append(keys, []string{reversed(d), reversed("0" + d)})
		}
	}
	if internal && ext == "" {
		ext = Digits(number)
	}
	if ext != "" && (internal || number == "") {
		keys = append(keys, []string{"x" + ext})
	}
	if internal && number != "" {
		keys = append(keys, []string{numberKey(number)}) // a short code in the address book
	}
	if p.Email != "" {
		keys = append(keys, []string{"@" + strings.ToLower(p.Email)})
	}
	return keys
}

// hit is a contact that has a key.
type hit struct {
	id     int64
	source ContactSource
	name   string
	off    bool // an entry of the directory that is not in use
}

// lookUp finds whom parties are, with one query for all.
func (s *Store) lookUp(ctx context.Context, company string, parties []Party) ([]Match, error) {
	all := make([][][]string, len(parties))
	seen := map[string]bool{}
	var keys []string
	for i, p := range parties {
		all[i] = callerKeys(p, s.opts.Region)
		for _, alt := range all[i] {
			for _, k := range alt {
				if !seen[k] {
					seen[k] = true
					keys = append(keys, k)
				}
			}
		}
	}
	slices.Sort(keys) // along the index
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT k.key, c.id, c.source, c.name, c.source = 2 AND c.status NOT IN ('', 'Enabled'), c.book
		FROM json_each(?) j CROSS JOIN contact_keys k ON k.key = j.value CROSS JOIN contacts c ON c.id = k.contact`, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	hits := map[string][]hit{}
	for rows.Next() {
		var key, book string
		var h hit
		if err := rows.Scan(&key, &h.id, &h.source, &h.name, &h.off, &book); err != nil {
			return nil, err
		}
		if key[0] == 'x' && company != "" && !strings.HasPrefix(book, company) {
			continue // an extension of another company
		}
		if len(hits[key]) < 1000 {
			hits[key] = append(hits[key], h)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	out := make([]Match, len(parties))
	for i := range parties {
		for _, alt := range all[i] {
			var hs []hit
			for _, k := range alt {
				hs = append(hs, hits[k]...)
			}
			if len(hs) > 0 {
				out[i] = agree(hs)
				break
			}
		}
	}
	return out, nil
}

// mostNames is how many names of a number are told where they differ.
const mostNames = 5

// agree says whom several contacts with one number come to.
func agree(hs []hit) Match {
	slices.SortStableFunc(hs, func(a, b hit) int {
		if a.off != b.off {
			return b2i(a.off) - b2i(b.off)
		}
		if a.source != b.source {
			return int(a.source) - int(b.source)
		}
		return int(min(max(a.id-b.id, -1), 1))
	})
	// Whoever has left does not stand in the way of whoever has the number now.
	if !hs[0].off {
		hs = slices.DeleteFunc(hs, func(h hit) bool { return h.off })
	}
	seen := map[string]bool{}
	var names []string
	ids := map[int64]bool{}
	for _, h := range hs {
		ids[h.id] = true
		key := nameKey(h.name)
		if !seen[key] {
			seen[key] = true
			names = append(names, h.name)
		}
	}
	m := Match{Count: len(ids)}
	if len(names) == 1 {
		m.Name, m.Contact = names[0], hs[0].id
		return m
	}
	m.Names = names[:min(len(names), mostNames)]
	return m
}
