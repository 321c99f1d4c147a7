package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"switchboard/api"
)

// What the service takes with a text message.
const (
	MaxMMSFiles = 10
	MaxMMSBytes = 1_500_000 // of all files together
)

// What is wrong with a file, found before anything is sent.
var (
	ErrFiles    = errors.New("too many files")
	ErrFileType = errors.New("files of this kind cannot be sent")
	ErrFileName = errors.New("file name cannot be sent")
	ErrNoFile   = errors.New("no file to send")
)

// MMS is a text message with files. Without text it is fine, without files it
// is an SMS.
type MMS struct {
	SMS
	Files []Enclosure
	// Progress is told the bytes of the files sent, at each 64 KiB and at the
	// end. It must not block.
	Progress func(sent, total int64)
}

// MMSType is the content type under which a file of that name is sent, "" if
// the service takes none like it.
func MMSType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".bmp":
		return "image/bmp"
	case ".gif":
		return "image/gif"
	case ".tif", ".tiff":
		return "image/tiff"
	case ".svg":
		return "image/svg+xml"
	case ".3gp":
		return "video/3gpp"
	case ".mp4":
		return "video/mp4"
	case ".mpeg", ".mpg":
		return "video/mpeg"
	case ".avi":
		return "video/msvideo"
	case ".mp3":
		return "audio/mpeg"
	case ".vcf", ".vcard":
		return "text/vcard"
	case ".zip":
		return "application/zip"
	case ".gz", ".gzip":
		return "application/gzip"
	case ".rtf":
		return "application/rtf"
	}
	return ""
}

// mmsAccepts reports whether the service lists a content type.
func mmsAccepts(kind string) bool {
	kind, _, _ = strings.Cut(strings.ToLower(kind), ";")
	switch strings.TrimSpace(kind) {
	case "image/jpeg", "image/png", "image/bmp", "image/gif", "image/tiff", "image/svg+xml", "video/3gpp", "video/mp4", "video/mpeg",
		"video/msvideo", "audio/mpeg", "text/vcard", "application/zip", "application/gzip", "application/rtf":
		return true
	}
	return false
}

// Check reports why the message cannot be sent, as far as that shows without
// asking the service.
func (m MMS) Check() error {
	_, err := m.checked()
	return err
}

// checked gives the files with the content types that they are sent as.
func (m MMS) checked() ([]Enclosure, error) {
	if _, err := m.request(); err != nil {
		return nil, err
	}
	if len(m.Files) == 0 {
		return nil, ErrNoFile
	}
	if len(m.Files) > MaxMMSFiles {
		return nil, fmt.Errorf("%w: %d, at most %d", ErrFiles, len(m.Files), MaxMMSFiles)
	}
	files := make([]Enclosure, len(m.Files))
	var total int64
	for i, f := range m.Files {
		switch {
		case f.Size <= 0 || f.Body == nil:
			return nil, fmt.Errorf("%w: %.80q is empty", ErrNoFile, f.Name)
		case f.ContentType == "":
			f.ContentType = MMSType(f.Name)
		}
		if !mmsAccepts(f.ContentType) {
			return nil, fmt.Errorf("%w by MMS: %.80q", ErrFileType, f.Name)
		}
		total += f.Size
		files[i] = f
	}
	if total > MaxMMSBytes {
		return nil, fmt.Errorf("%w: %d bytes together, at most %d", ErrFileTooLarge, total, MaxMMSBytes)
	}
	return files, nil
}

// SendMMS sends a text message with files (createMMS, Medium), which are read
// as they go out. From needs the feature MmsSender. Never sent twice; see
// [Client.SendSMS] for what an error means.
func (c *Client) SendMMS(ctx context.Context, m MMS) (Message, error) {
	const op = "createMMS"
	files, err := m.checked()
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	first, err := m.request()
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	p, err := newParts(first, files, m.Progress)
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	sent, err := c.send(ctx, api.Request{
		Op: op, Path: extension + "/mms", Body: p.open, ContentType: p.kind, Length: p.length, Group: api.Medium,
	})
	return sent, p.settle(err)
}
