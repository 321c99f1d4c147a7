package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"switchboard/api"
	"switchboard/store/lockfile"
)

// Options say where secrets may be kept.
type Options struct {
	Dir     string                  // data folder: tokens.json and the lock file
	Service string                  // name in the keyring; "": "switchboard"
	Getenv  func(key string) string // nil: os.Getenv
	Log     *slog.Logger            // nil: none
	Keyring Keyring                 // nil: the system's
	Timeout time.Duration           // of one call to the keyring; 0: a minute, as it may ask for a password
}

// Keyring is the system's place for secrets. Get fails with ErrNotFound.
type Keyring interface {
	Set(service, user, secret string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// ErrNotFound means that nothing is kept under that name.
var ErrNotFound = errors.New("no such secret")

// Store is an [api.TokenStore] that also keeps other secrets of an account. Its
// methods may be called from any goroutine; a keyring may ask the person for a
// password, so not from one that must not wait.
type Store struct {
	dir     string
	service string
	log     *slog.Logger
	ring    Keyring // nil: the file
	timeout time.Duration
	why     string // why there is no keyring

	mu    sync.Mutex
	notes []string
}

var _ api.TokenStore = (*Store)(nil)

// tokenName is the name under which an account's token is kept.
const tokenName = "token"

// Open finds out where secrets can be kept. It never fails for want of a
// keyring; Where says what was chosen and why.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Dir == "" {
		return nil, errors.New("secrets: no data folder was named")
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	s := &Store{dir: o.Dir, service: o.Service, log: o.Log, timeout: o.Timeout}
	if s.service == "" {
		s.service = "switchboard"
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.timeout <= 0 {
		s.timeout = time.Minute
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("secrets: %w", err)
	}
	switch want := o.Getenv("SWITCHBOARD_KEYRING"); want {
	case "file":
		s.why = "SWITCHBOARD_KEYRING=file"
		return s, nil
	case "", "system", "auto":
	default:
		return nil, fmt.Errorf("secrets: SWITCHBOARD_KEYRING=%q: it can be file, system or auto", want)
	}
	ring := o.Keyring
	if ring == nil {
		if why := noKeyring(o.Getenv); why != "" {
			s.why = why
			return s, s.must(o.Getenv)
		}
		ring = systemKeyring{}
	}
	if err := s.probe(ctx, ring); err != nil {
		s.why = "the keyring cannot be used: " + err.Error()
		return s, s.must(o.Getenv)
	}
	s.ring = ring
	return s, nil
}

// must refuses to fall back to the file for who asked for the keyring only.
func (s *Store) must(getenv func(string) string) error {
	if getenv("SWITCHBOARD_KEYRING") == "system" {
		return fmt.Errorf("secrets: SWITCHBOARD_KEYRING=system, but %s", s.why)
	}
	return nil
}

// Where says in words where secrets are kept, for doctor and the sign-in.
func (s *Store) Where() string {
	if s.ring != nil {
		return "the system's keyring"
	}
	return fmt.Sprintf("the file %s, readable by you only (%s)", s.path(), s.why)
}

// InKeyring reports whether the system's keyring is used.
func (s *Store) InKeyring() bool { return s.ring != nil }

// Notes gives, once, what a person should know: that a file was readable by
// others, say.
func (s *Store) Notes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notes
	s.notes = nil
	return n
}

func (s *Store) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, text)
	s.log.Warn(text)
}

// Load gives the token of an account, or api.ErrNoToken.
func (s *Store) Load(ctx context.Context, account string) (api.Token, error) {
	text, err := s.get(ctx, account, tokenName)
	if errors.Is(err, ErrNotFound) {
		return api.Token{}, fmt.Errorf("%s: %w", account, api.ErrNoToken)
	}
	if err != nil {
		return api.Token{}, err
	}
	var t api.Token
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		// Not the text of the error: it may quote the secret.
		return api.Token{}, fmt.Errorf("the token kept for %s cannot be read, sign in again: %w", account, api.ErrNoToken)
	}
	return t, nil
}

// Save keeps a token. It is on disk, or with the keyring, when Save returns.
func (s *Store) Save(ctx context.Context, account string, t api.Token) error {
	b, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keeping the token of %s: %w", account, err)
	}
	return s.set(ctx, account, tokenName, string(b))
}

// Delete forgets the token of an account. It is no error if there is none.
func (s *Store) Delete(ctx context.Context, account string) error {
	return s.remove(ctx, account, tokenName)
}

// Secret gives another secret of an account: "client-secret", "jwt". It fails
// with ErrNotFound.
func (s *Store) Secret(ctx context.Context, account, name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	return s.get(ctx, account, name)
}

// SetSecret keeps one; "" forgets it.
func (s *Store) SetSecret(ctx context.Context, account, name, value string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if value == "" {
		return s.remove(ctx, account, name)
	}
	return s.set(ctx, account, name, value)
}

// Forget removes everything kept for an account under the names given besides
// its token.
func (s *Store) Forget(ctx context.Context, account string, names ...string) error {
	errs := []error{s.Delete(ctx, account)}
	for _, n := range names {
		errs = append(errs, s.SetSecret(ctx, account, n, ""))
	}
	return errors.Join(errs...)
}

func checkName(name string) error {
	if name == "" || name == tokenName || strings.ContainsAny(name, "/\x00#") {
		return fmt.Errorf("secrets: %q is no name for a secret", name)
	}
	return nil
}

func (s *Store) get(ctx context.Context, account, name string) (string, error) {
	if s.ring != nil {
		v, err := s.ringGet(ctx, account, name)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", fmt.Errorf("asking the keyring for the %s of %s: %w", name, account, err)
		}
		return v, err
	}
	m, err := s.read()
	if err != nil {
		return "", err
	}
	if v, ok := m[account][name]; ok {
		return v, nil
	}
	return "", fmt.Errorf("%s of %s: %w", name, account, ErrNotFound)
}

func (s *Store) set(ctx context.Context, account, name, value string) error {
	if s.ring != nil {
		if err := s.locked(ctx, func() error { return s.ringSet(ctx, account, name, value) }); err != nil {
			return fmt.Errorf("keeping the %s of %s in the keyring: %w", name, account, err)
		}
		return nil
	}
	return s.change(ctx, func(m contents) {
		if m[account] == nil {
			m[account] = map[string]string{}
		}
		m[account][name] = value
	})
}

func (s *Store) remove(ctx context.Context, account, name string) error {
	if s.ring != nil {
		if err := s.locked(ctx, func() error { return s.ringDelete(ctx, account, name) }); err != nil {
			return fmt.Errorf("removing the %s of %s from the keyring: %w", name, account, err)
		}
		return nil
	}
	return s.change(ctx, func(m contents) {
		delete(m[account], name)
		if len(m[account]) == 0 {
			delete(m, account)
		}
	})
}

// locked runs fn while no other process changes anything.
func (s *Store) locked(ctx context.Context, fn func() error) error {
	unlock, err := lockfile.Lock(ctx, filepath.Join(s.dir, "tokens.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}
