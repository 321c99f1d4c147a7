package store

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"switchboard/api"
)

// nameTable has every kind of name that a service, a sender or a Content-Disposition
// header was seen to give, with what clients made of it where that did harm.
func nameTable() []struct{ about, header, name, want string } {
	long := strings.Repeat("x", 400)
	return []struct{ about, header, name, want string }{
		{"unquoted with spaces", `attachment; filename=my invoice.pdf`, "", "my invoice.pdf"},
		{"unquoted, not ASCII", `attachment; filename=naïve.txt`, "", "naïve.txt"},
		{"unclosed quote", `attachment; filename="scan.pdf`, "", "scan.pdf"},
		{"a loose word at the end", `attachment; filename="scan.pdf"; foo`, "", "scan.pdf"},
		{"given twice", `attachment; filename=a; filename=b`, "", "a"},
		{"no disposition", `;filename=x`, "", "x"},
		{"nothing else", `filename=x`, "", "x"},
		{"a comma", `attachment, filename=x`, "", "x"},
		{"both forms", `attachment; filename="e.bin"; filename*=UTF-8''na%C3%AFve.txt`, "", "naïve.txt"},
		{"both forms, the other way", `attachment; filename*=UTF-8''na%C3%AFve.txt; filename="e.bin"`, "", "naïve.txt"},
		{"another character set", `attachment; filename*=ISO-8859-1''caf%E9.txt`, "", "café.txt"},
		{"broken escapes", `attachment; filename="good.pdf"; filename*=UTF-8''%ZZ`, "", "good.pdf"},
		{"continued", `attachment; filename*0="long "; filename*1="name.txt"`, "", "long name.txt"},
		{"continued, encoded", `attachment; filename*0*=UTF-8''na%C3%AFve; filename*1*=%20x.txt`, "", "naïve x.txt"},
		{"a way out, Windows", `attachment; filename="..\..\evil.bat"`, "", "evil.bat.bin"},
		{"a way out, encoded", `attachment; filename*=UTF-8''..%2f..%2fevil.sh`, "", "evil.sh.bin"},
		{"a NUL", `attachment; filename*=UTF-8''a%00b`, "", "ab"},
		{"a NUL before the ending", `attachment; filename*=UTF-8''a.pdf%00.exe`, "", "a.pdf.exe.bin"},
		{"mail's encoding", `attachment; filename="=?UTF-8?B?bmHDr3ZlLnR4dA==?="`, "", "naïve.txt"},
		{"mail's encoding of a way out", `attachment; filename="=?UTF-8?Q?..=2F..=2Fetc=2Fpasswd?="`, "", "passwd"},
		{"Latin-1 bytes", "attachment; filename=\"caf\xe9.txt\"", "", "café.txt"},
		{"UTF-8 bytes", `attachment; filename="café.txt"`, "", "café.txt"},
		{"percent signs are part of it", `attachment; filename="a%2Fb.txt"`, "", "a%2Fb.txt"},

		{"backslash (curl, CVE-2010-3842)", "", `a\..\b.txt`, "b.txt"},
		{"drive (curl, CVE-2016-0754)", "", "f:foo", "f_foo"},
		{"drive and path", "", `C:\Windows\win.ini`, "win.ini"},
		{"alternate stream", "", "a.txt:hidden.exe", "a.txt_hidden.exe.bin"},
		{"alternate stream's own word", "", "a.txt::$DATA", "a.txt__$DATA"},
		{"escaped slashes (wcurl, CVE-2025-11563)", "", "%2e%2e%2fevil", "%2e%2e%2fevil"},
		{"absolute", "", "/etc/cron.d/evil", "evil"},
		{"share", "", `\\host\share\a.txt`, "a.txt"},
		{"device path", "", `\\.\PhysicalDrive0`, "PhysicalDrive0"},
		{"longest path's form", "", `\\?\C:\a.txt`, "a.txt"},
		{"home", "", "~/.ssh/authorized_keys", "authorized_keys"},
		{"home alone", "", "~", ""},
		{"option", "", "--output=x", "_--output=x"},
		{"hidden", "", ".bashrc", "bashrc"},
		{"hidden folder", "", ".ssh", "ssh"},
		{"this folder", "", ".", ""},
		{"the folder above", "", "..", ""},
		{"many dots", "", ".....", ""},
		{"dots at the end", "", "a.txt...", "a.txt"},
		{"spaces at the end", "", "a.txt   ", "a.txt"},
		{"spaces at both ends and within", "", "  a   b.txt ", "a b.txt"},
		{"device", "", "CON", "_CON"},
		{"device, small", "", "nul", "_nul"},
		{"device with an ending", "", "PRN.txt", "_PRN.txt"},
		{"device with two", "", "aux.tar.gz", "_aux.tar.gz"},
		{"device, numbered", "", "COM1.log", "_COM1.log"},
		{"device, superscript", "", "LPT².txt", "_LPT².txt"},
		{"device of the console", "", "CONIN$", "_CONIN$"},
		{"device and spaces", "", "NUL  .txt", "_NUL.txt"},
		{"device and dots", "", "COM9.", "_COM9"},
		{"device behind a path", "", "x/AUX", "_AUX"},
		{"device behind what is dropped", "", "\u200bCON\u200b", "_CON"},
		{"wildcards and quotes", "", `a<b>"c"|d?e*.txt`, "a_b__c__d_e_.txt"},
		{"a pipe", "", "|id", "_id"},
		{"line ends", "", "a\r\nb.txt", "a b.txt"},
		{"terminal escape", "", "a\x1b]0;pwn\x07.txt", "a]0;pwn.txt"},
		{"C1 controls", "", "a\u0085\u009b2Jb.txt", "a 2Jb.txt"},
		{"delete", "", "a\x7fb.txt", "ab.txt"},
		{"right to left", "", "photo\u202egpj.exe", "photogpj.exe.bin"},
		{"isolates", "", "a\u2066b\u2069.txt", "ab.txt"},
		{"zero width", "", "a\u200b\u200d\ufeffb.txt", "ab.txt"},
		{"looks like a slash", "", "a\u2215b\u2044c\uff0fd\uff3ce.txt", "a_b_c_d_e.txt"},
		{"decomposed", "", "cafe\u0301.txt", "café.txt"},
		{"not UTF-8", "", "caf\xe9.txt", "café.txt"},
		{"not UTF-8, C1", "", "a\x85\x9bb.txt", "a b.txt"},
		{"too long", "", long + ".pdf", long[:nameLimit-4] + ".pdf"},
		{"too long an ending", "", "a." + long, "a." + long[:nameLimit-2]},
		{"too long, letters of three bytes", "", strings.Repeat("語", 100) + ".txt", strings.Repeat("語", (nameLimit-4)/3) + ".txt"},
		{"empty", "", "", ""},
		{"only what is dropped", "", "\u200b\x00\x1b ", ""},
		{"ends in a separator", "", "folder/", ""},
	}
}

