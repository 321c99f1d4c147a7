package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestSafeName(t *testing.T) {
	long := strings.Repeat("a", 300)
	tests := []struct{ name, in, sniffed, want string }{
		{"plain", "fax.pdf", "application/pdf", "fax.pdf"},
		{"traversal", "../../x", "", "x"},
		{"traversal, windows", `..\..\evil.pdf`, "application/pdf", "evil.pdf"},
		{"absolute", "/etc/passwd", "", "passwd"},
		{"drive", `C:\Windows\x.pdf`, "application/pdf", "x.pdf"},
		{"alternate stream", "a.pdf:evil", "", "a.pdf_evil"},
		{"ends in a separator", "dir/", "", ""},
		{"dots", "..", "", ""},
		{"only dots and spaces", " . . ", "", ""},
		{"empty", "", "application/pdf", ""},
		{"device", "CON", "", "_CON"},
		{"device with extension", "nul.txt", "text/plain", "_nul.txt"},
		{"device with two", "aux.tar.gz", "application/gzip", "_aux.tar.gz"},
		{"device, superscript", "COM¹.log", "text/plain", "_COM¹.log"},
		{"device with space", "con .txt", "text/plain", "_con.txt"},
		{"no device", "console.txt", "text/plain", "console.txt"},
		{"controls", "a\x00b\x1b[31mc\x7f.pdf", "application/pdf", "ab[31mc.pdf"},
		{"line ends", "a\r\nb.pdf", "application/pdf", "a b.pdf"},
		{"direction override", "invoice\u202efdp.exe", "application/pdf", "invoicefdp.exe.pdf"},
		{"zero width", "a\u200b\ufeffb\u2066.pdf", "application/pdf", "ab.pdf"},
		{"reserved characters", `a<b>c"d|e?f*g.pdf`, "application/pdf", "a_b_c_d_e_f_g.pdf"},
		{"slash look-alikes", "a\u2215b\uff0fc.pdf", "application/pdf", "a_b_c.pdf"},
		{"trailing dots and spaces", "a.pdf. . ", "application/pdf", "a.pdf"},
		{"space before the dot", "a .pdf", "application/pdf", "a.pdf"},
		{"composed", "Rene\u0301e\u200b\u0301.pdf", "application/pdf", "Ren\u00e9\u00e9.pdf"},
		{"hidden", ".bashrc", "", "bashrc"},
		{"hidden with extension", ".x.pdf", "application/pdf", "_.x.pdf"},
		{"looks like an option", "-rf.pdf", "application/pdf", "_-rf.pdf"},
		{"home", "~root", "", "_~root"},
		{"long", long + ".pdf", "application/pdf", strings.Repeat("a", 116) + ".pdf"},
		{"long, two bytes", strings.Repeat("é", 100) + ".pdf", "application/pdf", strings.Repeat("é", 58) + ".pdf"},
		{"Latin-1", "caf\xe9 \xff.pdf", "application/pdf", "café ÿ.pdf"},
		{"other scripts", "факс 第二頁.tiff", "image/tiff", "факс 第二頁.tiff"},
		{"runnable by its name", "invoice.pdf.exe", "", "invoice.pdf.exe.bin"},
		{"runnable by its content", "invoice.pdf", "application/vnd.microsoft.portable-executable", "invoice.pdf.bin"},
		{"script as text", "run.bat", "text/plain; charset=utf-8", "run.bat.txt"},
		{"wrong extension", "fax.jpg", "application/pdf", "fax.jpg.pdf"},
		{"other usual extension", "a.jpeg", "image/jpeg", "a.jpeg"},
		{"upper case", "A.PDF", "application/pdf", "A.PDF"},
		{"no extension", "fax", "image/tiff", "fax.tiff"},
		{"unknown content keeps it", "a.xyz", "application/octet-stream", "a.xyz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := SafeName(tt.in, tt.sniffed)
			if got != tt.want {
				t.Errorf("SafeName(%q, %q) = %q, want %q", tt.in, tt.sniffed, got, tt.want)
			}
			if got != "" {
				checkSafe(t, got)
			}
		})
	}
}

// checkSafe is what must hold for every file name, whatever it was made of.
func checkSafe(t *testing.T, name string) {
	t.Helper()
	base, _ := splitExt(name)
	switch {
	case name == "" || !filepath.IsLocal(name) || strings.ContainsAny(name, "/\\:<>\"|?*"):
		t.Errorf("%q is not a plain name", name)
	case !utf8.ValidString(name):
		t.Errorf("%q is not UTF-8", name)
	case len(name) > nameLimit:
		t.Errorf("%q is %d bytes long", name, len(name))
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		t.Errorf("%q ends in a dot or space", name)
	case strings.ContainsRune(".-~ ", rune(name[0])):
		t.Errorf("%q begins with %q", name, name[0])
	case device(name) || device(base):
		t.Errorf("%q is a device", name)
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || invisible(r) {
			t.Errorf("%q has %U in it", name, r)
		}
	}
}

func testRow() Row {
	at := time.Date(2026, 11, 20, 9, 5, 30, 0, time.UTC)
	return Row{ID: FirstID(at), Kind: Fax, Direction: Inbound, Time: at, Mailbox: "Desk", Who: Party{Name: "Ann Lee", Number: "+15555551234"}}
}

