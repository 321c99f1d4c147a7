package store

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	manifestJSON  = "manifest.json"
	manifestCSV   = "manifest.csv"
	manifestLimit = 256 << 20 // bytes; some 600,000 files
)

// ManifestEntry is one saved file as manifest.json and manifest.csv have it:
// enough to check the file, and to find the message it came from, without us.
type ManifestEntry struct {
	ID          string `json:"id"`         // of the item on this machine
	ServiceID   string `json:"service_id"` // the service's own id of the message
	Account     string `json:"account"`    // Account.Key
	From        string `json:"from"`
	Time        string `json:"time"` // of the message, RFC 3339
	Kind        string `json:"kind"`
	File        string `json:"file"` // name within the folder
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"`
	Source      string `json:"source"`       // address it was fetched from, without anything secret
	ContentType string `json:"content_type"` // as found in the content
	Attachment  string `json:"attachment"`   // the service's own id of the file
	Service     string `json:"service"`
	Direction   string `json:"direction"` // inbound or outbound
	To          string `json:"to"`        // the first of them, and how many more
}

type manifestFile struct {
	Format int             `json:"format"` // 1
	Files  []ManifestEntry `json:"files"`
}

var manifestHeader = [...]string{
	"id", "service_id", "account", "from", "time", "kind", "file", "bytes", "sha256", "source", "content_type", "attachment",
	"service", "direction", "to",
}

// oldHeader is how many columns there were at first. Manifests of then can be read.
const oldHeader = 12

func (e *ManifestEntry) cells() []string {
	return []string{
		e.ID, e.ServiceID, e.Account, e.From, e.Time, e.Kind, e.File, strconv.FormatInt(e.Bytes, 10), e.SHA256, e.Source, e.ContentType, e.Attachment,
		e.Service, e.Direction, e.To,
	}
}

func manifestEntry(it Item, a Attachment, name string) ManifestEntry {
	from := it.From
	if from.Blocked() {
		from = it.Who
	}
	to := ""
	if len(it.To) > 0 {
		to = manifestParty(it.To[0])
		if n := len(it.To) - 1; n > 0 {
			to += fmt.Sprintf(" and %d more", n)
		}
	}
	return ManifestEntry{
		ID: it.ID.String(), ServiceID: it.Remote, Account: it.AccountKey, From: manifestParty(from), Time: it.Time.Format(time.RFC3339),
		Kind: it.Kind.String(), File: name, Bytes: a.Bytes, SHA256: a.SHA256, Source: bareURL(a.URI), ContentType: fileType(a), Attachment: a.Remote,
		Service: it.Service, Direction: it.Direction.String(), To: to,
	}
}

func manifestParty(p Party) string {
	words := p.Display()
	if p.Name != "" && p.Number != "" {
		words = p.Name + " <" + p.Number + ">"
	}
	return CleanLine(words)
}

// bareURL is an address without what could be secret in it.
func bareURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", "", false
	return u.String()
}

// check refuses entries that could lead outside the folder or cannot be right.
func (e *ManifestEntry) check() error {
	switch {
	case e.File == "" || !filepath.IsLocal(e.File) || strings.ContainsAny(e.File, "/\\\x00") || e.File == ".":
		return fmt.Errorf("%q is not the name of a file in the folder", e.File)
	case blobName(e.SHA256) == "":
		return fmt.Errorf("%q: %q is not a SHA-256", e.File, e.SHA256)
	case e.Bytes < 0:
		return fmt.Errorf("%q: %d bytes", e.File, e.Bytes)
	}
	return nil
}

// cellFor keeps a spreadsheet from taking text for a formula.
func cellFor(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func fromCell(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(s[1])) {
		return s[1:]
	}
	return s
}

// writeManifest replaces both forms, each at one stroke.
func writeManifest(root *os.Root, entries []ManifestEntry) error {
	if err := writeAtomic(root, manifestCSV, func(w io.Writer) error { return writeCSV(w, entries) }); err != nil {
		return err
	}
	return writeAtomic(root, manifestJSON, func(w io.Writer) error { return writeJSON(w, entries) })
}

