package emailgistics

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// The scopes a key can have.
const (
	scopeReporting = "reporting"
	scopeRead      = "messages:read"
	scopeContent   = "messages:content"
)

// key is an API key: what it may do, and where.
type key struct {
	secret    string
	scopes    []string
	mailboxes []int
}

func (k *key) may(scope string) bool { return slices.Contains(k.scopes, scope) }
func (k *key) sees(mailbox int) bool { return slices.Contains(k.mailboxes, mailbox) }

type keyring struct {
	mu   sync.Mutex
	seed uint64
	main string
	keys []*key
}

// secretOf makes the n-th key of the account.
func (r *keyring) secretOf(n int) string {
	a := mix(r.seed ^ uint64(n)<<32)
	return fmt.Sprintf("eg_%016x%016x", a, mix(a))
}

func (r *keyring) setup(seed uint64, mailboxes int) {
	r.seed = mix(seed ^ 0x6b6579)
	r.main = r.add([]string{scopeReporting, scopeRead, scopeContent}, span(0, mailboxes))
}

func span(from, to int) []int {
	out := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func (r *keyring) add(scopes []string, mailboxes []int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := &key{secret: r.secretOf(len(r.keys)), scopes: slices.Clone(scopes), mailboxes: slices.Clone(mailboxes)}
	r.keys = append(r.keys, k)
	return k.secret
}

// of finds the request's key; nil: none that is known.
func (r *keyring) of(req *http.Request) *key {
	secret, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.keys {
		if k != nil && subtle.ConstantTimeCompare([]byte(k.secret), []byte(secret)) == 1 {
			return k
		}
	}
	return nil
}

// AddKey makes another key with the scopes ("reporting", "messages:read",
// "messages:content") for the first so many mailboxes, and returns it.
func (s *Server) AddKey(mailboxes int, scopes ...string) string {
	return s.keys.add(scopes, span(0, min(mailboxes, s.cfg.Mailboxes)))
}

// DeleteKey takes a key away: from now on it is 401.
func (s *Server) DeleteKey(secret string) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	for i, k := range s.keys.keys {
		if k != nil && k.secret == secret {
			s.keys.keys[i] = nil // its number stays taken
		}
	}
}
