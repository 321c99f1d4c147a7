package symphony

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"switchboard/api/simulator/corpus"
)

const (
	maxBig = 64 << 30
	// bigBlock is a multiple of three, so that blocks are so in base64, too.
	bigBlock  = 48 << 10
	bigNumber = 9 // bytes with which a block begins: its number
	bigAtOnce = 4 // blocks
)

// Big says a file of any size in the first stream, which costs nothing to hold,
// and returns the ids to ask for it with. The same bytes are at /big/{bytes} of
// the agent's host, without base64 and without a session.
func (s *Server) Big(size int64) (stream, message, file string) {
	st, ok := s.data.stream(0)
	if !ok {
		return "", "", ""
	}
	f := fileOf("big.bin", "application/octet-stream", size, func() corpus.Body {
		return corpus.Body{Type: "application/octet-stream", Size: size, Open: func() io.ReadSeeker { return newBigReader(size) }}
	})
	f.big = true
	m := s.publish(&st, message0(s.data.me()+1, "big", f))
	return st.id, m.id, m.files[0].id
}

// rawBig serves /big/{bytes} of the agent host: what Server.Big has in base64, as
// it is, for comparison.
func (c *call) rawBig() *apiError {
	size, err := strconv.ParseInt(c.r.PathValue("bytes"), 10, 64)
	if err != nil || size < 0 || size > maxBig {
		return &apiError{status: http.StatusNotFound, message: "Not Found"}
	}
	c.serveBig(size, false)
	return nil
}

// serveBig sends content of any size. Making it costs next to nothing in either
// form, so that who measures a client does not measure this server.
func (c *call) serveBig(size int64, encoded bool) {
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	raw, length, unit := bigPattern(), size, bigBlock
	if encoded {
		length, unit = int64(base64.StdEncoding.EncodedLen(int(size))), base64.StdEncoding.EncodedLen(bigBlock)
	}
	if !encoded || !c.s.mode("chunked") {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	c.w.WriteHeader(http.StatusOK)
	one := raw
	if encoded {
		one = []byte(base64.StdEncoding.EncodeToString(raw))
	}
	buf := make([]byte, 0, bigAtOnce*unit)
	for range bigAtOnce {
		buf = append(buf, one...)
	}
	control := http.NewResponseController(c.w)
	for n := int64(0); n*bigBlock < size; n += bigAtOnce {
		for k := range bigAtOnce {
			head := bigHead(n + int64(k))
			if encoded {
				base64.StdEncoding.Encode(buf[k*unit:], head[:])
			} else {
				copy(buf[k*unit:], head[:])
			}
		}
		part := buf
		if left := size - n*bigBlock; left < bigAtOnce*bigBlock {
			part = bigEnd(buf, raw, n, left, encoded)
		}
		_ = control.SetWriteDeadline(time.Now().Add(time.Minute)) // not possible once cut
		if _, err := c.w.Write(part); err != nil {
			return
		}
	}
}

// bigEnd is the last piece, which ends within a block.
func bigEnd(buf, raw []byte, n, left int64, encoded bool) []byte {
	if !encoded {
		return buf[:left]
	}
	whole, rest := int(left/bigBlock), int(left%bigBlock)
	at := whole * base64.StdEncoding.EncodedLen(bigBlock)
	head := bigHead(n + int64(whole))
	copy(raw, head[:])
	return base64.StdEncoding.AppendEncode(buf[:at], raw[:rest])
}

// bigPattern is a block without its number.
func bigPattern() []byte {
	block := make([]byte, bigBlock)
	x := uint64(0x2545f4914f6cdd1d)
	for i := range bigBlock / 8 {
		x = mix(x)
		for k := range 8 {
			block[i*8+k] = byte(x >> (8 * k))
		}
	}
	return block
}

func bigHead(number int64) (head [bigNumber]byte) {
	copy(head[:], strconv.FormatInt(1<<36+number, 16)[1:])
	return head
}

// bigReader is the same content to be read: blocks that begin with their number, so
// that a piece in the wrong place shows.
type bigReader struct {
	size, at int64
	block    []byte
}

func newBigReader(size int64) *bigReader {
	r := &bigReader{size: size, block: bigPattern()}
	r.number(0)
	return r
}

func (r *bigReader) number(n int64) {
	head := bigHead(n)
	copy(r.block, head[:])
}

func (r *bigReader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	b = b[:min(int64(len(b)), r.size-r.at)]
	done := 0
	for done < len(b) {
		from := r.at % bigBlock
		if from == 0 {
			r.number(r.at / bigBlock)
		}
		n := copy(b[done:], r.block[from:])
		done += n
		r.at += int64(n)
	}
	return done, nil
}

func (r *bigReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, errors.New("symphony simulator: seek to before the beginning")
	}
	r.at = offset
	r.number(offset / bigBlock)
	return offset, nil
}
