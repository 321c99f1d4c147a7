package uitest

import (
	"context"
	"sync"

	"switchboard/api"
)

// memory keeps a token as long as the desk is open.
type memory struct {
	mu    sync.Mutex
	token *api.Token
}

func (m *memory) Load(context.Context, string) (api.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token == nil {
		return api.Token{}, api.ErrNoToken
	}
	return *m.token, nil
}

func (m *memory) Save(_ context.Context, _ string, t api.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token = &t
	return nil
}

func (m *memory) Delete(context.Context, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token = nil
	return nil
}
