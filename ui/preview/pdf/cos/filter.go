package cos

import (
	"bytes"
	"compress/flate"
	"compress/lzw"
	"context"
	"errors"
	"fmt"
	"io"

	tifflzw "golang.org/x/image/tiff/lzw"
)

// Filter is a way a stream is packed.
type Filter struct {
	Name  Name // in full: CCITTFaxDecode, DCTDecode
	Parms Dict
}

// Decoded is a stream's bytes.
type Decoded struct {
	Data []byte
	Rest []Filter // what this package does not undo: filters of pictures
	Cut  bool     // the packed bytes were damaged; Data is what came before
}

// TooLargeError says that a stream unpacks to more than the limit.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("a part of the file unpacks to more than %d MB", e.Limit>>20)
}

// Decode undoes a stream's filters up to the first that is a picture's own.
func (f *File) Decode(ctx context.Context, s *Stream) (Decoded, error) {
	return f.decode(ctx, s, f.lim.Stream)
}

// Raw is a stream's bytes as stored, decrypted.
func (f *File) Raw(s *Stream) ([]byte, error) {
	if s.raw != nil {
		return s.raw, nil
	}
	if s.n > f.lim.Stream {
		return nil, &TooLargeError{f.lim.Stream}
	}
	b, _, err := f.window(s.off, int(s.n))
	if errors.Is(err, io.EOF) {
		b, err = []byte{}, nil
	}
	if err == nil && f.crypt != nil && !s.plain {
		b, err = f.crypt.stream(f, b, s)
	}
	return b, err
}

func (f *File) decode(ctx context.Context, s *Stream, limit int64) (Decoded, error) {
	b, err := f.Raw(s)
	if err != nil {
		return Decoded{}, err
	}
	filters := f.Filters(s.Dict)
	if len(filters) > 8 {
		return Decoded{}, errors.New("a part of the file is packed too many times over")
	}
	out := Decoded{Data: b}
	for i, fl := range filters {
		if err := ctx.Err(); err != nil {
			return Decoded{}, err
		}
		next, cut, err := f.undo(ctx, out.Data, fl, limit)
		if errors.Is(err, errOther) {
			out.Rest = filters[i:]
			return out, nil
		}
		if err != nil {
			return Decoded{}, err
		}
		out.Data, out.Cut = next, out.Cut || cut
	}
	return out, nil
}

// Filters are the filters of a stream's or an inline image's dictionary.
func (f *File) Filters(d Dict) []Filter {
	first := func(keys ...Name) Value {
		for _, k := range keys {
			if v := f.Resolve(d[k]); v != nil {
				return v
			}
		}
		return nil
	}
	names, parms := first("Filter", "F"), first("DecodeParms", "DP")
	list, ok := names.(Array)
	if !ok {
		if n, ok := names.(Name); ok {
			list = Array{n}
		}
		if p, ok := parms.(Array); !ok || len(p) != 1 {
			parms = Array{parms}
		}
	}
	ps, _ := parms.(Array)
	var out []Filter
	for i, n := range list {
		fl := Filter{Name: fullName(f.Name(n))}
		if i < len(ps) {
			fl.Parms = f.Dict(ps[i])
		}
		out = append(out, fl)
	}
	return out
}

func fullName(n Name) Name {
	switch n {
	case "AHx":
		return "ASCIIHexDecode"
	case "A85":
		return "ASCII85Decode"
	case "LZW":
		return "LZWDecode"
	case "Fl":
		return "FlateDecode"
	case "RL":
		return "RunLengthDecode"
	case "CCF":
		return "CCITTFaxDecode"
	case "DCT":
		return "DCTDecode"
	}
	return n
}

var errOther = errors.New("a filter of pictures")

func (f *File) undo(ctx context.Context, b []byte, fl Filter, limit int64) (out []byte, cut bool, err error) {
	switch fl.Name {
	case "FlateDecode":
		out, cut, err = inflate(ctx, b, limit)
	case "LZWDecode":
		var r io.ReadCloser
		if f.Int(fl.Parms["EarlyChange"], 1) == 0 {
			r = lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8)
		} else {
			r = tifflzw.NewReader(bytes.NewReader(b), tifflzw.MSB, 8)
		}
		out, err = readAll(ctx, r, limit)
		cut = isCut(err)
		r.Close()
	case "ASCIIHexDecode":
		s := Scanner{b: append([]byte{'<'}, b...)}
		return []byte(s.hex()), false, nil
	case "ASCII85Decode":
		return ascii85(b), false, nil
	case "RunLengthDecode":
		out, err = runLength(b, limit)
		return out, false, err
	case "Crypt":
		return b, false, nil
	default:
		return nil, false, errOther
	}
	if err != nil && !cut {
		return nil, false, err
	}
	if f.Int(fl.Parms["Predictor"], 1) > 1 {
		out, err = f.unpredict(out, fl.Parms)
		return out, cut, err
	}
	return out, cut, nil
}

// isCut tells damaged bytes from a limit or an end by the context.
func isCut(err error) bool {
	var large *TooLargeError
	return err != nil && !errors.As(err, &large) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// inflate undoes zlib. A wrong checksum or a missing end takes nothing away from
// what could be read.
func inflate(ctx context.Context, b []byte, limit int64) (out []byte, cut bool, err error) {
	if len(b) >= 2 && b[0]&15 == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 {
		b = b[2:]
	} else {
		b = bytes.TrimLeft(b, "\r\n")
		if len(b) >= 2 && b[0]&15 == 8 {
			b = b[2:]
		}
	}
	r := flate.NewReader(bytes.NewReader(b))
	defer r.Close()
	out, err = readAll(ctx, r, limit)
	return out, isCut(err), err
}

// readAll reads up to limit bytes and gives what came before an error.
func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	var out bytes.Buffer
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.CopyN(&out, r, 1<<20)
		if int64(out.Len()) > limit {
			return nil, &TooLargeError{limit}
		}
		if errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		}
		if err != nil || n == 0 {
			return out.Bytes(), err
		}
	}
}

func ascii85(b []byte) []byte {
	var out []byte
	var group [5]byte
	n := 0
	for _, c := range b {
		switch {
		case c == '~':
			goto end
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c >= '!' && c <= 'u':
			group[n] = c - '!'
			if n++; n == 5 {
				out = append(out, word85(group)...)
				n = 0
			}
		}
	}
end:
	if n > 1 {
		for i := n; i < 5; i++ {
			group[i] = 84
		}
		out = append(out, word85(group)[:n-1]...)
	}
	return out
}

func word85(g [5]byte) []byte {
	v := uint32(0)
	for _, c := range g {
		v = v*85 + uint32(c)
	}
	return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
}

func runLength(b []byte, limit int64) ([]byte, error) {
	var out []byte
	for i := 0; i < len(b) && b[i] != 128; {
		n := int(b[i])
		i++
		if n < 128 {
			end := min(i+n+1, len(b))
			out = append(out, b[i:end]...)
			i = end
		} else if i < len(b) {
			out = append(out, bytes.Repeat(b[i:i+1], 257-n)...)
			i++
		}
		if int64(len(out)) > limit {
			return nil, &TooLargeError{limit}
		}
	}
	return out, nil
}
