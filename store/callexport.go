package store

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"
)

// Table writes items as CSV (RFC 4180) with a heading, in UTF-8: one row an item, the
// columns always the same. It is what is handed to people with a spreadsheet; programs
// are better served with JSON.
type Table struct{ w *csv.Writer }

// NewTable begins a table on w.
func NewTable(w io.Writer) (*Table, error) {
	t := &Table{csv.NewWriter(w)}
	t.w.UseCRLF = true
	return t, t.w.Write([]string{
		"id", "time", "kind", "direction", "outcome", "name", "number", "extension", "location", "duration_seconds", "pages", "mailbox",
		"state", "read", "result", "reason", "through", "recorded", "linked", "returned", "returned_by", "files", "claim", "labels", "notes", "text", "email", "subject",
	})
}

// Add writes one item.
func (t *Table) Add(it Item) error {
	var c CallDetail
	if it.Call != nil {
		c = *it.Call
	}
	when := func(tm time.Time) string {
		if tm.IsZero() {
			return ""
		}
		return tm.UTC().Format(time.RFC3339)
	}
	id := func(id ID) string {
		if id == 0 {
			return ""
		}
		return id.String()
	}
	recorded := ""
	if c.Recording != "" {
		recorded = "yes"
	}
	returned, returnedBy := "", ""
	if it.Answer != nil {
		returned, returnedBy = when(it.Answer.Time), it.Answer.By
	}
	notes := make([]string, len(it.NoteList))
	for i, n := range it.NoteList {
		notes[i] = n.Text
	}
	row := []string{
		it.ID.String(), when(it.Time), it.Kind.String(), it.Direction.String(), it.Outcome.String(), it.Who.Name, it.Who.Number, it.Who.Extension,
		it.Who.Location, fmt.Sprint(int(it.Duration.Seconds())), fmt.Sprint(it.Pages), it.Mailbox, it.State.String(), fmt.Sprint(it.Read),
		c.Result, c.Reason, c.Behalf, recorded, id(it.Linked), returned, returnedBy, fmt.Sprint(it.Files), it.Claim, strings.Join(it.Labels, " "),
		strings.Join(notes, " | "), it.Text, it.Who.Email, it.Subject,
	}
	for i := range row {
		row[i] = inert(row[i])
	}
	return t.w.Write(row)
}

// Flush writes what has been gathered.
func (t *Table) Flush() error {
	t.w.Flush()
	return t.w.Error()
}

// inert keeps a cell from being taken for a formula by a spreadsheet: names and texts
// are chosen by strangers. A telephone number with its plus is harmless.
func inert(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) || s[0] == '+' && len(Digits(s)) == len(s)-1 {
		return s
	}
	return "'" + s
}
