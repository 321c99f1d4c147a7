package symphony

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/youmark/pkcs8"
)

// leastBits is the shortest RSA key that is worth a try; the service's guide makes 4,096.
const leastBits = 2048

// ErrEncrypted means that a key is encrypted and that nobody was there to be asked for its
// password.
var ErrEncrypted = errors.New("the key is encrypted, and its password is needed")

// ErrPassword means that a password is not a key's.
var ErrPassword = errors.New("the password is not the key's")

// ParseKey reads an RSA private key in PEM: PKCS#1 or PKCS#8, as it is or encrypted, in which
// case password is asked; nil is [ErrEncrypted]. What else the file may hold (certificates,
// parameters) is passed over. Errors say what the file is instead, and never quote it.
func ParseKey(file []byte, password func() (string, error)) (*rsa.PrivateKey, error) {
	key, err := parseKey(file, password)
	if err != nil {
		return nil, fmt.Errorf("reading the private key: %w", err)
	}
	return key, nil
}

func parseKey(file []byte, password func() (string, error)) (*rsa.PrivateKey, error) {
	var seen []string
	for rest := file; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return nil, noKey(file, seen)
		}
		switch b.Type {
		case "RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
			return block(b, password)
		case "EC PRIVATE KEY", "DSA PRIVATE KEY":
			return nil, errNotRSA
		case "OPENSSH PRIVATE KEY":
			return nil, errors.New("it has OpenSSH's own form: write it anew as PEM with ssh-keygen -p -m PEM -f FILE")
		}
		seen = append(seen, b.Type)
	}
}

var errNotRSA = errors.New("it is not an RSA key, and Symphony takes no other")

// noKey says what a file without a private key is.
func noKey(file []byte, seen []string) error {
	for _, t := range seen {
		switch {
		case strings.Contains(t, "PUBLIC KEY"):
			return errors.New("it is the public key, which the pod has; the private one is needed here")
		case strings.Contains(t, "CERTIFICATE"):
			return errors.New("it holds a certificate and no key")
		}
	}
	switch {
	case len(file) == 0:
		return errors.New("the file is empty")
	case strings.HasPrefix(string(file), "PuTTY-User-Key-File"):
		return errors.New("it has PuTTY's own form: export it as an OpenSSH key, and then with ssh-keygen -p -m PEM -f FILE")
	case len(seen) == 0:
		return errors.New("it is not PEM: want a file that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----")
	}
	return errors.New("there is no private key in it")
}

// block reads one private key.
func block(b *pem.Block, password func() (string, error)) (*rsa.PrivateKey, error) {
	var key any
	var err error
	//lint:ignore SA1019 weak, and still what openssl writes with -traditional
	old := x509.IsEncryptedPEMBlock(b)
	if old || b.Type == "ENCRYPTED PRIVATE KEY" {
		if password == nil {
			return nil, ErrEncrypted
		}
		secret, err := password()
		switch {
		case err != nil:
			return nil, fmt.Errorf("asking for its password: %w", err)
		case secret == "":
			return nil, ErrEncrypted
		}
		if key, err = open(b, old, []byte(secret)); err != nil {
			return nil, err
		}
	} else if key, err = plainKey(b); err != nil {
		return nil, err
	}
	r, ok := key.(*rsa.PrivateKey)
	switch {
	case !ok:
		return nil, errNotRSA
	case r.N.BitLen() < leastBits:
		return nil, fmt.Errorf("the key has %d bits, and at least %d are needed", r.N.BitLen(), leastBits)
	}
	return r, nil
}

func plainKey(b *pem.Block) (any, error) {
	parse := x509.ParsePKCS8PrivateKey
	if b.Type == "RSA PRIVATE KEY" {
		parse = func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) }
	}
	key, err := parse(b.Bytes)
	if err == nil {
		return key, nil
	}
	return nil, errDamaged
}

// errDamaged stands for what the parsers say, which helps nobody.
var errDamaged = errors.New("it is damaged, or of a kind that is not known here (want PKCS#1 or PKCS#8)")

// open reads an encrypted key: old with a header in the PEM (RFC 1421), else PKCS#8.
func open(b *pem.Block, old bool, secret []byte) (any, error) {
	if !old {
		key, err := pkcs8.ParsePKCS8PrivateKey(b.Bytes, secret)
		switch {
		case err == nil:
			return key, nil
		case strings.Contains(err.Error(), "incorrect password"):
			return nil, ErrPassword
		}
		return nil, fmt.Errorf("it is encrypted in a way that is not known here, or damaged (%w): write it anew with openssl pkcs8 -topk8 -v2 aes-256-cbc", err)
	}
	//lint:ignore SA1019 see above
	der, err := x509.DecryptPEMBlock(b, secret)
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, ErrPassword
	case err != nil:
		return nil, errDamaged
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	// A wrong password is found out by its padding only, which fits once in 256 times.
	return nil, ErrPassword
}