func TestTemplate(t *testing.T) {
	id := testRow().ID.String()
	pdf := Attachment{Remote: "77", Name: "Order 4.pdf", Sniffed: "application/pdf"}
	tests := []struct {
		template string
		row      func(*Row)
		att      Attachment
		n        int
		want     string
	}{
		{"", nil, pdf, 1, "2026-11-20_0905_Ann-Lee_fax_" + id + ".pdf"},
		{"", nil, pdf, 2, "2026-11-20_0905_Ann-Lee_fax_" + id + "_2.pdf"},
		{"{name}", nil, pdf, 2, "Order-4.pdf"},
		{"{name}.pdf", nil, pdf, 1, "Order-4.pdf"},
		{"{number}_{n}", nil, pdf, 3, "+15555551234_3.pdf"},
		{"{from}", func(r *Row) { r.Who = Party{} }, pdf, 1, "Blocked-caller.pdf"},
		{"{from}", func(r *Row) { r.Who = Party{Name: "../../etc"} }, pdf, 1, "etc.pdf"},
		{"{from}", func(r *Row) { r.Who = Party{Name: "St. Mary"} }, pdf, 1, "St.-Mary.pdf"},
		{"{from}", func(r *Row) { r.Who = Party{Name: "CON"} }, pdf, 1, "_CON.pdf"},
		{"{from}", func(r *Row) { r.Who = Party{Name: "\u202e\u200b"} }, pdf, 1, "2026-11-20_0905_fax_" + id + ".pdf"},
		{"../{id}", nil, pdf, 1, "_.._" + id + ".pdf"},
		{"{mailbox}-{direction}-{file}", nil, Attachment{Remote: "77", Type: "audio/x-wav"}, 1, "Desk-inbound-77.wav"},
		{"x{nope}", nil, pdf, 1, "x{nope}.pdf"},
		{"{id", nil, pdf, 1, "{id.pdf"},
		{"{name}", nil, Attachment{Remote: "1"}, 1, "2026-11-20_0905_fax_" + id},
	}
	for _, tt := range tests {
		r := testRow()
		if tt.row != nil {
			tt.row(&r)
		}
		got := Template(tt.template, r, tt.att, tt.n)
		if got != tt.want {
			t.Errorf("Template(%q, %d) = %q, want %q", tt.template, tt.n, got, tt.want)
		}
		checkSafe(t, got)
	}
}

func TestCheckTemplate(t *testing.T) {
	for tmpl, want := range map[string]string{
		"": "", DefaultTemplate: "", "{name} {n}": "", "plain": "",
		"{form}": "there is no {form}; there are {date}", "a/{id}": "give the folder separately", `a\b`: "give the folder separately",
	} {
		err := CheckTemplate(tmpl)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", tmpl, err, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../../x", "CON", "aux.", "-", "~", ". .", "a\u0301\u0301.b", "\xff", "x.tar.gz", "COM¹", strings.Repeat("é\u0301", 100)} {
		f.Add(s, "application/pdf")
		f.Add(s, "text/plain")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, name, sniffed string) {
		got := SafeName(name, sniffed)
		if got == "" {
			return
		}
		checkSafe(t, got)
		if again := SafeName(got, sniffed); again != got {
			t.Errorf("SafeName(%q) = %q, and of that %q", name, got, again)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add(DefaultTemplate, "Ann", "x.pdf", 1)
	f.Add("{name}{from}{n}", "..", "/", 2)
	f.Add("{", "}", "{id}", 0)
	f.Fuzz(func(t *testing.T, tmpl, from, file string, n int) {
		r := testRow()
		r.Who = Party{Name: from}
		checkSafe(t, Template(tmpl, r, Attachment{Name: file, Remote: from, Sniffed: "image/tiff"}, n))
		_ = CheckTemplate(tmpl)
	})
}

func TestTemplateFields(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 5, 0, 0, time.UTC)
	fax := Row{
		ID: FirstID(at), Time: at, Kind: Fax, Direction: Inbound, Pages: 12, Mailbox: "Front Desk",
		Who: Party{Name: "Ann Lee", Number: "+15555551234", Extension: "101", Location: "Reno, NV"},
	}
	voice := Row{ID: FirstID(at), Time: at, Kind: Voicemail, Direction: Inbound, Duration: 75 * time.Second}
	pdf := Attachment{Name: "scan.pdf", Sniffed: "application/pdf", Remote: "77", Bytes: 5000}
	mp3 := Attachment{Sniffed: "audio/mpeg", Remote: "78"}
	id := fax.ID.String()
	for _, tt := range []struct {
		template, want string
		row            Row
		file           Attachment
	}{
		{"{date}_{from}_{kind}_{pages}p_{id}", "2026-11-20_Ann-Lee_fax_12p_" + id + ".pdf", fax, pdf},
		{"{date}_{from}_{kind}_{pages}p_{id}", "2026-11-20_Blocked-caller_voicemail_" + id + ".mp3", voice, mp3},
		{"{pages}p_{kind}", "voicemail.mp3", voice, mp3},
		{"{kind} {pages}pages", "voicemail.mp3", voice, mp3},
		{"{kind}_{number}", "voicemail.mp3", voice, mp3},
		{"{kind}_{seconds}s", "voicemail_75s.mp3", voice, mp3},
		{"{year}-{month}-{day}_{time}_{ext}_{place}_{mailbox}", "2026-11-20_0905_101_Reno,-NV_Front-Desk.pdf", fax, pdf},
		{"{direction}_{number}_{n}_{name}_{file}_{bytes}", "inbound_+15555551234_1_scan_77_5000.pdf", fax, pdf},
	} {
		if err := CheckTemplate(tt.template); err != nil {
			t.Error(err)
		}
		if got := Template(tt.template, tt.row, tt.file, 1); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.template, got, tt.want)
		}
	}
	for _, f := range TemplateFields() {
		if err := CheckTemplate("{" + f + "}"); err != nil {
			t.Error(err)
		}
		if got := Template("{"+f+"}", fax, pdf, 1); strings.Contains(got, "{") {
			t.Errorf("{%s} is not filled in: %q", f, got)
		}
	}
}