func writeCSV(w io.Writer, entries []ManifestEntry) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true // RFC 4180
	if err := c.Write(manifestHeader[:]); err != nil {
		return err
	}
	for i := range entries {
		cells := entries[i].cells()
		for j := range cells {
			cells[j] = cellFor(cells[j])
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func writeJSON(w io.Writer, entries []ManifestEntry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(manifestFile{Format: 1, Files: entries})
}

// writeAtomic replaces a file: complete and on disk before it has its name.
func writeAtomic(root *os.Root, name string, fill func(io.Writer) error) error {
	f, part, err := createPart(root)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	err = fill(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if runtime.GOOS == "windows" {
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		err = root.Rename(part, name)
	}
	f.Close()
	if err != nil {
		root.Remove(part)
		return err
	}
	return syncDir(root, ".")
}

// readManifest reads the manifest among some files, the JSON form if there is one.
// The error is fs.ErrNotExist if there is none.
func readManifest(files fileSet) ([]ManifestEntry, error) {
	b, err := readLimited(files, manifestJSON)
	if err == nil {
		return parseJSON(b)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	b, err = readLimited(files, manifestCSV)
	if err != nil {
		return nil, err
	}
	return parseCSV(b)
}

func readLimited(files fileSet, name string) ([]byte, error) {
	f, _, err := files.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, manifestLimit+1))
	if err == nil && len(b) > manifestLimit {
		err = fmt.Errorf("%s is larger than %d bytes", name, manifestLimit)
	}
	return b, err
}

func parseJSON(b []byte) ([]ManifestEntry, error) {
	var m manifestFile
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", manifestJSON, err)
	}
	if m.Format != 1 {
		return nil, fmt.Errorf("%s is of format %d, this program knows 1", manifestJSON, m.Format)
	}
	for i := range m.Files {
		if err := m.Files[i].check(); err != nil {
			return nil, fmt.Errorf("%s, file %d: %w", manifestJSON, i+1, err)
		}
	}
	return m.Files, nil
}

func parseCSV(b []byte) ([]ManifestEntry, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", manifestCSV, err)
	}
	columns := len(manifestHeader)
	if len(head) == oldHeader {
		columns = oldHeader
	}
	if len(head) != columns {
		return nil, fmt.Errorf("%s has %d columns instead of %d", manifestCSV, len(head), columns)
	}
	for i, h := range manifestHeader[:columns] {
		if head[i] != h {
			return nil, fmt.Errorf("%s: column %d is %q instead of %q", manifestCSV, i+1, head[i], h)
		}
	}
	var out []ManifestEntry
	for {
		c, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", manifestCSV, err)
		}
		n, err := strconv.ParseInt(c[7], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s, file %d: %w", manifestCSV, len(out)+1, err)
		}
		for i := range c {
			c[i] = fromCell(c[i])
		}
		e := ManifestEntry{
			ID: c[0], ServiceID: c[1], Account: c[2], From: c[3], Time: c[4], Kind: c[5], File: c[6], Bytes: n, SHA256: c[8], Source: c[9],
			ContentType: c[10], Attachment: c[11],
		}
		if len(c) > oldHeader {
			e.Service, e.Direction, e.To = c[12], c[13], c[14]
		}
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s, file %d: %w", manifestCSV, len(out)+1, err)
		}
		out = append(out, e)
	}
}

// mergeManifest is the entries of before with those of a save: one a file.
func mergeManifest(old []ManifestEntry, files []saved) []ManifestEntry {
	out := make([]ManifestEntry, 0, len(old)+len(files))
	at := map[[2]string]int{}
	add := func(e ManifestEntry) {
		k := [2]string{e.ID, e.Attachment}
		if i, ok := at[k]; ok {
			out[i] = e
			return
		}
		at[k] = len(out)
		out = append(out, e)
	}
	for _, e := range old {
		add(e)
	}
	for _, f := range files {
		add(f.entry)
	}
	return out
}
