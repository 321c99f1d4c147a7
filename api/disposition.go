package api

import (
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"
)

const maxName = 1024

// DispositionName returns the file name in a Content-Disposition header (RFC
// 6266: filename* before filename), or "". It is as the service wrote it:
// valid UTF-8 of at most 1,024 bytes, but otherwise anything at all. Headers that
// break the grammar, as many do, are read as browsers read them: no disposition type,
// unquoted spaces, a missing quote, a parameter given twice (the first counts), bytes that
// are no UTF-8 (ISO-8859-1 then), and mail's encoded words (RFC 2047).
func DispositionName(header string) string {
	if header == "" || len(header) > 16<<10 {
		return ""
	}
	loose := parameters(header)
	name := extended(loose["filename*"])
	if name == "" {
		_, params, err := mime.ParseMediaType(header)
		if name = params["filename"]; err != nil || name == "" || !utf8.ValidString(name) && loose["filename"] != "" {
			name = loose["filename"]
		}
		name = words(latin1(name))
	}
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	return name
}

// parameters reads the parameters of a header that may break the grammar. A quote opens
// only at the beginning of a value, and ends with the header where it is not closed.
func parameters(header string) map[string]string {
	found := map[string]string{}
	for rest := header; rest != ""; {
		end := strings.IndexByte(rest, ';')
		eq := strings.IndexByte(rest, '=')
		if eq < 0 {
			break
		}
		if end >= 0 && end < eq { // a word without a value
			rest = rest[end+1:]
			continue
		}
		key := strings.ToLower(strings.TrimSpace(rest[:eq]))
		if i := strings.LastIndexAny(key, ", \t"); i >= 0 { // "attachment, filename=x"
			key = key[i+1:]
		}
		var value string
		value, rest = parameter(strings.TrimLeft(rest[eq+1:], " \t"))
		if _, twice := found[key]; !twice {
			found[key] = value
		}
	}
	return found
}

// parameter splits a value off the rest of a header.
func parameter(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			_, rest, _ = strings.Cut(s[i:], ";")
			return b.String(), rest
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// extended decodes charset'language'text (RFC 8187, section 3.2.1), "" where it is none.
// mime.ParseMediaType knows no ISO-8859-1, which older servers send.
func extended(v string) string {
	charset, rest, ok := strings.Cut(v, "'")
	_, text, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 {
		return ""
	}
	name, err := url.PathUnescape(text)
	if err != nil {
		return ""
	}
	switch strings.ToLower(charset) {
	case "utf-8", "us-ascii":
		if utf8.ValidString(name) {
			return name
		}
	case "iso-8859-1":
		return latin1Bytes(name)
	}
	return ""
}

// latin1 reads text that is no UTF-8 as ISO-8859-1.
func latin1(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return latin1Bytes(s)
}

func latin1Bytes(s string) string {
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return string(out)
}

// words decodes mail's encoded words, which have no place in HTTP and are sent
// nevertheless.
func words(name string) string {
	if !strings.Contains(name, "=?") || len(name) > 4*maxName {
		return name
	}
	plainly, err := new(mime.WordDecoder).DecodeHeader(name)
	if err != nil || !utf8.ValidString(plainly) {
		return name
	}
	return plainly
}
