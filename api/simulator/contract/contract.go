package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// EnvSpecs names the directory of the official documents.
const EnvSpecs = "SWITCHBOARD_SPECS"

// maxBody bounds what is kept of one JSON body.
const maxBody = 64 << 20

// document is the parsed specification. Parsing takes seconds, so that all
// checkers of a test binary share it; nothing changes it afterwards.
var document = sync.OnceValues(func() (*spec, error) {
	return load(filepath.Join(os.Getenv(EnvSpecs), "ringcentral.yml"))
})

type spec struct {
	router  routers.Router
	failed  *openapi3.Schema // the error envelope
	either  either
	schemas openapi3.Schemas
	// files are the operations whose answer is a file, of which only the kind is looked
	// at, and kinds says which those are.
	files map[string]bool
	kinds func(kind string) bool
	// judge checks an answer of 400 and above instead of failure.
	judge func(op *openapi3.Operation, status int, kind string, read []byte) error
}

// Checker validates requests and answers. It is safe for concurrent use.
type Checker struct {
	t     testing.TB
	spec  *spec
	mu    sync.Mutex
	allow []string
	seen  map[string]int
}

// New makes a checker that reports to t. The test is skipped when
// SWITCHBOARD_SPECS is not set.
func New(t testing.TB) *Checker {
	t.Helper()
	return checker(t, document)
}

func checker(t testing.TB, document func() (*spec, error)) *Checker {
	t.Helper()
	if os.Getenv(EnvSpecs) == "" {
		t.Skipf("%s is not set: it names the directory with the services' official OpenAPI documents", EnvSpecs)
	}
	s, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return &Checker{
		t: t, spec: s, seen: map[string]int{},
		allow: []string{"/restapi/v1.0/status", "/consent", "/big/"},
	}
}

func load(name string) (*spec, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(name)
	if err != nil {
		return nil, fmt.Errorf("load the official document: %w", err)
	}
	failed := doc.Components.Schemas["ApiErrorResponseModel"]
	if failed == nil || failed.Value == nil {
		return nil, errors.New("the official document has no schema ApiErrorResponseModel")
	}
	return ready(doc, failed.Value)
}

// ready makes a document one that can be checked against.
func ready(doc *openapi3.T, failed *openapi3.Schema) (*spec, error) {
	// The hosts under test are on loopback, whatever the document says.
	doc.Servers = openapi3.Servers{{URL: "/"}}
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
		for _, o := range item.Operations() {
			o.Servers = nil
		}
	}
	choices := either{}
	choices.take(doc)
	mendCodes(doc)
	mendPatch(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("read the paths of the official document: %w", err)
	}
	made := &spec{
		router: router, failed: failed, either: choices,
		files: map[string]bool{"readMessageContent": true, "readCallRecordingContent": true}, kinds: media,
	}
	if doc.Components != nil {
		made.schemas = doc.Components.Schemas
	}
	return made, nil
}

// Allow lets paths that begin so pass unchecked: what is not in the document.
func (c *Checker) Allow(prefixes ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allow = append(c.allow, prefixes...)
}

// Seen counts the checked answers by operationId.
func (c *Checker) Seen(operation string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[operation]
}

func (c *Checker) allowed(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.allow, func(p string) bool { return strings.HasPrefix(path, p) })
}

// anything stands for every pattern: the document's are written for another
// regexp dialect.
type anything struct{}

func (anything) MatchString(string) bool { return true }

func (c *Checker) options() *openapi3filter.Options {
	return &openapi3filter.Options{
		IncludeResponseStatus: true,
		MultiError:            true,
		SkipSettingDefaults:   true,
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		RegexCompiler: func(string) (openapi3.RegexMatcher, error) {
			return anything{}, nil
		},
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.DisablePatternValidation()},
	}
}

// Transport checks everything that goes through base (nil:
// http.DefaultTransport).
func (c *Checker) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if c.allowed(r.URL.Path) {
			return base.RoundTrip(r)
		}
		var sent []byte
		if r.Body != nil {
			var err error
			if sent, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
				return nil, fmt.Errorf("contract: read the request: %w", err)
			}
			if err = r.Body.Close(); err != nil {
				return nil, fmt.Errorf("contract: close the request: %w", err)
			}
		}
		in := c.request(r, sent)
		out := r.Clone(r.Context())
		if r.Body != nil {
			out.Body = body(sent)
		}
		res, err := base.RoundTrip(out)
		if err != nil || in == nil {
			return res, err
		}
		return res, c.response(in, res)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func body(b []byte) io.ReadCloser { return io.NopCloser(strings.NewReader(string(b))) }

