package api

import (
	"strings"
	"testing"
)

// TestDispositionTable is what is known of mime.ParseMediaType's answers, row by row, and
// what becomes of each here.
func TestDispositionTable(t *testing.T) {
	for _, tt := range []struct{ header, want string }{
		{`attachment; filename=my invoice.pdf`, "my invoice.pdf"},
		{`attachment; filename=naïve.txt`, "naïve.txt"},
		{`attachment; filename="no end.pdf`, "no end.pdf"},
		{`attachment; filename="no end.pdf; size=3`, "no end.pdf; size=3"},
		{`attachment; filename="a.pdf"; foo`, "a.pdf"},
		{`attachment; foo; filename="a.pdf"; foo`, "a.pdf"},
		{`attachment; filename=a; filename=b`, "a"},
		{`attachment; filename=a; filename=b; filename*=UTF-8''c`, "c"},
		{`;filename=x`, "x"},
		{`filename=x`, "x"},
		{`filename="x y"`, "x y"},
		{`attachment, filename=x`, "x"},
		{`attachment filename=x`, "x"},
		{`attachment; filename="plain.txt"; filename*=UTF-8''na%C3%AFve.txt`, "naïve.txt"},
		{`attachment; filename*=UTF-8''na%C3%AFve.txt; filename="plain.txt"`, "naïve.txt"},
		{`attachment; filename*=utf-8'en'%e2%82%ac%20rates.pdf`, "€ rates.pdf"},
		{`attachment; filename*="UTF-8''quoted%20all%20the%20same.pdf"`, "quoted all the same.pdf"},
		{`attachment; filename*=ISO-8859-1''caf%E9.txt`, "café.txt"},
		{`attachment; filename="caf_.txt"; filename*=iso-8859-1'fr'caf%E9.txt`, "café.txt"},
		{`attachment; filename="plain.txt"; filename*=KOI8-R''%C6.txt`, "plain.txt"},
		{`attachment; filename="plain.txt"; filename*=UTF-8''%ZZ`, "plain.txt"},
		{`attachment; filename="plain.txt"; filename*=UTF-8''%E9`, "plain.txt"},
		{`attachment; filename*=plain.txt`, ""},
		{`attachment; filename*0="long "; filename*1="name.txt"`, "long name.txt"},
		{`attachment; filename*0*=UTF-8''na%C3%AFve; filename*1*=%20file.txt`, "naïve file.txt"},
		{`attachment; filename="..\..\evil.bat"`, `..\..\evil.bat`},
		{`attachment; filename*=UTF-8''..%2f..%2fevil.sh`, "../../evil.sh"},
		{`attachment; filename*=UTF-8''a%00b`, "a\x00b"},
		{`attachment; filename="=?UTF-8?B?bmHDr3ZlLnR4dA==?="`, "naïve.txt"},
		{`attachment; filename="=?ISO-8859-1?Q?caf=E9.txt?="`, "café.txt"},
		{`attachment; filename="=?x-unknown?Q?a?="`, "=?x-unknown?Q?a?="},
		{"attachment; filename=\"caf\xe9.txt\"", "café.txt"},
		{"attachment; filename=caf\xe9.txt", "café.txt"},
		{`attachment; filename="café.txt"`, "café.txt"},
		{`attachment; filename="a \"quoted\" name.txt"`, `a "quoted" name.txt`},
		{`attachment; filename="a \"quoted\" name.txt"; x`, `a "quoted" name.txt`},
		{`attachment; name="filename=evil.exe"; filename="good.pdf"; foo`, "good.pdf"},
		{`attachment; filename=5" disk.img; foo`, `5" disk.img`},
		{`ATTACHMENT; FILENAME="A.PDF"`, "A.PDF"},
		{`attachment; FileName = "a.pdf" ; x`, "a.pdf"},
		{`form-data; name="f"; filename="a.pdf"`, "a.pdf"},
		{`attachment`, ""},
		{`attachment; size=3`, ""},
		{`attachment; filename=`, ""},
		{`attachment; filename=""`, ""},
		{strings.Repeat(";", 17<<10) + "filename=x", ""},
		{`attachment; filename="` + strings.Repeat("é", 800) + `"`, strings.Repeat("é", 512)},
	} {
		if got := DispositionName(tt.header); got != tt.want {
			t.Errorf("%.120s\n-> %q, want %q", tt.header, got, tt.want)
		}
	}
}