// TestNameTable goes through the table: what the header says, what is made of it, whether
// every operating system takes that as one plain file, and whether this one does.
func TestNameTable(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, tt := range nameTable() {
		t.Run(tt.about, func(t *testing.T) {
			name := tt.name
			if tt.header != "" {
				name = api.DispositionName(tt.header)
			}
			got := SafeName(name, "")
			if got != tt.want {
				t.Errorf("%q -> %q, want %q", name, got, tt.want)
			}
			if got == "" {
				got = derivedName(testRow(), Attachment{Remote: "77"}, testRow().Time.Location())
			}
			for system, refuses := range systems() {
				if why := refuses(got); why != "" {
					t.Errorf("%q: %s: %s", got, system, why)
				}
			}
			checkSafe(t, got)
			f, err := root.OpenFile(got, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				if os.IsExist(err) {
					return // another row's
				}
				t.Fatalf("%q: %v", got, err)
			}
			_ = f.Close()
			there, err := os.ReadDir(root.Name())
			if err != nil || !slices.ContainsFunc(there, func(e os.DirEntry) bool { return e.Name() == got && e.Type().IsRegular() }) {
				t.Errorf("%q is not what was made: %v, %v", got, there, err)
			}
		})
	}
}

// systems are the rules for a file's name on each system, written from their makers'
// documents and not from what SafeName does.
func systems() map[string]func(name string) string {
	return map[string]func(string) string{
		"Unix": func(n string) string {
			switch {
			case n == "" || n == "." || n == "..":
				return "no name of a file"
			case strings.ContainsAny(n, "/\x00"):
				return "a separator or NUL"
			case len(n) > 255:
				return "more than 255 bytes"
			case strings.HasPrefix(n, "-") || strings.HasPrefix(n, "~") || strings.HasPrefix(n, "."):
				return "an option, a home or hidden"
			}
			return ""
		},
		"macOS": func(n string) string {
			switch {
			case strings.ContainsAny(n, "/:\x00"): // ':' is '/' in the Finder
				return "a separator or NUL"
			case !utf8.ValidString(n) || !norm.NFC.IsNormalString(n):
				return "would be another name on disk"
			case utf8.RuneCountInString(n) > 255:
				return "more than 255 letters"
			}
			return ""
		},
		"Windows": windowsRefuses,
	}
}

// windowsRefuses has the rules of "Naming Files, Paths, and Namespaces".
func windowsRefuses(n string) string {
	devices := []string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
	for _, d := range "0123456789¹²³" {
		devices = append(devices, "COM"+string(d), "LPT"+string(d))
	}
	base, _, _ := strings.Cut(n, ".")
	switch {
	case strings.ContainsAny(n, `<>:"/\|?*`):
		return "a reserved letter"
	case strings.ContainsFunc(n, func(r rune) bool { return r < 32 }):
		return "a control"
	case strings.HasSuffix(n, ".") || strings.HasSuffix(n, " "):
		return "a dot or a space at the end, which it drops"
	case slices.Contains(devices, strings.ToUpper(strings.TrimRight(base, " "))):
		return "a device"
	case len([]rune(n)) > 200:
		return "too long to stand in a folder"
	}
	return ""
}
