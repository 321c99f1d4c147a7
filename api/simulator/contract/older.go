package contract

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// older is the document of 2019, the last one that has the paths below
// /restapi/v1.0/glip.
var older = sync.OnceValues(func() (*spec, error) {
	today, err := document()
	if err != nil {
		return nil, err
	}
	doc, err := swagger("ringcentral-2019-04-03-glip-v1.yml")
	if err != nil {
		return nil, err
	}
	for path := range doc.Paths { // the others are today's document's to check
		if !strings.HasPrefix(path, "/restapi/v1.0/glip/") {
			delete(doc.Paths, path)
		}
	}
	converted, err := openapi2conv.ToV3(doc)
	if err != nil {
		return nil, fmt.Errorf("convert the document of 2019: %w", err)
	}
	return ready(converted, today.failed)
})

// swagger reads a document of the second version. The library reads YAML for documents of
// today's form only, so that the older one travels as an extension of an empty one.
func swagger(name string) (*openapi2.T, error) {
	raw, err := os.ReadFile(filepath.Join(os.Getenv(EnvSpecs), name))
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	carrier := "openapi: 3.0.3\ninfo: {title: older, version: '1'}\npaths: {}\nx-older:\n  " + strings.ReplaceAll(string(raw), "\n", "\n  ")
	empty, err := openapi3.NewLoader().LoadFromData([]byte(carrier))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if raw, err = json.Marshal(empty.Extensions["x-older"]); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var doc openapi2.T
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return &doc, nil
}

// NewOlder makes a checker for the older paths of team messaging, which today's
// document has no more.
func NewOlder(t testing.TB) *Checker {
	t.Helper()
	return checker(t, older)
}
