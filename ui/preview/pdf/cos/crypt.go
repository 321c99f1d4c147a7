package cos

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
)

// method is how bytes are encrypted.
type method uint8

const (
	identity method = iota
	rc4Method
	aes128
	aes256
)

// crypt decrypts a file that the empty password opens (7.6; ISO 32000-2 for
// revision 6).
type crypt struct {
	key              []byte
	strings, streams method
	metadata         bool // its stream is encrypted, too
}

const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

func newCrypt(f *File, d Dict) (*crypt, error) {
	if n := f.Name(d["Filter"]); n != "Standard" {
		return nil, fmt.Errorf("the file is encrypted by %q, which is not known here: open it outside", string(n))
	}
	c := &crypt{metadata: f.Bool(d["EncryptMetadata"], true)}
	v, r := f.Int(d["V"], 0), f.Int(d["R"], 0)
	bits := f.Int(d["Length"], 40)
	switch v {
	case 1, 2:
		c.strings, c.streams = rc4Method, rc4Method
		if v == 1 {
			bits = 40
		}
	case 4, 5:
		bits = 128
		c.strings, c.streams = c.filter(f, d, "StrF"), c.filter(f, d, "StmF")
	default:
		return nil, fmt.Errorf("the file is encrypted in a way (%d) that is not known here: open it outside", v)
	}
	o, _ := f.Resolve(d["O"]).(String)
	u, _ := f.Resolve(d["U"]).(String)
	var ok bool
	if v == 5 {
		ue, _ := f.Resolve(d["UE"]).(String)
		c.key, ok = key256([]byte(u), []byte(ue), r)
	} else {
		if bits < 40 || bits > 128 || bits%8 != 0 {
			return nil, errors.New("the file is encrypted with a key of a size that cannot be")
		}
		id := f.Array(f.trailer["ID"])
		var first String
		if len(id) > 0 {
			first, _ = f.Resolve(id[0]).(String)
		}
		c.key, ok = key128(o, u, first, f.Int(d["P"], 0), r, bits/8, c.metadata)
	}
	if !ok {
		return nil, ErrPassword
	}
	return c, nil
}

// filter is the method that StmF or StrF names.
func (c *crypt) filter(f *File, d Dict, key Name) method {
	name := f.Name(d[key])
	cf := f.Dict(f.Dict(d["CF"])[name])
	switch f.Name(cf["CFM"]) {
	case "V2":
		return rc4Method
	case "AESV2":
		return aes128
	case "AESV3":
		return aes256
	}
	return identity
}

// key128 is algorithms 2 and 6 of 7.6.3 for the empty password.
func key128(o, u, id String, p, r, n int, metadata bool) (key []byte, ok bool) {
	h := md5.New()
	h.Write([]byte(padding))
	h.Write([]byte(o[:min(len(o), 32)]))
	h.Write([]byte{byte(p), byte(p >> 8), byte(p >> 16), byte(p >> 24)})
	h.Write([]byte(id))
	if r >= 4 && !metadata {
		h.Write([]byte{255, 255, 255, 255})
	}
	key = h.Sum(nil)
	if r >= 3 {
		for range 50 {
			sum := md5.Sum(key[:n])
			key = sum[:]
		}
	}
	key = key[:n]
	check := []byte(padding)
	if r < 3 {
		xor4(key, check)
		return key, string(u) == string(check)
	}
	sum := md5.Sum(append([]byte(padding), id...))
	check = sum[:]
	for i := range 20 {
		k := bytes.Clone(key)
		for j := range k {
			k[j] ^= byte(i)
		}
		xor4(k, check)
	}
	return key, len(u) >= 16 && string(u[:16]) == string(check)
}

func xor4(key, b []byte) {
	if c, err := rc4.NewCipher(key); err == nil {
		c.XORKeyStream(b, b)
	}
}

// key256 is algorithm 2.A of ISO 32000-2 for the empty password.
func key256(u, ue []byte, r int) (key []byte, ok bool) {
	if len(u) < 48 || len(ue) < 32 {
		return nil, false
	}
	hash := hash6
	if r < 6 {
		hash = func(salt []byte) []byte { s := sha256.Sum256(salt); return s[:] }
	}
	if !bytes.Equal(hash(u[32:40]), u[:32]) {
		return nil, false
	}
	block, err := aes.NewCipher(hash(u[40:48]))
	if err != nil {
		return nil, false
	}
	key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(key, ue[:32])
	return key, true
}

// hash6 is algorithm 2.B of ISO 32000-2.
func hash6(salt []byte) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	for i := 0; ; i++ {
		e := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, e)
		mod := 0
		for _, c := range e[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(e)
			k = s[:]
		case 1:
			s := sha512.Sum384(e)
			k = s[:]
		default:
			s := sha512.Sum512(e)
			k = s[:]
		}
		if i >= 63 && int(e[len(e)-1]) <= i-31 {
			return k[:32]
		}
	}
}

// bytes decrypts what belongs to object r.
func (c *crypt) bytes(b []byte, r Ref, m method) ([]byte, error) {
	key := c.key
	if m == rc4Method || m == aes128 {
		h := md5.New()
		h.Write(key)
		h.Write([]byte{byte(r.Num), byte(r.Num >> 8), byte(r.Num >> 16), byte(r.Gen), byte(r.Gen >> 8)})
		if m == aes128 {
			h.Write([]byte("sAlT"))
		}
		key = h.Sum(nil)[:min(len(key)+5, 16)]
	}
	switch m {
	case rc4Method:
		out := bytes.Clone(b)
		xor4(key, out)
		return out, nil
	case aes128, aes256:
		if len(b) < 32 {
			return nil, nil
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("decrypting a part of the file: %w", err)
		}
		out := make([]byte, (len(b)-16)&^15)
		cipher.NewCBCDecrypter(block, b[:16]).CryptBlocks(out, b[16:16+len(out)])
		if n := int(out[len(out)-1]); n >= 1 && n <= 16 {
			out = out[:len(out)-n]
		}
		return out, nil
	}
	return b, nil
}

// value decrypts the strings in v.
func (c *crypt) value(v Value, r Ref, depth int) Value {
	if depth > maxDepth {
		return nil
	}
	switch v := v.(type) {
	case String:
		b, err := c.bytes([]byte(v), r, c.strings)
		if err != nil {
			return String("")
		}
		return String(b)
	case Array:
		for i := range v {
			v[i] = c.value(v[i], r, depth+1)
		}
	case Dict:
		for k := range v {
			v[k] = c.value(v[k], r, depth+1)
		}
	}
	return v
}

func (c *crypt) stream(f *File, b []byte, s *Stream) ([]byte, error) {
	m := c.streams
	if s.Dict["Type"] == Name("Metadata") && !c.metadata {
		m = identity
	}
	for _, fl := range f.Filters(s.Dict) {
		if fl.Name == "Crypt" && (fl.Parms["Name"] == nil || fl.Parms["Name"] == Name("Identity")) {
			m = identity
		}
	}
	return c.bytes(b, s.Ref, m)
}
