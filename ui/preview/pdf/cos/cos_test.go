package cos

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	tifflzw "golang.org/x/image/tiff/lzw"
)

func open(t testing.TB, b []byte, lim Limits) *File {
	t.Helper()
	f, err := Open(context.Background(), bytes.NewReader(b), int64(len(b)), lim)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestScanner(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []Value
	}{
		{"1 -2 +3 4.5 -.5 5. --6 7-8 .", []Value{1, -2, 3, 4.5, -0.5, 5.0, -6, 7, 0}},
		{"99999999999999999999999", []Value{99999999999999999999999.0}},
		{"/Name /A#42 /a#zz / /x", []Value{Name("Name"), Name("AB"), Name("a#zz"), Name(""), Name("x")}},
		{`(a(b)c) (\n\101\7x\)) (a\
b)`, []Value{String("a(b)c"), String("\nA\ax)"), String("ab")}},
		{"<48 65 6c6> <> <4", []Value{String("Hel`"), String(""), String("@")}},
		{"[1 [2] (x)] <</A 1/B[2]/C<</D null>>>>", []Value{Array{1, Array{2}, String("x")}, Dict{"A": 1, "B": Array{2}, "C": Dict{"D": nil}}}},
		{"true false null % a remark\nq 1 0 R Tj'", []Value{true, false, nil, Op("q"), 1, 0, Op("R"), Op("Tj'")}},
		{"[1 2", []Value{Array{1, 2}}},
		{") > x", []Value{Op("x")}},
	} {
		s := NewScanner([]byte(c.in))
		var got []Value
		for {
			v, err := s.Next()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s\n is %#v\nwant %#v", c.in, got, c.want)
		}
	}
}

func TestAppend(t *testing.T) {
	v := Dict{"A b": Array{1, -2.5, true, nil, Ref{3, 0}, Name("x#y/z")}, "S": String("a(b)\\"), "T": String("\xff\n"), "D": Dict{}}
	b := Append(nil, v)
	s := Scanner{b: b, refs: true}
	got, err := s.Next()
	if err != nil || !reflect.DeepEqual(got, Value(v)) {
		t.Errorf("%s is read as %#v, %v", b, got, err)
	}
}

// TestFiles reads the same page from files qpdf made: with object streams, and
// encrypted in each way with the empty password.
func TestFiles(t *testing.T) {
	for _, name := range []string{"objstm", "enc40", "enc128n", "enc128y", "enc256"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", name+".pdf"))
			if err != nil {
				t.Fatal(err)
			}
			check := func(f *File) {
				t.Helper()
				pages := f.Dict(f.Root()["Pages"])
				page := f.Dict(f.Array(pages["Kids"])[0])
				if n := f.Resolve(page["Note"]); n != String("a secret note") {
					t.Errorf("the note is %q", n)
				}
				st := f.Stream(page["Contents"])
				if st == nil {
					t.Fatal("no content")
				}
				d, err := f.Decode(t.Context(), st)
				if err != nil || !strings.HasPrefix(string(d.Data), "0 0 9 9 re f") {
					t.Errorf("the content is %q, %v", d.Data, err)
				}
			}
			check(open(t, b, Limits{}))
			check(open(t, append([]byte("junk before\n"), b...), Limits{}))
			// And when the table is lost.
			i := bytes.LastIndex(b, []byte("startxref"))
			check(open(t, append(bytes.Clone(b[:i]), "startxref\n7\n"...), Limits{}))
		})
	}
}

func TestPassword(t *testing.T) {
	b, err := os.ReadFile("testdata/password.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), bytes.NewReader(b), int64(len(b)), Limits{}); !errors.Is(err, ErrPassword) {
		t.Errorf("error %v", err)
	}
}

func packed(b []byte) string {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.String()
}

