package corpus

import "strings"

// Text that has been used against terminals, logs and file systems. It gets in
// as anything from outside does; a client has to render it harmless. Each
// class has its own slot in the schedule.
var hostileTexts = [6][]string{
	{ // escape sequences: clear, colours, title, cursor, device queries
		"Your parcel\x1b[2J\x1b[H is waiting",
		"\x1b]0;root@prod\x07Invoice attached \x1b[31;5mURGENT\x1b[0m",
		"ok \x1b[6n\x1b[c\x1b]4;1;?\x07 thanks",
		"\x9b2J8-bit CSI \x90q\x9c and \x1bc reset",
	},
	{ // direction overrides and isolates
		"Please open \u202Efdp.exe\u202C today",
		"pay \u2066$9,500\u2069 to \u202Eknab ruoy\u202C",
		"\u200Fcall \u202D0105-555\u202C back\u200E",
	},
	{ // carriage returns and other line tricks
		"Refill approved\rRefill DENIED  ",
		"one\r\ntwo\x0bthree\x0cfour\u2028five\u2029six\x85seven",
		"tab\there\x08\x08\x08\x08gone\x7f bell\x07\x07 nul\x00 end",
	},
	{ // links and the clipboard, by OSC 8 and 52
		"See \x1b]8;;https://example.invalid/login\x1b\\your portal\x1b]8;;\x1b\\ now",
		"\x1b]52;c;cm0gLXJmIH4K\x07 copy this code",
		"\x1b]1337;File=inline=1:AAAA\x07\x1b_Gf=100;AAAA\x1b\\ picture",
	},
	{ // characters without width, and heaps of them
		"pay\u200Bpal\u200C.com\u200D\uFEFF now\u2060!\u00AD",
		"Z" + strings.Repeat("\u0335\u0321\u0358", 40) + "algo is calling",
		"\U000E0001\U000E0068\U000E0069 flag \U0001F3F4\U000E0067\U000E0062\U000E007F tags",
	},
	{ // very long, without a place to break
		strings.Repeat("A", 4000),
		strings.Repeat("wait ", 700) + "end",
		strings.Repeat("👩‍👩‍👧‍👦", 300),
	},
}

var hostileNames = []string{
	"\x1b[31mDr. \x1b]0;pwned\x07Evil\x1b[0m",
	"ann\u202Eetirw\u202C Lee",
	"Sam\rADMIN     ",
	"\u200B\u200B\u200B",
	"Bartholomew " + strings.Repeat("Wolfeschlegelsteinhausen", 12),
	"'; DROP TABLE items;--",
	"=HYPERLINK(\"http://example.invalid\")",
	"\x1b]8;;http://example.invalid\x07Click\x1b]8;;\x07",
}

// hostileFiles, by class: paths, reserved names, too long, control characters,
// deceptive or empty names.
var hostileFiles = [5][]string{
	{"../../../etc/cron.d/evil", "..\\..\\Windows\\System32\\drivers\\etc\\hosts", "/etc/passwd", "C:\\autoexec.bat", "....//....//x.jpg"},
	{"CON", "NUL.jpg", "aux.png", "COM1.jpg", "LPT¹.jpg"},
	{strings.Repeat("very-long-name-", 20) + ".jpg", strings.Repeat("é", 300) + ".jpg", strings.Repeat("📦", 90) + ".jpg"},
	{"photo\x1b[2J\x00.jpg", "re\r\nContent-Type: text/html\r\n\r\nceipt.jpg", "tab\tnew\nline\x7f.jpg"},
	{"invoice\u202Egpj.exe", " .jpg ", "...", "-rf.jpg", "~/.ssh/authorized_keys", "$(reboot).jpg", "photo.jpg.lnk"},
}

var hostileDocuments = []string{"../../x.pdf", "..\\..\\start.bat", "CON.pdf", "\x1b]0;x\x07.pdf", "a/b/../../../c.pdf", strings.Repeat("fax", 100) + ".pdf"}
