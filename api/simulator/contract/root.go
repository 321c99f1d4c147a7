package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"

	"github.com/getkin/kin-openapi/openapi3"
)

// root validates the JSON part of a multipart/mixed request. The document
// describes the request as one object, files and all, so that what is left of
// it is checked member by member: the files are the parts that follow.
func root(op *openapi3.Operation, contentType string, sent []byte) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	parts := multipart.NewReader(bytes.NewReader(sent), params["boundary"])
	first, err := parts.NextPart()
	if err != nil {
		return fmt.Errorf("first part: %w", err)
	}
	if kind, _, _ := mime.ParseMediaType(first.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("first part is %q and not JSON", kind)
	}
	var object map[string]any
	if err := json.NewDecoder(first).Decode(&object); err != nil {
		return fmt.Errorf("first part: %w", err)
	}
	files := 0
	for {
		if _, err := parts.NextPart(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("part %d: %w", files+1, err)
		}
		files++
	}
	return rootObject(op, object, files)
}

func rootObject(op *openapi3.Operation, object map[string]any, files int) error {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return errors.New("the document knows no body here")
	}
	content := op.RequestBody.Value.Content
	kind := content["multipart/mixed"]
	if kind == nil { // the guide has it although the document does not
		kind = content["multipart/form-data"]
	}
	if kind == nil || kind.Schema == nil || kind.Schema.Value == nil {
		return errors.New("the document knows no multipart body here")
	}
	schema := kind.Schema.Value
	for name, v := range object {
		property := schema.Properties[name]
		if property == nil || property.Value == nil {
			return fmt.Errorf("member %q is not in the document", name)
		}
		if err := property.Value.VisitJSON(v, openapi3.DisablePatternValidation(), openapi3.MultiErrors()); err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
	}
	for _, name := range schema.Required {
		property := schema.Properties[name]
		if property == nil || property.Value == nil {
			continue
		}
		switch _, there := object[name]; {
		case isFile(property.Value) && files == 0:
			return fmt.Errorf("no file for %q", name)
		case !isFile(property.Value) && !there:
			return fmt.Errorf("member %q is missing", name)
		}
	}
	return nil
}

// isFile reports whether a member stands for bytes, or a list of them.
func isFile(s *openapi3.Schema) bool {
	if s.Type.Is("array") && s.Items != nil && s.Items.Value != nil {
		s = s.Items.Value
	}
	return s.Format == "binary"
}
