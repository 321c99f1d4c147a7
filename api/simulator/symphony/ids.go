package symphony

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// Ids look like the service's: of a stream or a message 25 bytes in URL-safe
// base64, the last but one to eighth of which count down from the time it was
// made; of a file a number and 16 bytes in percent-encoded base64. They are the
// place of what they name, enciphered: found without a table, and of no use to
// whoever would count them.
const (
	streamID  = 't' // the last byte of an id
	messageID = 'm'
	fileID    = 'f' // does not show
)

type sealer struct{ block cipher.Block }

func newSealer(seed uint64) sealer {
	var key [16]byte
	binary.LittleEndian.PutUint64(key[:], mix(seed^0x53))
	binary.LittleEndian.PutUint64(key[8:], mix(seed^0x59))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("symphony simulator: " + err.Error()) // only for keys of other lengths
	}
	return sealer{block}
}

// place is what an id names: a stream, a message of it, a file of that.
type place struct {
	kind      byte
	stream, n int
	part      byte // of a file: its number, and thumb or wide for a small picture of it
}

const (
	thumb = 0x80 // in place.part
	wide  = 0x40 // the same
	seal  = "switch"
)

func (s sealer) close(p place) (b [16]byte) {
	binary.BigEndian.PutUint32(b[:], uint32(p.stream))
	binary.BigEndian.PutUint32(b[4:], uint32(p.n))
	b[8], b[9] = p.kind, p.part
	copy(b[10:], seal)
	s.block.Encrypt(b[:], b[:])
	return b
}

func (s sealer) open(b []byte) (p place, ok bool) {
	var o [16]byte
	s.block.Decrypt(o[:], b)
	p = place{kind: o[8], part: o[9], stream: int(binary.BigEndian.Uint32(o[:])), n: int(binary.BigEndian.Uint32(o[4:]))}
	return p, string(o[10:]) == seal
}

func (s sealer) id(p place, at int64) string {
	b := s.close(p)
	long := binary.BigEndian.AppendUint64(b[:], uint64(math.MaxInt64-at))
	return base64.RawURLEncoding.EncodeToString(append(long, p.kind))
}

// find reads an id in its URL-safe form, the only one that paths take.
func (s sealer) find(id string, kind byte) (place, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if err != nil || len(b) != 25 || b[24] != kind {
		return place{}, false
	}
	p, ok := s.open(b[:16])
	return p, ok && p.kind == kind
}

func (s sealer) file(p place) string {
	b := s.close(p)
	return "internal_" + strconv.Itoa(13_056_700_000_000+p.stream*97+p.n) + "%2F" + url.QueryEscape(base64.StdEncoding.EncodeToString(b[:]))
}

// findFile reads a file's id as a query brought it: as it was given out, or with
// its percent signs decoded once more, as older clients send it.
func (s sealer) findFile(id string) (p place, decoded, ok bool) {
	whole := id
	if decoded = !strings.Contains(id, "%"); !decoded {
		var err error
		if whole, err = url.QueryUnescape(id); err != nil {
			return p, decoded, false
		}
	}
	_, end, found := strings.Cut(whole, "/")
	b, err := base64.StdEncoding.Strict().DecodeString(end)
	if !found || err != nil || len(b) != 16 {
		return p, decoded, false
	}
	p, ok = s.open(b)
	return p, decoded, ok && p.kind == fileID
}

// standard is the other way to write an id, that of the web client: the standard
// alphabet with padding.
func standard(id string) string {
	b, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return id
	}
	return base64.StdEncoding.EncodeToString(b)
}

// safe is the URL-safe form of either.
func safe(id string) string {
	return strings.TrimRight(strings.NewReplacer("/", "_", "+", "-").Replace(id), "=")
}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
