package command

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"switchboard/api"
	"switchboard/store/secrets"
)

// A vault keeps tokens and the secrets of applications.
type vault interface {
	api.TokenStore
	Secret(ctx context.Context, account, name string) (string, error)
	SetSecret(ctx context.Context, account, name, value string) error
}

// A lazyVault opens the keyring when something is first asked of it: that may
// put a question to the person, and takes longer than starting the screens.
type lazyVault struct {
	open  func(context.Context) (*secrets.Store, error)
	mu    sync.Mutex
	store *secrets.Store
}

func (l *lazyVault) get(ctx context.Context) (*secrets.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil {
		s, err := l.open(ctx)
		if err != nil {
			return nil, err
		}
		l.store = s
	}
	return l.store, nil
}

// Load implements api.TokenStore.
func (l *lazyVault) Load(ctx context.Context, account string) (api.Token, error) {
	s, err := l.get(ctx)
	if err != nil {
		return api.Token{}, err
	}
	return s.Load(ctx, account)
}

// Save implements api.TokenStore.
func (l *lazyVault) Save(ctx context.Context, account string, t api.Token) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return s.Save(ctx, account, t)
}

// Delete implements api.TokenStore.
func (l *lazyVault) Delete(ctx context.Context, account string) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return s.Delete(ctx, account)
}

// Secret reads a secret of an account.
func (l *lazyVault) Secret(ctx context.Context, account, name string) (string, error) {
	s, err := l.get(ctx)
	if err != nil {
		return "", err
	}
	return s.Secret(ctx, account, name)
}

// SetSecret keeps a secret of an account; "" forgets it.
func (l *lazyVault) SetSecret(ctx context.Context, account, name, value string) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return s.SetSecret(ctx, account, name, value)
}

// A memoryVault keeps secrets as long as the program runs: for a sign-in that
// is not complete yet, and for the demo.
type memoryVault struct {
	mu      sync.Mutex
	tokens  map[string]api.Token
	secrets map[[2]string]string
}

func newMemoryVault() *memoryVault {
	return &memoryVault{tokens: map[string]api.Token{}, secrets: map[[2]string]string{}}
}

// Load implements api.TokenStore.
func (m *memoryVault) Load(_ context.Context, account string) (api.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[account]
	if !ok {
		return api.Token{}, api.ErrNoToken
	}
	return t, nil
}

// Save implements api.TokenStore.
func (m *memoryVault) Save(_ context.Context, account string, t api.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens[account] = t
	return nil
}

// Delete implements api.TokenStore.
func (m *memoryVault) Delete(_ context.Context, account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, account)
	return nil
}

// handOver gives another vault the tokens of an account, under another name. What an
// account has more than one token for has names that begin with the account's.
func (m *memoryVault) handOver(ctx context.Context, to vault, from, as string) error {
	if m == nil {
		return nil // there are none
	}
	m.mu.Lock()
	tokens := maps.Clone(m.tokens)
	m.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		rest, ok := strings.CutPrefix(name, from)
		if !ok {
			continue
		}
		if err := to.Save(ctx, as+rest, tokens[name]); err != nil {
			return err
		}
	}
	return nil
}

// Secret reads a secret of an account.
func (m *memoryVault) Secret(_ context.Context, account, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.secrets[[2]string{account, name}]
	if !ok {
		return "", secrets.ErrNotFound
	}
	return s, nil
}

// SetSecret keeps a secret of an account.
func (m *memoryVault) SetSecret(_ context.Context, account, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.secrets[[2]string{account, name}] = value
	return nil
}

// optional makes a secret that is not there an empty one.
func optional(s string, err error) (string, error) {
	if errors.Is(err, secrets.ErrNotFound) {
		return "", nil
	}
	return s, err
}