func TestFilters(t *testing.T) {
	f := open(t, small(), Limits{Stream: 1 << 16})
	want := []byte("some bytes, some bytes, and some more bytes")
	var l1, l2 bytes.Buffer
	w := lzw.NewWriter(&l1, lzw.MSB, 8)
	w.Write(want)
	w.Close()
	w = lzw.NewWriter(&l2, lzw.MSB, 8)
	w.Write(want) // short of 256 codes both ways are the same
	w.Close()
	if _, err := io.ReadAll(tifflzw.NewReader(bytes.NewReader(l2.Bytes()), tifflzw.MSB, 8)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, dict, data, want string }{
		{"none", "", string(want), string(want)},
		{"flate", "/Filter /FlateDecode", packed(want), string(want)},
		{"short name", "/F /Fl", packed(want), string(want)},
		{"flate cut short", "/Filter /FlateDecode", packed(want)[:len(packed(want))-8], ""},
		{"flate without its head", "/Filter /FlateDecode", packed(want)[2:], string(want)},
		{"lzw early", "/Filter /LZWDecode", l2.String(), string(want)},
		{"lzw", "/Filter /LZWDecode /DecodeParms << /EarlyChange 0 >>", l1.String(), string(want)},
		{"hex", "/Filter /ASCIIHexDecode", "48656C 6c6f>", "Hello"},
		{"ascii85", "/Filter /A85", "87cURD]i,\"Ebo80~>", "Hello World!"},
		{"runs", "/Filter /RL", "\x02abc\xfed\x80zzz", "abcddd"},
		{"two", "/Filter [/AHx /RL] /DecodeParms [null null]", "02616263 80>", "abc"},
		{"tiff predictor", "/Filter /FlateDecode /DecodeParms << /Predictor 2 /Columns 4 >>", packed([]byte{1, 1, 1, 1, 5, 0, 0, 1}), "\x01\x02\x03\x04\x05\x05\x05\x06"},
		{"tiff predictor of bits", "/Filter /FlateDecode /DecodeParms << /Predictor 2 /Columns 8 /BitsPerComponent 1 >>", packed([]byte{0b10000001}), "\xfe"},
		{
			"png predictors", "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2 >>",
			packed([]byte{0, 1, 2, 1, 1, 1, 2, 1, 1, 3, 1, 1, 4, 1, 1}), "\x01\x02\x01\x02\x02\x03\x02\x03\x03\x04",
		},
	} {
		s := Scanner{b: []byte("<<" + c.dict + ">>")}
		d, _ := s.Next()
		got, err := f.Decode(t.Context(), NewStream(d.(Dict), []byte(c.data)))
		if err != nil || len(got.Rest) > 0 {
			t.Errorf("%s: %v", c.name, err)
		} else if c.want == "" {
			if !got.Cut {
				t.Errorf("%s: not seen", c.name)
			}
		} else if string(got.Data) != c.want {
			t.Errorf("%s is %q, want %q", c.name, got.Data, c.want)
		}
	}
	var large *TooLargeError
	for _, c := range []struct{ dict, data string }{
		{"/Filter /FlateDecode", packed(make([]byte, 1<<20))},
		{"/Filter [/FlateDecode /FlateDecode]", packed([]byte(packed(make([]byte, 1<<20))))},
		{"/Filter /RL", strings.Repeat("\x81a", 1000)},
	} {
		s := Scanner{b: []byte("<<" + c.dict + ">>")}
		d, _ := s.Next()
		if _, err := f.Decode(t.Context(), NewStream(d.(Dict), []byte(c.data))); !errors.As(err, &large) {
			t.Errorf("%s: error %v", c.dict, err)
		}
	}
	d, err := f.Decode(t.Context(), NewStream(Dict{"Filter": Array{Name("AHx"), Name("DCT")}}, []byte("4142>")))
	if err != nil || len(d.Rest) != 1 || d.Rest[0].Name != "DCTDecode" || string(d.Data) != "AB" {
		t.Errorf("%+v, %v", d, err)
	}
}

