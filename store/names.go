package store

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/unicode/norm"
)

// nameLimit is the longest file name in bytes. File systems allow 255; the rest
// is room for " (2)" and for what people add.
const nameLimit = 120

// DefaultTemplate names saved files so that a folder sorts by time.
const DefaultTemplate = "{date}_{time}_{from}_{kind}_{id}"

// SafeName makes a file name of one that came from outside. It is a single
// name, never a path: separators, controls, direction overrides, invisible
// characters and what Windows refuses are gone, it does not start with a dot,
// dash or tilde nor end with a dot or space, is no device, and is at most 120
// bytes long. Its extension fits the type found in the content (sniffedType, ""
// if unknown). It is "" if nothing usable is left: derive one then.
func SafeName(name, sniffedType string) string {
	name = lastSegment(legible(name))
	name = tidy(name)
	if strings.Trim(name, "._- ~") == "" {
		return ""
	}
	base, ext := splitExt(name)
	if base == "" {
		base, ext = strings.TrimLeft(ext, "."), ""
	}
	if want := safeExt(ext, sniffedType); !strings.EqualFold(want, ext) {
		base, ext = base+ext, want
	}
	return fit(base, ext)
}

// fit joins base and extension within the limits.
func fit(base, ext string) string {
	base = cutBytes(base, nameLimit-len(ext))
	base = strings.TrimRight(base, ". ")
	if base == "" {
		base = "_"
	}
	if strings.ContainsRune(".-~ ", rune(base[0])) {
		base = "_" + strings.TrimLeft(base, " ")
	}
	if device(base) {
		base = "_" + base
	}
	return cutBytes(base, nameLimit-len(ext)) + ext
}

// legible reads what is no UTF-8 as ISO-8859-1, which is what servers send then.
func legible(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return string(out)
}

// lastSegment is what follows the last separator of any system: \ and / and the
// colon of a drive or an alternate stream. A path that ends in one names nothing.
func lastSegment(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	return s
}

