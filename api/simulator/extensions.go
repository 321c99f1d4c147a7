package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"switchboard/api/simulator/corpus"
)

// extensions are the mailboxes of other extensions that the user may read: shared lines,
// queues with a voicemail of their own. Each has a corpus of its own and the gateway,
// the token and the rate limits of all.
type extensions struct {
	mu   sync.RWMutex
	list map[string]*extension // by id
}

type extension struct {
	entry corpus.Entry
	box   *Server // does not listen: a mailbox with what its handlers need
}

// messageOps are the operations that another extension's mailbox answers.
var messageOps = []string{
	"listMessages", "syncMessages", "readMessage", "updateMessage", "patchMessage", "deleteMessage", "deleteMessageByFilter", "readMessageContent",
}

// Share lets the user read the mailbox of another extension, by its number, with so many
// messages; or no more, with a negative number.
func (s *Server) Share(number string, messages int) error {
	i, ok := corpus.FindExtension(number)
	if !ok || i >= s.cfg.Directory {
		return fmt.Errorf("%w: extension %q", errNoSuch, number)
	}
	e := s.corpus.Entry(i)
	s.others.mu.Lock()
	defer s.others.mu.Unlock()
	id := strconv.FormatInt(e.ID, 10)
	if messages < 0 {
		delete(s.others.list, id)
		return nil
	}
	cfg := s.cfg
	cfg.Seed, cfg.Messages = s.cfg.Seed+uint64(e.Index), messages //nolint:gosec // an index is never negative
	sub := &Server{cfg: cfg, now: s.now, log: s.log, platform: s.platform, media: s.media, journal: s.journal, faults: s.faults, ctx: s.ctx, cancel: s.cancel}
	sub.corpus = corpus.New(corpus.Config{Seed: cfg.Seed, Messages: messages, Now: s.now()})
	sub.box = newMailbox(sub.corpus, s.now)
	if s.others.list == nil {
		s.others.list = map[string]*extension{}
	}
	s.others.list[id] = &extension{entry: e, box: sub}
	return nil
}

// shareAll opens the mailboxes the configuration names.
func (s *Server) shareAll() error {
	for number, messages := range s.cfg.Shared {
		if err := s.Share(number, messages); err != nil {
			return err
		}
	}
	return nil
}

// ArriveAt lets n messages arrive in the mailbox of another extension.
func (s *Server) ArriveAt(number string, n int) error {
	i, _ := corpus.FindExtension(number)
	x := s.other(strconv.FormatInt(corpus.EntryID(i), 10))
	if x == nil {
		return fmt.Errorf("%w: mailbox %q", errNoSuch, number)
	}
	b := x.box.box
	defer s.tellOf(b, x)
	b.mu.Lock()
	defer b.mu.Unlock()
	for k := range n {
		b.arrive(int64(n - 1 - k))
	}
	return nil
}

func (s *Server) other(id string) *extension {
	s.others.mu.RLock()
	defer s.others.mu.RUnlock()
	return s.others.list[id]
}

// permitOther checks whether an operation may be about another extension.
func (s *Server) permitOther(o *op, id string) *apiError {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return notFound("extensionId")
	}
	if i, ok := corpus.FindEntry(n); !ok || i >= s.cfg.Directory || !slices.Contains(messageOps, o.name) {
		return notFound("extensionId")
	}
	if s.other(id) == nil {
		return &apiError{
			status: http.StatusForbidden, code: "CMN-404",
			message: "You are not allowed to access the resources of this extension",
		}
	}
	return nil
}

// handle runs an operation, on the mailbox of another extension if it is about one.
func (s *Server) handle(o *op, c *call) *apiError {
	x := s.other(c.r.PathValue("extension"))
	if x == nil {
		return o.handle(c)
	}
	defer s.tellOf(x.box.box, x)
	own := &call{s: x.box, w: c.w, r: c.r}
	if o.media {
		return o.handle(own)
	}
	l := &relabel{ResponseWriter: c.w, to: x.entry}
	own.w = l
	if err := o.handle(own); err != nil {
		return err
	}
	return l.finish()
}

// relabel writes an answer as if it were that of another extension.
type relabel struct {
	http.ResponseWriter
	to     corpus.Entry
	status int
	body   bytes.Buffer
}

func (l *relabel) WriteHeader(status int) { l.status = status }

func (l *relabel) Write(b []byte) (int, error) { return l.body.Write(b) }

func (l *relabel) finish() *apiError {
	b := rename(l.body.Bytes(), l.to)
	if l.Header().Get("Content-Length") != "" {
		l.Header().Set("Content-Length", strconv.Itoa(len(b)))
	}
	if l.status != 0 {
		l.ResponseWriter.WriteHeader(l.status)
	}
	if _, err := l.ResponseWriter.Write(b); err != nil {
		return nil //nolint:nilerr // the client has gone
	}
	return nil
}

// rename puts another extension in the place of the desk's own.
func rename(b []byte, to corpus.Entry) []byte {
	id := strconv.FormatInt(to.ID, 10)
	name := to.Name
	if name == "" {
		name = to.First + " " + to.Last
	}
	for _, r := range [][2]string{
		{"/extension/" + extensionID + "/", "/extension/" + id + "/"},
		{`"extensionId":"` + extensionID + `"`, `"extensionId":"` + id + `"`},
		{`"extensionNumber":"` + corpus.OwnerExtension + `"`, `"extensionNumber":"` + to.Extension + `"`},
		{`"name":"` + corpus.OwnerName + `"`, `"name":"` + name + `"`},
	} {
		b = bytes.ReplaceAll(b, []byte(r[0]), []byte(r[1]))
	}
	return b
}

// relabelled is the body of an event as if it were about this extension.
func (x *extension) relabelled(body map[string]json.RawMessage) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(body))
	for name, v := range body {
		out[name] = rename(bytes.Clone(v), x.entry)
	}
	if _, ok := out["extensionId"]; ok {
		out["extensionId"] = json.RawMessage(`"` + strconv.FormatInt(x.entry.ID, 10) + `"`)
	}
	return out
}
