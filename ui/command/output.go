package command

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// format is how a command prints: for people, as one JSON value, or as one
// object a line.
type format struct{ json, jsonl bool }

func formatFlags(cmd *cobra.Command) *format {
	f := &format{}
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON value")
	cmd.Flags().BoolVar(&f.jsonl, "jsonl", false, "print one JSON object a line")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl")
	return f
}

func (f *format) machine() bool { return f.json || f.jsonl }

// printJSON writes v: as it is, or a slice of it line by line.
func printJSON(w io.Writer, f *format, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	rv := reflect.ValueOf(v)
	if !f.jsonl || rv.Kind() != reflect.Slice {
		return enc.Encode(v)
	}
	for i := range rv.Len() {
		if err := enc.Encode(rv.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}

// printf writes text for people. Every value that is a text is cleaned.
func printf(w io.Writer, format string, args ...any) error {
	for i, v := range args {
		if s, ok := v.(string); ok {
			args[i] = store.CleanLine(s)
		}
	}
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

// paragraph cleans a text that may have line breaks, line by line.
func paragraph(s, indent string) string {
	var b strings.Builder
	for _, l := range strings.Split(s, "\n") {
		b.WriteString(indent + store.CleanLine(l) + "\n")
	}
	return b.String()
}