// small is a file with an object of each kind of trouble.
func small() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offs []int
	for i, o := range []string{
		"<< /Type /Catalog /Loop 2 0 R /Long 4 0 R /Gone 77 0 R >>",
		"3 0 R", "2 0 R",
		"<< /Length 5 0 R >>\nstream\nabc\nendstream", "99999",
		"<< /Length 6 0 R >>\nstream\nabc\nendstream",
	} {
		offs = append(offs, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offs)+1)
	for _, o := range offs {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", len(offs)+1, start, start)
	return b.Bytes()
}

// TestLoops: what points to itself, or lies about its length, ends.
func TestLoops(t *testing.T) {
	f := open(t, small(), Limits{})
	if v := f.Resolve(Ref{Num: 2}); v != nil {
		t.Errorf("a loop is %v", v)
	}
	if v := f.Resolve(Ref{Num: 77}); v != nil {
		t.Errorf("nothing is %v", v)
	}
	for _, n := range []int{4, 6} {
		st := f.Stream(Ref{Num: n})
		if st == nil {
			t.Fatalf("object %d is no stream", n)
		}
		if b, err := f.Raw(st); string(b) != "abc" || err != nil {
			t.Errorf("stream %d is %q, %v", n, b, err)
		}
	}
}

func TestBadTables(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	bomb := packed(make([]byte, 64<<20))
	for _, c := range []struct{ name, file string }{
		{"nothing", ""},
		{"a bomb as table", fmt.Sprintf("%%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n9\n%%%%EOF", len(bomb), bomb)},
		{"a table of too many", "%PDF-1.4\nxref\n0 99999999999\ntrailer<</Root 1 0 R>>\nstartxref\n9\n"},
		{"widths", "%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 4/W[0 0 0]/Length 3>>\nstream\nabc\nendstream\nendobj\nstartxref\n9\n%%EOF"},
	} {
		if _, err := Open(t.Context(), strings.NewReader(c.file), int64(len(c.file)), Limits{Objects: 1000}); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

// FuzzOpen opens a file and reads the objects its catalog leads to.
func FuzzOpen(f *testing.F) {
	f.Add(small())
	names, _ := filepath.Glob("testdata/*.pdf")
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Open(context.Background(), bytes.NewReader(b), int64(len(b)), Limits{Objects: 1000, Stream: 1 << 18})
		if err != nil {
			return
		}
		left := 200
		var walk func(v Value, depth int)
		walk = func(v Value, depth int) {
			if left--; left < 0 || depth > 8 {
				return
			}
			switch v := file.Resolve(v).(type) {
			case Dict:
				for _, e := range v {
					walk(e, depth+1)
				}
			case Array:
				for _, e := range v {
					walk(e, depth+1)
				}
			case *Stream:
				file.Decode(context.Background(), v)
			}
		}
		walk(file.Root(), 0)
		file.Repair(context.Background())
		walk(file.Root(), 0)
	})
}

// FuzzScan reads values and writes them: read again they must be the same.
func FuzzScan(f *testing.F) {
	f.Add([]byte("<</A[1 2 (x)<41>/B#20c]/C 1.5 true null>> q 1 0 R"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := NewScanner(b)
		for range 1000 {
			v, err := s.Next()
			if err != nil {
				return
			}
			if _, ok := v.(Op); ok {
				continue
			}
			out := Append(nil, v)
			again, err := NewScanner(out).Next()
			if err != nil || !bytes.Equal(Append(nil, again), out) {
				t.Fatalf("%q is written %q and read as %#v, %v", b, out, again, err)
			}
		}
	})
}

// FuzzFilter undoes each filter on bytes that may be anything.
func FuzzFilter(f *testing.F) {
	f.Add(packed([]byte("abc")), 0, 15, 8, 3)
	f.Fuzz(func(t *testing.T, data string, which, predictor, bits, colors int) {
		names := []Name{"FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode"}
		name := names[((which%5)+5)%5]
		file := &File{lim: Limits{Stream: 1 << 18}}
		d := Dict{"Filter": name, "DecodeParms": Dict{"Predictor": predictor, "BitsPerComponent": bits, "Colors": colors, "Columns": 5}}
		file.Decode(context.Background(), NewStream(d, []byte(data)))
	})
}
