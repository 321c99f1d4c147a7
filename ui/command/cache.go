package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

type cacheJSON struct {
	store.CacheInfo
	Cleared      int   `json:"cleared"` // files removed just now
	ClearedBytes int64 `json:"cleared_bytes"`
}

func (a *app) cacheCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Show how much content is kept on this machine",
		Long: `Show how much content of attachments is kept on this machine, and of how much the
limit is: cache = "2 GB" in the config. Above it, what was of no use for longest
is removed here and fetched again when it is wanted. What was saved or is held,
and what the service has in its trash or no longer has, is never removed.`,
		Args: cobra.NoArgs,
	}
	form := formatFlags(cmd)
	empty := cmd.Flags().Bool("clear", false, "remove all that can be fetched again")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		st, err := a.store(cmd.Context())
		if err != nil {
			return err
		}
		var out cacheJSON
		if *empty {
			if out.Cleared, out.ClearedBytes, err = st.ClearCache(cmd.Context()); err != nil {
				return err
			}
		}
		if out.CacheInfo, err = st.Cache(cmd.Context()); err != nil {
			return err
		}
		if form.machine() {
			return printJSON(a.out, form, out)
		}
		return a.printCache(out, *empty)
	}
	return cmd
}

func (a *app) printCache(c cacheJSON, cleared bool) error {
	limit := "no limit"
	if c.Limit > 0 {
		limit = "at most " + kit.Size(c.Limit)
	}
	lines := []string{fmt.Sprintf("%s in %s (%s)", kit.Size(c.Bytes), kit.Plural(c.Files, "file"), limit)}
	if c.Protected > 0 {
		lines = append(lines, fmt.Sprintf("%s stay: %d saved, %d held, %d no longer with the service", kit.Size(c.Protected), c.Saved, c.Held, c.Gone))
	}
	if c.Part > 0 {
		lines = append(lines, fmt.Sprintf("%s of downloads that are not through", kit.Size(c.Part)))
	}
	if cleared {
		lines = append(lines, fmt.Sprintf("removed %s in %s", kit.Size(c.ClearedBytes), kit.Plural(c.Cleared, "file")))
	}
	for _, line := range lines {
		if err := printf(a.out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}
