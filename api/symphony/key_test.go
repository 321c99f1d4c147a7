package symphony_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/youmark/pkcs8"

	sym "switchboard/api/symphony"
)

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestParseKey reads keys of every form, and says what others are.
func TestParseKey(t *testing.T) {
	key := testKey()
	pkcs1, plain8 := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
	few := &pkcs8.Opts{Cipher: pkcs8.AES256CBC, KDFOpts: pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 10, HMACHash: 5}}
	locked8 := block("ENCRYPTED PRIVATE KEY", must(pkcs8.MarshalPrivateKey(key, []byte("open sesame"), few)))
	//lint:ignore SA1019 what older versions of openssl write
	locked1 := pem.EncodeToMemory(must(x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), []byte("open sesame"), x509.PEMCipherAES256)))
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	ec8 := block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ec)))
	short := block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(rsa.GenerateKey(rand.Reader, 1024)))))
	public := block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(key.Public())))
	unreadable := errors.New("no terminal")
	for _, tt := range []struct {
		name     string
		file     []byte
		password string // "-": cannot be asked for; "!": asking fails
		want     string // in the error; "": none
		is       error
	}{
		{"PKCS#1", pkcs1, "-", "", nil},
		{"PKCS#8", plain8, "-", "", nil},
		{"words before", append([]byte("Bag Attributes\n  friendlyName: bot\n"), plain8...), "-", "", nil},
		{"certificate before", append(block("CERTIFICATE", []byte("x")), plain8...), "-", "", nil},
		{"Windows line ends", bytes.ReplaceAll(plain8, []byte("\n"), []byte("\r\n")), "-", "", nil},
		{"PKCS#8, encrypted", locked8, "open sesame", "", nil},
		{"PKCS#1, encrypted", locked1, "open sesame", "", nil},
		{"wrong password", locked8, "close sesame", "password is not the key's", sym.ErrPassword},
		{"wrong password, PKCS#1", locked1, "close sesame", "password is not the key's", sym.ErrPassword},
		{"nobody to ask", locked8, "-", "password is needed", sym.ErrEncrypted},
		{"no password", locked1, "", "password is needed", sym.ErrEncrypted},
		{"asking fails", locked1, "!", "no terminal", unreadable},
		{"EC", ec8, "-", "not an RSA key", nil},
		{"EC, its own form", block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec))), "-", "not an RSA key", nil},
		{"short", short, "-", "1024 bits", nil},
		{"public", public, "-", "public key", nil},
		{"certificate", block("CERTIFICATE", []byte("x")), "-", "certificate and no key", nil},
		{"OpenSSH", block("OPENSSH PRIVATE KEY", []byte("x")), "-", "ssh-keygen -p -m PEM", nil},
		{"PuTTY", []byte("PuTTY-User-Key-File-3: ssh-rsa\n"), "-", "PuTTY", nil},
		{"cut", plain8[:len(plain8)/2], "-", "not PEM", nil},
		{"damaged", block("PRIVATE KEY", []byte("nonsense")), "-", "damaged", nil},
		{"damaged, encrypted", block("ENCRYPTED PRIVATE KEY", []byte("nonsense")), "x", "openssl pkcs8", nil},
		{"other", block("X509 CRL", []byte("x")), "-", "no private key", nil},
		{"empty", nil, "-", "empty", nil},
		{"words", []byte("hello"), "-", "BEGIN PRIVATE KEY", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			password := func() (string, error) {
				asked++
				if tt.password == "!" {
					return "", unreadable
				}
				return tt.password, nil
			}
			if tt.password == "-" {
				password = nil
			}
			got, err := sym.ParseKey(tt.file, password)
			if tt.want == "" {
				if err != nil || !got.Equal(key) {
					t.Fatalf("%v", err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if asked > 1 {
				t.Errorf("asked %d times", asked)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the password shows: %v", err)
			}
		})
	}
}

func TestOtherKeys(t *testing.T) {
	s := newServers(t)
	cfg := s.config()
	cfg.Key = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	if _, err := sym.New(cfg); err == nil || !strings.Contains(err.Error(), "RSA") {
		t.Errorf("got %v", err)
	}
}