// request validates one request and finds its operation; nil when there is
// none.
func (c *Checker) request(r *http.Request, sent []byte) *openapi3filter.RequestValidationInput {
	route, params, err := c.spec.router.FindRoute(r)
	if err != nil {
		c.t.Errorf("contract: %s %s is not in the document: %v", r.Method, r.URL.Path, err)
		return nil
	}
	probe := r.Clone(context.WithoutCancel(r.Context()))
	probe.Body = body(sent)
	probe.ContentLength = int64(len(sent))
	if len(sent) == 0 {
		probe.Body = http.NoBody
	}
	in := &openapi3filter.RequestValidationInput{
		Request: probe, PathParams: params, Route: route, Options: c.options(),
	}
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "multipart/mixed":
		in.Options.ExcludeRequestBody = true
		if r.Method == http.MethodPost { // of the bulk changes the document says no more
			if err := root(route.Operation, r.Header.Get("Content-Type"), sent); err != nil {
				c.t.Errorf("contract: request %s %s (%s): %v", r.Method, r.URL.Path, route.Operation.OperationID, err)
			}
		}
	case "multipart/form-data":
		if c.spec.judge == nil {
			break
		}
		in.Options.ExcludeRequestBody = true
		if err := parts(route.Operation, r.Header.Get("Content-Type"), sent); err != nil {
			c.t.Errorf("contract: request %s %s (%s): %v", r.Method, r.URL.Path, route.Operation.OperationID, err)
		}
	case formType:
		in.Options.ExcludeRequestBody = true
		if err := form(route.Operation, string(sent)); err != nil {
			c.t.Errorf("contract: form of %s %s (%s): %v", r.Method, r.URL.Path, route.Operation.OperationID, err)
		}
	}
	if err := c.spec.either.check(probe, route.Operation); err != nil {
		c.t.Errorf("contract: request %s %s (%s): %v", r.Method, r.URL.RequestURI(), route.Operation.OperationID, err)
	}
	if err := openapi3filter.ValidateRequest(probe.Context(), in); err != nil {
		c.t.Errorf("contract: request %s %s (%s): %v", r.Method, r.URL.RequestURI(), route.Operation.OperationID, err)
	}
	return in
}

// response validates one answer. A body it had to read is put back; an error
// in reading it is left for the client to meet.
func (c *Checker) response(in *openapi3filter.RequestValidationInput, res *http.Response) error {
	op := in.Route.Operation.OperationID
	c.mu.Lock()
	c.seen[op]++
	c.mu.Unlock()
	if c.spec.files[op] && res.StatusCode < 400 {
		c.content(res)
		return nil
	}
	read, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	rest := res.Body
	res.Body = &rejoined{Reader: io.MultiReader(strings.NewReader(string(read)), failing{err}), Closer: rest}
	if err != nil || in.Request.Method == http.MethodHead {
		return nil // a cut connection is no matter of the contract
	}
	if err := c.answer(in, res, read); err != nil {
		c.t.Errorf("contract: answer %d to %s %s (%s): %v\n%.600s",
			res.StatusCode, in.Request.Method, in.Request.URL.RequestURI(), op, err, read)
	}
	return nil
}

type rejoined struct {
	io.Reader
	io.Closer
}

// failing ends a body the way it really ended.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func (c *Checker) answer(in *openapi3filter.RequestValidationInput, res *http.Response, read []byte) error {
	kind, params, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch op := in.Route.Operation.OperationID; {
	case res.StatusCode >= 400 && c.spec.judge != nil:
		return c.spec.judge(in.Route.Operation, res.StatusCode, kind, read)
	case res.StatusCode >= 400 && in.Route.Operation.Responses.Status(res.StatusCode) == nil:
		return c.failure(kind, read)
	case res.StatusCode == http.StatusNoContent && len(read) == 0 && in.Route.Operation.Responses.Status(res.StatusCode) != nil:
		return nil // a document that has a body here means another status
	case kind == "multipart/mixed":
		return mixed(read, params["boundary"])
	case res.StatusCode == http.StatusNotModified:
		return nil // its parameter is documented, the status is not
	case res.StatusCode == http.StatusMultiStatus && op == "deleteMessage":
		return nil // documented in words only
	}
	return openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header,
		Body: body(read), Options: in.Options,
	})
}

// failure checks the error envelope.
func (c *Checker) failure(kind string, read []byte) error {
	if kind != "application/json" {
		return nil
	}
	var v any
	if err := json.Unmarshal(read, &v); err != nil {
		return fmt.Errorf("error envelope: %w", err)
	}
	if err := c.spec.failed.VisitJSON(v, openapi3.DisablePatternValidation()); err != nil {
		return fmt.Errorf("error envelope: %w", err)
	}
	return nil
}

// mixed checks that each part is JSON; the document says no more.
func mixed(read []byte, boundary string) error {
	parts := multipart.NewReader(strings.NewReader(string(read)), boundary)
	for n := 0; ; n++ {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) && n > 1 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", n, err)
		}
		if err := json.NewDecoder(p).Decode(new(any)); err != nil {
			return fmt.Errorf("part %d: %w", n, err)
		}
	}
}

// media are the kinds of RingCentral's files.
func media(kind string) bool {
	main, _, _ := strings.Cut(kind, "/")
	return kind == "application/pdf" || slices.Contains([]string{"audio", "image", "video", "text"}, main)
}

// content checks the answer's kind; its bytes stay unread.
func (c *Checker) content(res *http.Response) {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || !c.spec.kinds(kind) {
		c.t.Errorf("contract: content of type %q", res.Header.Get("Content-Type"))
	}
	if s := res.StatusCode; s != http.StatusOK && s != http.StatusPartialContent {
		c.t.Errorf("contract: content with status %d", s)
	}
}
