package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// everything is what is exported when nothing is asked for.
const everything = "in:messages,calls"

type exportJSON struct {
	Path  string `json:"path"`
	Form  string `json:"form"` // csv, json or jsonl
	Items int    `json:"items"`
}

func (a *app) exportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [QUERY]",
		Short: "Export messages and calls as a table or as JSON",
		Long: `Export messages and calls, all of them or those a query finds, oldest first: as CSV
for a spreadsheet, as one JSON array, or as one JSON object a line. To standard
output, or with --out to a new file whose ending says which: .csv, .json, .jsonl.
A file has its name once it is whole; none is overwritten. With --out, --json prints
a report of what was written.`,
		Example:           "  switchboard export in:calls after:mon --out calls.csv\n  switchboard export label:billing --json > billing.json",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
	}
	form := formatFlags(cmd)
	csv := cmd.Flags().Bool("csv", false, "as CSV, which is what it is when nothing is said")
	out := cmd.Flags().StringP("out", "o", "", "write this file")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "csv")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f, end := "csv", screen.ExportForm(*out)
		switch {
		case *out != "" && end == "" && !*csv:
			return &usageError{msg: "--out " + quote(*out) + ": the ending does not say in which form", try: "a name that ends in .csv, .json or .jsonl"}
		case *out != "" && !*csv:
			f = end
		case form.json:
			f = "json"
		case form.jsonl:
			f = "jsonl"
		}
		return a.export(cmd.Context(), joinArgs(args), *out, f, form)
	}
	return cmd
}

func (a *app) export(ctx context.Context, text, out, form string, report *format) error {
	if strings.TrimSpace(text) == "" {
		text = everything
	}
	q, err := a.query(text)
	if err != nil {
		return err
	}
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	ids, err := st.IDs(ctx, q, store.OldestFirst, math.MaxInt32)
	if err == nil {
		err = a.noteProtected(ctx, st, ids...)
	}
	if err != nil {
		return err
	}
	n := 0
	write := func(to io.Writer) error {
		w := bufio.NewWriterSize(to, 32<<10)
		p := &rowPrinter{w: w, form: &format{json: form == "json", jsonl: form == "jsonl"}, now: a.env.Now()}
		if form == "csv" {
			if p.table, err = store.NewTable(w); err != nil {
				return err
			}
		}
		if _, err := a.pages(ctx, st, q, store.OldestFirst, 0, p); err != nil {
			return err
		}
		if err := p.end(); err != nil {
			return err
		}
		n = p.n
		return w.Flush()
	}
	if out == "" {
		return write(a.out)
	}
	file, err := path(out)
	if err != nil {
		return err
	}
	at, err := screen.WriteNew(file, write)
	if err != nil {
		return fmt.Errorf("export to %s: %w", file, err)
	}
	if err := st.Record(ctx, store.EntryExport, at, ids...); err != nil {
		return err
	}
	if report.machine() {
		return printJSON(a.out, report, exportJSON{Path: at, Form: form, Items: n})
	}
	a.notef("exported %s", kit.Plural(n, "item"))
	return printf(a.out, "%s\n", at)
}
