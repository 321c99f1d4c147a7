package command

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store/secrets"
)

// privateKeyName is the name under which a private key is kept: PKCS#8 in PEM, without a
// password, since it lies where tokens lie.
const privateKeyName = "private-key"

// passwordTries is how often a person may type a key's password.
const passwordTries = 3

// keyTime bounds how long the keyring may take with a key that signs.
const keyTime = time.Minute

// A lateKey is a private key that is read from where it is kept when it first signs.
type lateKey struct {
	public crypto.PublicKey
	load   func(context.Context) (*rsa.PrivateKey, error)

	mu  sync.Mutex
	key *rsa.PrivateKey
}

// Public implements [crypto.Signer].
func (k *lateKey) Public() crypto.PublicKey { return k.public }

// Sign implements [crypto.Signer].
func (k *lateKey) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		ctx, cancel := context.WithTimeout(context.Background(), keyTime)
		defer cancel()
		key, err := k.load(ctx)
		if err != nil {
			return nil, err
		}
		k.key = key
	}
	return k.key.Sign(rand, digest, opts)
}

// knownKey is a key that is at hand.
func knownKey(key *rsa.PrivateKey) *lateKey { return &lateKey{public: key.Public(), key: key} }

// vaultKey is the key of an account, in the vault.
func vaultKey(v vault, acc SignedIn) *lateKey {
	public, err := x509.ParsePKIXPublicKey(acc.Symphony.PublicKey)
	return &lateKey{public: public, load: func(ctx context.Context) (*rsa.PrivateKey, error) {
		if err != nil {
			return nil, incomplete(acc)
		}
		text, err := v.Secret(ctx, acc.Key, privateKeyName)
		if errors.Is(err, secrets.ErrNotFound) {
			return nil, fmt.Errorf("the private key of %s is not kept here any more: %w", acc.Key, api.ErrSignedOut)
		}
		if err != nil {
			return nil, err
		}
		return sym.ParseKey([]byte(text), nil)
	}}
}

// keepKey is a private key as it is kept, and its public half.
func keepKey(key *rsa.PrivateKey) (private string, public []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", nil, err
	}
	public, err = x509.MarshalPKIXPublicKey(key.Public())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), public, err
}

// readKey reads a private key from a file. The password of an encrypted one comes from a
// file too, or a person is asked for it.
func (a *app) readKey(ctx context.Context, name, passwordFile string) (*rsa.PrivateKey, error) {
	raw, err := a.readFile(name)
	if err != nil {
		return nil, err
	}
	return a.parseKey(ctx, raw, name, passwordFile)
}

func (a *app) parseKey(ctx context.Context, raw []byte, name, passwordFile string) (*rsa.PrivateKey, error) {
	ask := func() (string, error) {
		return a.askSecret(ctx, "Password of the private key in "+name+": ")
	}
	if passwordFile != "" {
		ask = func() (string, error) { return a.readSecret(passwordFile) }
	}
	for try := 1; ; try++ {
		key, err := sym.ParseKey(raw, ask)
		switch {
		case err == nil:
			return key, nil
		case errors.Is(err, errNobody):
			return nil, &usageError{msg: name + ": the key is encrypted, and there is no terminal to ask for its password", try: "--private-key-password-file FILE"}
		case errors.Is(err, sym.ErrPassword) && passwordFile == "" && try < passwordTries:
			a.notef("That is not the key's password.")
			continue
		}
		return nil, &usageError{msg: name + ": " + err.Error()}
	}
}

// readCertificate reads the chain of certificates of a file, the account's own first, in DER,
// and the private key if it is in the same file.
func (a *app) readCertificate(name string) (chain [][]byte, rest []byte, err error) {
	raw, err := a.readFile(name)
	if err != nil {
		return nil, nil, err
	}
	for left := raw; ; {
		var b *pem.Block
		if b, left = pem.Decode(left); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(b.Bytes); err != nil {
			return nil, nil, &usageError{msg: name + ": the certificate cannot be read: " + err.Error()}
		}
		chain = append(chain, b.Bytes)
	}
	if len(chain) == 0 {
		return nil, nil, &usageError{msg: name + ": there is no certificate in it; want PEM", try: "openssl pkcs12 -in FILE.p12 -out FILE.pem"}
	}
	return chain, raw, nil
}

// fits reports whether a key is the one of a certificate.
func fits(key *rsa.PrivateKey, cert []byte) bool {
	c, err := x509.ParseCertificate(cert)
	if err != nil {
		return false
	}
	own, err1 := x509.MarshalPKIXPublicKey(key.Public())
	of, err2 := x509.MarshalPKIXPublicKey(c.PublicKey)
	return err1 == nil && err2 == nil && bytes.Equal(own, of)
}

// readFile reads a small file with a secret of several lines, "-" for standard input, and
// says so when others can read it too.
func (a *app) readFile(name string) ([]byte, error) {
	r := a.in
	if name != "-" {
		f, err := os.Open(expandHome(name))
		if err != nil {
			return nil, &usageError{msg: err.Error()}
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			a.notef("%s can be read by others on this machine (mode %04o); close it to them: chmod 600", name, info.Mode().Perm())
		}
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(b) > maxSecret:
		return nil, usagef("%s is larger than %d KB: that is no key", name, maxSecret>>10)
	}
	return b, nil
}
