package api

import (
	"mime"
	"strings"
	"unicode/utf8"
)

const maxName = 1024

// DispositionName returns the file name in a Content-Disposition header (RFC
// 6266: filename* before filename), or "". It is as the service wrote it:
// valid UTF-8 of at most 1,024 bytes, but otherwise anything at all.
func DispositionName(header string) string {
	if header == "" || len(header) > 16<<10 {
		return ""
	}
	_, params, err := mime.ParseMediaType(header)
	name := params["filename"]
	if err != nil || name == "" {
		name = looseName(header)
	}
	name = strings.ToValidUTF8(name, string(utf8.RuneError))
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	return name
}

// looseName finds filename= in headers that break the grammar, as many do:
// unquoted spaces, raw bytes, a missing quote.
func looseName(header string) string {
	lower := strings.ToLower(header)
	if len(lower) != len(header) {
		return ""
	}
	_, after, ok := strings.Cut(lower, "filename=")
	if !ok {
		return ""
	}
	rest := strings.TrimSpace(header[len(header)-len(after):])
	if strings.HasPrefix(rest, `"`) {
		name, _, _ := strings.Cut(rest[1:], `"`)
		return name
	}
	name, _, _ := strings.Cut(rest, ";")
	return strings.TrimSpace(name)
}
