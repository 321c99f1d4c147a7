package plain

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// How much of a file is read.
const (
	firstRead = 1 << 20  // at once, and each time more is wanted
	mostText  = 16 << 20 // of a text in all
	mostParse = 4 << 20  // of what is taken apart: CSV, JSON, vCard
	dumped    = 4 << 10  // bytes that are shown as they are
)

// load reads the beginning of a file and makes of it what it is.
func load(ctx context.Context, src screen.Source) (*sheet, error) {
	f, err := os.Open(src.Path)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	size := src.Done
	if fi, err := f.Stat(); err == nil && src.Whole {
		size = fi.Size()
	}
	head, err := io.ReadAll(io.LimitReader(&until{ctx, f}, firstRead))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	whole := int64(len(head)) >= size
	set, mark := detect(head, whole)
	kind := classOf(head, set, src)
	parse := func() (string, bool, error) {
		all, err := io.ReadAll(io.LimitReader(&until{ctx, f}, mostParse-firstRead))
		if err != nil {
			return "", false, fmt.Errorf("read the file: %w", err)
		}
		all = append(head[mark:], all...)
		text, _ := set.decode(all)
		return text, int64(len(all)+mark) >= size, nil
	}
	switch kind {
	case isHex:
		return hexSheet(ctx, src, head, size)
	case isCard, isTable, isJSON:
		text, all, err := parse()
		if err != nil {
			return nil, err
		}
		s := structured(kind, text, set, size, all)
		if s != nil {
			return s, nil
		}
		s = textSheet(head[mark:], len(head), set, size, src)
		s.remark = map[class]string{
			isCard: "Said to be a contact card, but none can be read from it", isTable: "Said to be a table, but it has no columns",
			isJSON: "Not valid JSON; shown as it is",
		}[kind]
		return s, nil
	}
	return textSheet(head[mark:], len(head), set, size, src), nil
}

// structured makes a sheet of content with a structure, nil when it has none.
func structured(k class, text string, set charset, size int64, whole bool) *sheet {
	var s *sheet
	switch k {
	case isCard:
		s = cardSheet(text)
	case isTable:
		s = tableSheet(text, whole)
	default:
		s = jsonSheet(text, whole)
	}
	if s == nil {
		return nil
	}
	s.what += ", " + set.String() + ", " + kit.Size(size)
	if !whole && s.remark == "" {
		s.remark = fmt.Sprintf("The first %s of %s; open it outside for the rest", kit.Size(mostParse), kit.Size(size))
	}
	return s
}

type class uint8

const (
	isText class = iota
	isTable
	isJSON
	isCard
	isHex
)

// classOf tells what content is by itself first; what it is said to be decides
// only between kinds of text.
func classOf(head []byte, set charset, src screen.Source) class {
	if len(head) == 0 {
		return isHex
	}
	text := head
	if set == utf16LE || set == utf16BE {
		s, _ := set.decode(head)
		text = []byte(s)
	} else if binaryBytes(head) {
		return isHex
	}
	said := strings.ToLower(src.File.Type + " " + src.File.Name)
	found := mimetype.Detect(text[:min(len(text), 64<<10)])
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	trimmed := bytes.TrimLeft(text, "\ufeff \t\r\n")
	switch {
	case len(trimmed) >= 11 && strings.EqualFold(string(trimmed[:11]), "BEGIN:VCARD"):
		return isCard
	case found.Is("application/json"), found.Is("application/x-ndjson"), found.Is("application/geo+json"):
		return isJSON
	case len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && has("json"):
		return isJSON
	case found.Is("text/csv"), found.Is("text/tab-separated-values"), has("csv", "tab-separated", ".tsv"):
		return isTable
	}
	return isText
}

// binaryBytes reports whether bytes are no text: a zero, or many controls.
func binaryBytes(b []byte) bool {
	controls := 0
	for _, c := range b[:min(len(b), 64<<10)] {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b && c != '\b' && c != 0x07 && c != '\v':
			controls++
		}
	}
	return controls*20 > min(len(b), 64<<10)
}

// hexSheet tells of content that is not shown what can be told.
func hexSheet(ctx context.Context, src screen.Source, head []byte, size int64) (*sheet, error) {
	s := &sheet{what: "No text, picture or sound", dump: head[:min(len(head), dumped)]}
	field := func(name, value string) {
		if value != "" {
			s.lines = append(s.lines, line{label: kit.Fit(name, 11), text: store.CleanLine(value), hang: 11})
		}
	}
	field("Name", src.File.Name)
	found := mimetype.Detect(head).String()
	field("Type", found)
	if src.File.Type != "" && !strings.EqualFold(src.File.Type, found) {
		field("Said to be", src.File.Type)
	}
	field("Size", fmt.Sprintf("%s (%s bytes)", kit.Size(size), kit.Count(int(size), true)))
	sum := src.File.SHA256
	if sum == "" && src.Whole {
		var err error
		if sum, err = hashed(ctx, src.Path); err != nil {
			return nil, err
		}
	}
	field("SHA-256", sum)
	if size == 0 {
		s.what = "An empty file"
	} else {
		s.lines = append(s.lines, line{})
	}
	s.about = len(s.lines)
	if int64(len(s.dump)) < size {
		s.remark = fmt.Sprintf("The first %s bytes are shown", kit.Count(len(s.dump), true))
	}
	if len(s.dump) == 0 {
		s.dump = nil
	}
	return s, nil
}

func hashed(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &until{ctx, f}); err != nil {
		return "", fmt.Errorf("read the file: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// until reads until ctx ends.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b[:min(len(b), 1<<20)])
}
