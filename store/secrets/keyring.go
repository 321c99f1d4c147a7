package secrets

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zalando/go-keyring"
)

// pieceLen is how much one entry of a keyring holds. Windows allows 2,560
// bytes, in UTF-16; macOS passes entries through a command line.
const pieceLen = 1000

const probeTime = 2 * time.Second

// systemKeyring is the one of the operating system.
type systemKeyring struct{}

func (systemKeyring) Set(service, user, secret string) error {
	return keyring.Set(service, user, secret)
}

func (systemKeyring) Get(service, user string) (string, error) {
	v, err := keyring.Get(service, user)
	if errors.Is(err, keyring.ErrNotFound) {
		err = ErrNotFound
	}
	return v, err
}

func (systemKeyring) Delete(service, user string) error {
	err := keyring.Delete(service, user)
	if errors.Is(err, keyring.ErrNotFound) {
		err = ErrNotFound
	}
	return err
}

// noKeyring says why a keyring must not even be asked for, "" if it may be.
func noKeyring(getenv func(string) string) string {
	switch runtime.GOOS {
	case "windows", "darwin":
		return ""
	}
	return noBus(getenv)
}

// noBus says why there is no D-Bus session to talk to. Without an address the
// library would run dbus-launch, which leaves a daemon behind.
func noBus(getenv func(string) string) string {
	const none = "this session has no D-Bus, so no keyring"
	if addr := getenv("DBUS_SESSION_BUS_ADDRESS"); addr != "" {
		if addr == "autolaunch:" || strings.HasPrefix(addr, "autolaunch:") || strings.HasPrefix(addr, "unixexec:") {
			return none
		}
		for _, a := range strings.Split(addr, ";") {
			path, ok := strings.CutPrefix(a, "unix:path=")
			if !ok {
				return "" // another kind of address: let the library try
			}
			path, _, _ = strings.Cut(path, ",")
			if isSocket(path) {
				return ""
			}
		}
		return none
	}
	// The library looks here by itself when the variable is not set.
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" && isSocket(filepath.Join(dir, "bus")) {
		return ""
	}
	return none
}

func isSocket(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode()&os.ModeSocket != 0
}

// probe makes sure that a keyring keeps what it is given.
func (s *Store) probe(ctx context.Context, ring Keyring) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	user, value := "probe "+rand.Text()[:8], rand.Text()
	_, err := call(ctx, func() (string, error) {
		if err := ring.Set(s.service, user, value); err != nil {
			return "", err
		}
		got, err := ring.Get(s.service, user)
		derr := ring.Delete(s.service, user)
		if err == nil && got != value {
			err = errors.New("it does not give back what it was given")
		}
		return "", errors.Join(err, derr)
	})
	return err
}

// call runs a call that cannot be called off and stops waiting when ctx ends.
func call(ctx context.Context, fn func() (string, error)) (string, error) {
	type answer struct {
		v   string
		err error
	}
	c := make(chan answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				c <- answer{err: fmt.Errorf("the keyring library failed: %v", p)}
			}
		}()
		v, err := fn()
		c <- answer{v, err}
	}()
	select {
	case a := <-c:
		return a.v, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("it did not answer in time: %w", ctx.Err())
	}
}

// A value is kept as "<generation> <n>:<first piece>" and n-1 more entries named
// after the generation. The first is written last: until then the old value
// holds, whole, and a write that is cut off loses nothing.

func entry(account, name string) string { return account + "/" + name }

func piece(account, name, gen string, i int) string {
	return account + "/" + name + "#" + gen + "#" + strconv.Itoa(i)
}

func (s *Store) ringSet(ctx context.Context, account, name, value string) error {
	gen := rand.Text()[:8]
	pieces := cut(value, pieceLen)
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	_, err := call(ctx, func() (string, error) {
		old, _ := s.ring.Get(s.service, entry(account, name))
		for i, p := range pieces[1:] {
			if err := s.ring.Set(s.service, piece(account, name, gen, i+1), p); err != nil {
				return "", err
			}
		}
		if err := s.ring.Set(s.service, entry(account, name), fmt.Sprintf("%s %d:%s", gen, len(pieces), pieces[0])); err != nil {
			return "", err
		}
		s.dropPieces(account, name, old)
		return "", nil
	})
	return err
}

// dropPieces removes the further pieces of an entry that is no longer in force.
func (s *Store) dropPieces(account, name, first string) {
	gen, n, _, ok := header(first)
	for i := 1; ok && i < n; i++ {
		if err := s.ring.Delete(s.service, piece(account, name, gen, i)); err != nil && !errors.Is(err, ErrNotFound) {
			s.log.Debug("a piece of an old secret stays in the keyring", "error", err)
		}
	}
}

func (s *Store) ringGet(ctx context.Context, account, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return call(ctx, func() (string, error) {
		first, err := s.ring.Get(s.service, entry(account, name))
		if err != nil {
			return "", err
		}
		gen, n, text, ok := header(first)
		if !ok {
			return "", errors.New("the entry cannot be read")
		}
		var b strings.Builder
		b.WriteString(text)
		for i := 1; i < n; i++ {
			p, err := s.ring.Get(s.service, piece(account, name, gen, i))
			if err != nil {
				return "", fmt.Errorf("piece %d of %d: %w", i+1, n, err)
			}
			b.WriteString(p)
		}
		return b.String(), nil
	})
}

func (s *Store) ringDelete(ctx context.Context, account, name string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	_, err := call(ctx, func() (string, error) {
		first, err := s.ring.Get(s.service, entry(account, name))
		if errors.Is(err, ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if err := s.ring.Delete(s.service, entry(account, name)); err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
		s.dropPieces(account, name, first)
		return "", nil
	})
	return err
}

func header(s string) (gen string, n int, text string, ok bool) {
	head, text, ok := strings.Cut(s, ":")
	if !ok {
		return "", 0, "", false
	}
	gen, num, ok := strings.Cut(head, " ")
	n, err := strconv.Atoi(num)
	return gen, n, text, ok && err == nil && n > 0 && n <= 1000
}

// cut cuts into pieces of at most n bytes, between characters.
func cut(s string, n int) []string {
	var out []string
	for len(s) > n {
		k := n
		for k > 1 && !utf8.RuneStart(s[k]) {
			k--
		}
		out = append(out, s[:k])
		s = s[k:]
	}
	return append(out, s)
}
