package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"

	"switchboard/api/simulator/corpus/teams"
)

const (
	maxUpload = 30 << 20
	// maxFiles bounds what all uploads hold in memory.
	maxFiles = 512 << 20
	// uploaded is where the ids of uploaded files and of webhooks begin.
	uploaded = int64(3_000_000_004)
)

// teamFile is a file that somebody uploaded.
type teamFile struct {
	name, kind string
	body       []byte
}

type wireFile struct {
	ID   string `json:"id"`
	URI  string `json:"contentUri"`
	Name string `json:"name"`
}

// nextID makes an id. The caller holds the lock.
func (b *teamBox) nextID() int64 {
	b.serial++
	return uploaded + b.serial*8
}

func (c *call) uploadFiles() *apiError {
	list, err := c.upload()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, list)
	return nil
}

// upload takes a form with files, or the bytes of one.
func (c *call) upload() ([]wireFile, *apiError) {
	q := c.r.URL.Query()
	files, err := c.sentFiles(q.Get("name"))
	if err != nil {
		return nil, err
	}
	b := c.s.teams
	b.mu.Lock()
	defer b.mu.Unlock()
	var k teams.Chat
	group := q.Get("groupId")
	if group != "" {
		if k, err = b.find(group, true); err != nil {
			return nil, badParameter("groupId")
		}
	}
	var size int64
	for _, f := range files {
		size += int64(len(f.body))
	}
	if b.bytes+size > maxFiles {
		return nil, &apiError{status: http.StatusRequestEntityTooLarge, code: "CMN-413", message: "No room for more files"}
	}
	b.bytes += size
	list := make([]wireFile, len(files))
	p := postRequest{}
	for i, f := range files {
		id := b.nextID()
		b.files[id] = f
		list[i] = wireFile{itoa(id), c.s.fileURI(id), f.name}
		p.Attachments = append(p.Attachments, wireAttach{ID: itoa(id), Type: "File"})
	}
	if group != "" {
		if _, err := c.s.newPost(&k, &p, me()); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sentFiles reads the body of an upload. name is for those that bring none.
func (c *call) sentFiles(name string) ([]*teamFile, *apiError) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return nil, unsupportedType()
	}
	if kind != "multipart/form-data" {
		b, err := io.ReadAll(c.r.Body)
		if err != nil {
			return nil, uploadError(err)
		}
		if len(b) == 0 {
			return nil, badParameter("body")
		}
		if name == "" {
			name = "file"
		}
		return []*teamFile{{name: name, kind: kind, body: b}}, nil
	}
	var files []*teamFile
	form := multipart.NewReader(c.r.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, uploadError(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return nil, uploadError(err)
		}
		if part.FormName() != "body" {
			continue
		}
		f := &teamFile{name: part.FileName(), kind: part.Header.Get("Content-Type"), body: b}
		if name != "" && len(files) == 0 {
			f.name = name
		}
		if f.kind == "" {
			f.kind = "application/octet-stream"
		}
		files = append(files, f)
	}
	if len(files) == 0 || len(files) > maxPostFiles {
		return nil, badParameter("body")
	}
	return files, nil
}

func uploadError(err error) *apiError {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return &apiError{status: http.StatusRequestEntityTooLarge, code: "CMN-413", message: "File is too large"}
	}
	return badJSON()
}

// readFile hands out a file, on the media host.
func (c *call) readFile() *apiError {
	id, err := strconv.ParseInt(c.r.PathValue("file"), 10, 64)
	if err != nil {
		return notFound("fileId")
	}
	b := c.s.teams
	b.mu.Lock()
	f := b.files[id]
	b.mu.Unlock()
	if f != nil {
		return c.serve(&body{
			kind: f.kind, size: int64(len(f.body)), name: path.Base(f.name), etag: fmt.Sprintf(`"f-%d-%08x"`, id, crc32.ChecksumIEEE(f.body)),
			open: func() io.ReadSeeker { return bytes.NewReader(f.body) },
		})
	}
	post, ok := teams.FindFile(id)
	if !ok || !c.s.hangs(post, id) {
		return notFound("fileId")
	}
	made, ok := b.base.File(id)
	if !ok {
		return notFound("fileId")
	}
	return c.serve(&body{kind: made.Type, size: made.Size, etag: fmt.Sprintf(`"t-%d"`, id), open: made.Open})
}

// hangs reports whether a file is still there: that its post was not removed,
// and that the user may read it.
func (s *Server) hangs(post, id int64) bool {
	s.teams.mu.Lock()
	defer s.teams.mu.Unlock()
	chat, n, _ := teams.FindPost(post)
	k, ok := s.teams.chat(chat)
	if !ok || !k.Mine && k.Type != teams.Everyone {
		return false
	}
	p, ok := s.teams.post(&k, n)
	if !ok {
		return false
	}
	for _, a := range p.Attachments {
		if a.ID == id && a.Type == "File" {
			return true
		}
	}
	return false
}