// tidy replaces and drops characters.
func tidy(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), blank(r):
			space = true
			continue
		case unicode.IsControl(r), r == utf8.RuneError, invisible(r), unprintable(r) && !unicode.IsSpace(r):
			continue
		case strings.ContainsRune(`<>:"|?*/\`, r), r == '\u2044', r == '\u2215', r == '\uff0f', r == '\uff3c':
			r = '_'
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
		if b.Len() > 16*nameLimit {
			break
		}
	}
	// Composed last: what was dropped may have stood between a letter and its mark.
	return strings.TrimRight(norm.NFC.String(b.String()), ". ")
}

// splitExt splits off an extension of at most ten letters and digits.
func splitExt(name string) (base, ext string) {
	ext = path.Ext(name)
	if len(ext) < 2 || len(ext) > 11 {
		return name, ""
	}
	for _, r := range ext[1:] {
		if r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return name, ""
		}
	}
	return name[:len(name)-len(ext)], ext
}

// cutBytes cuts at a rune, never leaving a lone combining mark behind a cut.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if r, _ := utf8.DecodeRuneInString(s[n:]); unicode.Is(unicode.M, r) {
		for n > 0 { // drop the letter whose marks would be cut off
			r, size := utf8.DecodeLastRuneInString(s[:n])
			n -= size
			if !unicode.Is(unicode.M, r) {
				break
			}
		}
	}
	return strings.TrimRight(s[:n], ". ")
}

// device reports names that Windows takes for devices, whatever follows a dot.
func device(base string) bool {
	n, _, _ := strings.Cut(base, ".")
	n = strings.ToUpper(strings.TrimRight(n, " "))
	switch n {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	for _, p := range []string{"COM", "LPT"} {
		if r, ok := strings.CutPrefix(n, p); ok && utf8.RuneCountInString(r) == 1 && strings.Contains("0123456789¹²³", r) {
			return true
		}
	}
	return false
}

// safeExt is the extension a file of that content gets: its own if it fits,
// else the content's. What systems run by its extension never keeps it.
func safeExt(ext, sniffed string) string {
	low := strings.ToLower(ext)
	m := mimetype.Lookup(bareType(sniffed))
	switch {
	case m == nil, m.Is("application/octet-stream"):
		if runnable(low) {
			return ".bin"
		}
		return ext
	case m.Is("text/plain"):
		switch low {
		case ".txt", ".csv", ".tsv", ".vcf", ".ics", ".md", ".log", ".text", ".srt", ".vtt", ".json", ".xml", ".eml", ".yaml", ".yml":
			return ext
		}
		return ".txt"
	case low != "" && !runnable(low) && alike(low, m):
		return ext
	case runnable(m.Extension()):
		return ".bin"
	}
	return m.Extension()
}

func bareType(t string) string {
	t, _, _ = strings.Cut(t, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// alike reports whether an extension is usual for a type. What is a kind of
// ZIP or OLE file is told by its own, more exact, type.
func alike(ext string, m *mimetype.MIME) bool {
	if m.Extension() == ext {
		return true
	}
	switch m.Extension() {
	case ".jpg":
		return ext == ".jpeg" || ext == ".jpe" || ext == ".jfif"
	case ".tiff":
		return ext == ".tif"
	case ".html":
		return ext == ".htm"
	case ".mp3":
		return ext == ".mpga"
	case ".mp4", ".m4a", ".mov", ".3gp":
		return ext == ".mp4" || ext == ".m4a" || ext == ".m4v" || ext == ".mov" || ext == ".3gp" || ext == ".3gpp"
	case ".oga", ".ogg", ".ogv":
		return ext == ".oga" || ext == ".ogg" || ext == ".ogv" || ext == ".opus"
	case ".mpeg":
		return ext == ".mpg"
	case ".wav":
		return ext == ".wave"
	case ".heic", ".heif":
		return ext == ".heic" || ext == ".heif"
	case ".zip":
		return ext == ".docx" || ext == ".xlsx" || ext == ".pptx" || ext == ".odt" || ext == ".ods"
	}
	return false
}

// runnable reports extensions that a double click runs.
func runnable(ext string) bool {
	switch ext {
	case ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".lnk", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".msi", ".msp", ".hta",
		".ps1", ".jar", ".reg", ".sh", ".desktop", ".app", ".command", ".cpl", ".dll", ".url", ".scf", ".chm", ".gadget", ".inf", ".py", ".pl":
		return true
	}
	return false
}

// derivedName is for a file without a usable name: when, what and which.
func derivedName(r Row, a Attachment, loc *time.Location) string {
	name := r.Time.In(loc).Format("2006-01-02_1504") + "_" + r.Kind.String() + "_" + r.ID.String()
	return SafeName(name, fileType(a))
}

// fileType is what the content is, as far as it is known.
func fileType(a Attachment) string {
	if a.Sniffed != "" && bareType(a.Sniffed) != "application/octet-stream" {
		return a.Sniffed
	}
	if bareType(a.Type) != "" && a.Sniffed == "" {
		return a.Type
	}
	return a.Sniffed
}

// Template fills in the [TemplateFields] for the nth file of an item, counted from 1,
// and makes a safe file name of it. Times are those of r.Time's location. A field that
// has no value for this item, as {pages} of a voicemail, is left out together with what
// ties it to its neighbours: "{kind}_{pages}p_{id}" gives "voicemail_ID". Without {n},
// {name} or {file} the files after the first get "_2" and so on, so that one item's
// files never share a name.
func Template(t string, r Row, a Attachment, n int) string {
	if t == "" {
		t = DefaultTemplate
	}
	own, _ := splitExt(SafeName(a.Name, fileType(a)))
	vals := map[string]string{
		"date": r.Time.Format("2006-01-02"), "time": r.Time.Format("1504"), "year": r.Time.Format("2006"), "month": r.Time.Format("01"), "day": r.Time.Format("02"),
		"from": piece(given(r.Who).Display(), 40), "number": piece(r.Who.Number, 24), "ext": piece(r.Who.Extension, 16), "place": piece(r.Who.Location, 40),
		"kind": r.Kind.String(), "direction": r.Direction.String(), "mailbox": piece(r.Mailbox, 40),
		"pages": count(int64(r.Pages)), "seconds": count(int64(r.Duration.Seconds())), "bytes": count(a.Bytes),
		"id": r.ID.String(), "n": strconv.Itoa(n), "name": piece(own, 60), "file": piece(a.Remote, 40),
	}
	name, _ := expand(prune(t, vals), vals)
	if n > 1 && !strings.Contains(t, "{n}") && !strings.Contains(t, "{name}") && !strings.Contains(t, "{file}") {
		name += "_" + strconv.Itoa(n)
	}
	name = tidy(strings.NewReplacer("/", "_", `\`, "_").Replace(name))
	if strings.Trim(name, "._- ~") == "" {
		return derivedName(r, a, r.Time.Location())
	}
	// The extension is the content's alone: what looks like one in the template
	// or in a caller's name ("St. Mary") is part of the name.
	ext := safeExt(ownExt(a), fileType(a))
	if n := len(name) - len(ext); n > 0 && strings.EqualFold(name[n:], ext) {
		name = name[:n]
	}
	return fit(name, ext)
}

func ownExt(a Attachment) string {
	_, ext := splitExt(tidy(lastSegment(legible(a.Name))))
	return ext
}

// piece makes a value fit to stand inside a name.
func piece(s string, limit int) string {
	s = tidy(strings.NewReplacer("/", "_", `\`, "_").Replace(strings.ToValidUTF8(s, "_")))
	s = strings.ReplaceAll(s, " ", "-")
	return strings.Trim(cutBytes(s, limit), "._- ")
}

// TemplateFields are the words a template may have in braces, for help and completion.
func TemplateFields() []string {
	return []string{
		"date", "time", "from", "number", "ext", "kind", "direction", "pages", "seconds", "mailbox", "id", "name", "n", "file",
		"year", "month", "day", "place", "bytes",
	}
}

// CheckTemplate reports what is wrong with a template, naming what there is.
func CheckTemplate(t string) error {
	known := map[string]string{}
	for _, f := range TemplateFields() {
		known[f] = "x"
	}
	_, unknown := expand(t, known)
	if unknown != "" {
		msg := fmt.Sprintf("file name template %q: there is no {%s}; there are {%s}", t, CleanLine(unknown), strings.Join(TemplateFields(), "} {"))
		if near := nearest(unknown, TemplateFields()); near != "" {
			msg += fmt.Sprintf(". Did you mean {%s}?", near)
		}
		return errors.New(msg)
	}
	if strings.ContainsAny(t, `/\`) {
		return fmt.Errorf("file name template %q: it names a file, not a folder; give the folder separately", t)
	}
	return nil
}

// given is a party as the service gave it: names of files do not change with the
// contacts.
func given(p Party) Party {
	p.Known = ""
	return p
}

// count is a number of something, "" of nothing.
func count(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// prune takes the fields that have no value out of a template, each with the letters
// directly behind it that say what it counts ("p" of "{pages}p") and one of the
// separators around it.
func prune(t string, vals map[string]string) string {
	const separators = "_- .,+"
	for at := 0; ; {
		i := strings.IndexByte(t[at:], '{')
		if i < 0 {
			return t
		}
		i += at
		j := strings.IndexByte(t[i:], '}')
		if j < 0 {
			return t
		}
		j += i + 1
		if v, ok := vals[t[i+1:j-1]]; !ok || v != "" {
			at = j
			continue
		}
		for j < len(t) && (t[j]|0x20 >= 'a' && t[j]|0x20 <= 'z') {
			j++
		}
		switch {
		case i > 0 && strings.IndexByte(separators, t[i-1]) >= 0:
			i--
		case i == 0 && j < len(t) && strings.IndexByte(separators, t[j]) >= 0:
			j++
		}
		t, at = t[:i]+t[j:], i
	}
}

// expand replaces {word}; what is unknown stays as it is and is reported.
func expand(t string, vals map[string]string) (out, unknown string) {
	var b strings.Builder
	for {
		i := strings.IndexByte(t, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(t[i:], '}')
		if j < 0 {
			break
		}
		word := t[i+1 : i+j]
		b.WriteString(t[:i])
		if v, ok := vals[word]; ok {
			b.WriteString(v)
		} else {
			b.WriteString(t[i : i+j+1])
			if unknown == "" {
				unknown = word
			}
		}
		t = t[i+j+1:]
	}
	b.WriteString(t)
	return b.String(), unknown
}
