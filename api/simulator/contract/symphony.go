package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// symphonyFiles are Symphony's documents and the paths at which its services have them:
// the same document describes the sign-in of the pod and that of the key manager.
var symphonyFiles = []struct {
	name  string
	bases []string
}{
	{"symphony-agent-api-public.yaml", []string{"/agent"}},
	{"symphony-pod-api-public.yaml", []string{"/pod"}},
	{"symphony-login-api-public.yaml", []string{"/login", "/relay"}},
	{"symphony-authenticator-api-public.yaml", []string{"/sessionauth", "/keyauth"}},
}

// symphony is the four documents as one.
var symphony = sync.OnceValues(func() (*spec, error) {
	all := &openapi3.T{OpenAPI: "3.0.3", Info: &openapi3.Info{Title: "Symphony", Version: "1"}, Paths: openapi3.NewPaths(), Components: &openapi3.Components{Schemas: openapi3.Schemas{}}}
	for _, f := range symphonyFiles {
		doc, err := symphonyDocument(f.name)
		if err != nil {
			return nil, err
		}
		for path, item := range doc.Paths.Map() {
			for _, base := range f.bases {
				all.Paths.Set(base+path, named(item, base+path))
			}
		}
		for name, schema := range doc.Components.Schemas {
			all.Components.Schemas[strings.Trim(f.bases[0], "/")+"."+name] = schema
		}
	}
	failed := all.Components.Schemas["agent.Error"]
	if failed == nil || failed.Value == nil {
		return nil, errors.New("the official document of the agent has no schema Error")
	}
	made, err := ready(all, failed.Value)
	if err != nil {
		return nil, err
	}
	made.files = map[string]bool{"GET /agent/v1/stream/{sid}/attachment": true, "GET /agent/v3/dlp/violation/attachment": true}
	made.kinds = func(kind string) bool {
		// The document says the first, the collection of examples asks for the others.
		return kind == "application/octet-stream" || kind == "text/plain" || kind == "application/json"
	}
	made.judge = func(op *openapi3.Operation, status int, kind string, read []byte) error {
		return symphonyFailure(op, failed.Value, status, kind, read)
	}
	return made, nil
})

func symphonyDocument(name string) (*openapi3.T, error) {
	if strings.Contains(name, "agent") { // the only one of today's form
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(os.Getenv(EnvSpecs), name))
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", name, err)
		}
		return doc, nil
	}
	older, err := swagger(name)
	if err != nil {
		return nil, err
	}
	doc, err := openapi2conv.ToV3(older)
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", name, err)
	}
	return doc, nil
}

// named gives the operations of a path names: most have none. The documents stay as they
// are, since one of them is at two places.
func named(item *openapi3.PathItem, path string) *openapi3.PathItem {
	copied := *item
	for method, op := range item.Operations() {
		o := *op
		o.OperationID = method + " " + path
		copied.SetOperation(method, &o)
	}
	return &copied
}

// symphonyFailure checks an error. The documents disagree with practice on its content type
// and on what its code is (a number there, often a word), so that the status alone decides
// that it is one, and of JSON the rest is checked.
func symphonyFailure(op *openapi3.Operation, usual *openapi3.Schema, status int, kind string, read []byte) error {
	schema := usual
	if r := op.Responses.Status(status); r != nil && r.Value != nil {
		for _, media := range r.Value.Content {
			if media.Schema != nil && media.Schema.Value != nil {
				schema = media.Schema.Value
			}
		}
	}
	var object map[string]any
	if err := json.Unmarshal(read, &object); err != nil {
		if kind == "application/json" && len(bytes.TrimSpace(read)) > 0 {
			return fmt.Errorf("error: %w", err)
		}
		return nil // a proxy's page
	}
	if _, word := object["code"].(string); word {
		object["code"] = 0.0
	}
	if err := schema.VisitJSON(object, openapi3.DisablePatternValidation(), openapi3.MultiErrors()); err != nil {
		return fmt.Errorf("error: %w", err)
	}
	return nil
}

// parts checks the names of a form's parts, and that what stands for a file is one.
func parts(op *openapi3.Operation, contentType string, sent []byte) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return errors.New("the document knows no body here")
	}
	media := op.RequestBody.Value.Content.Get("multipart/form-data")
	if media == nil || media.Schema == nil || media.Schema.Value == nil {
		return errors.New("the document knows no form here")
	}
	schema, seen := media.Schema.Value, map[string]bool{}
	form := multipart.NewReader(bytes.NewReader(sent), params["boundary"])
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", len(seen)+1, err)
		}
		name := p.FormName()
		property := schema.Properties[name]
		if property == nil || property.Value == nil {
			return fmt.Errorf("part %q is not in the document", name)
		}
		if isFile(property.Value) != (p.FileName() != "") {
			return fmt.Errorf("part %q: file name %q, a file in the document: %v", name, p.FileName(), isFile(property.Value))
		}
		seen[name] = true
	}
	for _, name := range schema.Required {
		if !seen[name] {
			return fmt.Errorf("part %q is missing", name)
		}
	}
	return nil
}

// Symphony makes a checker for a pod, an agent and a key manager, told by the first
// segment of the path: /agent, /pod, /login and /relay, /sessionauth and /keyauth. The test
// is skipped when SWITCHBOARD_SPECS is not set.
func Symphony(t testing.TB) *Checker {
	t.Helper()
	return checker(t, symphony)
}
