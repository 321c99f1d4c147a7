package ringcentral

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// faxForbidden are the characters that names of fax files must not have.
const faxForbidden = "&@#$%^*"

// maxFaxExt is the longest ending of a name that tells what kind of file it is.
const maxFaxExt = 12

// FaxFileName gives a name under which a file can be sent: the same one if it
// can be, or like it without what the service refuses.
func FaxFileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(faxForbidden, r), unicode.IsControl(r), r == '/', r == '\\', r == '"':
			return '_'
		case r == utf8.RuneError, unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, name)
	ext := path.Ext(name)
	if utf8.RuneCountInString(ext) > maxFaxExt {
		ext = ""
	}
	base := strings.TrimSpace(strings.TrimSuffix(name, ext))
	ext = strings.Join(strings.Fields(ext), "")
	if strings.Trim(base, ".") == "" {
		base = "fax"
	}
	if most := maxFaxName - utf8.RuneCountInString(ext); utf8.RuneCountInString(base) > most {
		base = strings.TrimSpace(string([]rune(base)[:most]))
	}
	return base + ext
}

// faxable reports whether a file can be turned into pages, as far as its name
// and type tell. The service names no list; what it refuses besides is 415
// MSG-348.
func faxable(f Enclosure) bool {
	kind := strings.ToLower(f.ContentType)
	if strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") {
		return false
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".mp3", ".wav", ".mp4", ".avi", ".mov", ".zip", ".gz", ".tgz", ".7z", ".rar", ".exe", ".dll", ".iso", ".vcf":
		return false
	}
	return true
}

// Check reports why the fax cannot be sent, as far as that shows without asking
// the service.
func (f Fax) Check() error {
	_, _, err := f.request()
	return err
}

func (f Fax) request() (faxRequest, []Enclosure, error) {
	r := faxRequest{
		Resolution: f.Resolution, SendTime: Time{f.SendTime}, ISOCode: f.CountryISO, CoverIndex: f.Cover, CoverText: f.CoverText,
	}
	var err error
	if r.To, err = faxTo(f.To); err != nil {
		return r, nil, err
	}
	switch {
	case len(r.To) == 0:
		return r, nil, ErrNoRecipient
	case f.Resolution != "" && f.Resolution != "High" && f.Resolution != "Low":
		return r, nil, fmt.Errorf("fax resolution %.20q is neither High nor Low", f.Resolution)
	case f.Cover != nil && *f.Cover < 0:
		return r, nil, fmt.Errorf("fax cover page %d does not exist", *f.Cover)
	case utf8.RuneCountInString(f.CoverText) > MaxFaxCoverText:
		return r, nil, fmt.Errorf("%w: %d characters on the cover page, at most %d", ErrTextTooLong, utf8.RuneCountInString(f.CoverText), MaxFaxCoverText)
	case f.Pages > MaxFaxPages:
		return r, nil, fmt.Errorf("%w: %d pages, at most %d", ErrFileTooLarge, f.Pages, MaxFaxPages)
	case len(f.Files) == 0:
		return r, nil, ErrNoFile
	}
	var total int64
	for _, file := range f.Files {
		if err := faxFile(file); err != nil {
			return r, nil, err
		}
		total += file.Size
	}
	if total > MaxFaxBytes {
		return r, nil, fmt.Errorf("%w: %d bytes together, at most %d", ErrFileTooLarge, total, MaxFaxBytes)
	}
	return r, f.Files, nil
}

// faxFile checks one file by the service's rules.
func faxFile(f Enclosure) error {
	switch {
	case f.Size <= 0 || f.Body == nil:
		return fmt.Errorf("%w: %.80q is empty", ErrNoFile, f.Name)
	case f.Name == "" || f.ContentType == "" && path.Ext(f.Name) == "":
		return fmt.Errorf("%w: %.80q does not tell what kind of file it is", ErrFileName, f.Name)
	case strings.ContainsAny(f.Name, faxForbidden):
		return fmt.Errorf("%w: %.80q has one of %s", ErrFileName, f.Name, faxForbidden)
	case utf8.RuneCountInString(f.Name) > maxFaxName:
		return fmt.Errorf("%w: %d characters, at most %d", ErrFileName, utf8.RuneCountInString(f.Name), maxFaxName)
	case !faxable(f):
		return fmt.Errorf("%w by fax: %.80q", ErrFileType, f.Name)
	}
	return nil
}

func faxTo(list []FaxTo) ([]numberOf, error) {
	if len(list) > MaxFaxRecipients {
		return nil, fmt.Errorf("%w: %d, at most %d", ErrRecipients, len(list), MaxFaxRecipients)
	}
	var to []numberOf
	seen := map[string]bool{}
	for _, one := range list {
		number, err := dialable(one.Number)
		if err != nil {
			return nil, err
		}
		digits := strings.TrimPrefix(number, "+")
		if seen[digits] {
			return nil, fmt.Errorf("%w: %s", ErrTwice, number)
		}
		seen[digits] = true
		to = append(to, numberOf{PhoneNumber: number, Name: one.Name})
	}
	return to, nil
}
