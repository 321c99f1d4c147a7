package emailgistics

import (
	"fmt"
	"mime"
	"net/url"
	"strings"
)

// Disposition is a form of the Content-Disposition header (RFC 6266) that servers
// were seen to send, made for a name.
type Disposition struct {
	About string
	// Make writes the header for a name of which most is letters; some forms
	// carry a name of their own.
	Make func(name string) string
}

// Dispositions lists the forms. The first is the documented one.
func Dispositions() []Disposition {
	quoted := func(n string) string {
		return `attachment; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(n) + `"`
	}
	fixed := func(h string) func(string) string { return func(string) string { return h } }
	return []Disposition{
		{"quoted, as documented", quoted},
		{"standard library's", func(n string) string { return mime.FormatMediaType("attachment", map[string]string{"filename": n}) }},
		{"both, the plain one first", func(n string) string {
			return `attachment; filename="fallback.bin"; filename*=UTF-8''` + url.PathEscape(n)
		}},
		{"both, the plain one last", func(n string) string {
			return `attachment; filename*=UTF-8''` + url.PathEscape(n) + `; filename="fallback.bin"`
		}},
		{"unquoted with spaces", func(n string) string { return "attachment; filename=" + n }},
		{"bytes without quotes", fixed("attachment; filename=naïve.txt")},
		{"no closing quote", func(n string) string { return `attachment; filename="` + n }},
		{"something loose at the end", func(n string) string { return quoted(n) + "; foo" }},
		{"given twice", func(n string) string { return fmt.Sprintf("attachment; filename=%q; filename=%q", n, "other.bin") }},
		{"no disposition", func(n string) string { return fmt.Sprintf("; filename=%q", n) }},
		{"nothing but the name", func(n string) string { return fmt.Sprintf("filename=%q", n) }},
		{"a comma", func(n string) string { return fmt.Sprintf("attachment, filename=%q", n) }},
		{"another character set", fixed(`attachment; filename="caf_.txt"; filename*=ISO-8859-1''caf%E9.txt`)},
		{"broken escapes", func(n string) string { return quoted(n) + `; filename*=UTF-8''%ZZ` }},
		{"continued", fixed(`attachment; filename*0="long "; filename*1="name.txt"`)},
		{"continued and encoded", fixed(`attachment; filename*0*=UTF-8''na%C3%AFve; filename*1*=%20file.txt`)},
		{"a way out", fixed(`attachment; filename="..\..\evil.bat"`)},
		{"an encoded way out", fixed(`attachment; filename*=UTF-8''..%2f..%2fevil.sh`)},
		{"an encoded end", fixed(`attachment; filename*=UTF-8''a%00b`)},
		{"mail's encoding", fixed(`attachment; filename="=?UTF-8?B?bmHDr3ZlLnR4dA==?="`)},
		{"Latin-1 bytes", fixed("attachment; filename=\"caf\xe9.txt\"")},
		{"UTF-8 bytes", fixed("attachment; filename=\"café.txt\"")},
		{"upper case", func(n string) string { return `ATTACHMENT; FILENAME="` + n + `"` }},
		{"none", fixed("")},
	}
}

// fileName is what a sender called a file, and the form that its name comes in:
// the documented one for nine of ten.
func fileName(x uint64, ext string, message, k int) (name string, form int) {
	number := 10_000 + int(x>>8%90_000)
	names := []string{
		fmt.Sprintf("invoice-%d", number), "scan", fmt.Sprintf("Referral %d", number), "Statement (final)", "IMG_" + fmt.Sprint(number), "report",
		"Überweisung Müller", "請求書", "Lab results - page 1 of 3", "document.v2", "claim form",
	}
	name = names[x%uint64(len(names))] + ext
	if (message+k)%60 == 11 {
		odd := []string{"../../../etc/cron.d/evil", `..\..\Windows\start.bat`, "CON.pdf", "photo\x1b[2J.jpg", "invoice\u202egpj.exe", strings.Repeat("very-long-name-", 20) + ext, ".bashrc", "a:b.txt", ""}
		return odd[message/60%len(odd)], 0
	}
	if x>>32%10 == 0 {
		form = int(x >> 40 % uint64(len(Dispositions())))
	}
	return name, form
}
