package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// mailboxRoom is how full a mailbox is, for scripts.
type mailboxRoom struct {
	store.Retention
	Limited bool          `json:"limited"` // the limit on the mailbox holds
	Nearly  bool          `json:"nearly_full"`
	Full    string        `json:"full_about"` // RFC 3339; "" when it cannot be told
	Next    []leavingJSON `json:"next"`       // what leaves next
}

type leavingJSON struct {
	ID       string `json:"id"`
	Cause    string `json:"cause"` // full, age, sent or trash
	At       string `json:"at"`    // RFC 3339; "" when it cannot be told
	About    bool   `json:"about"` // at is as messages came in of late
	After    int    `json:"after"` // of full: how many more have to come in first
	Archived bool   `json:"archived"`
	Words    string `json:"words"`
	row      store.Row
}

func (a *app) retentionCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retention",
		Short: "Show how full the mailboxes are and what leaves them next",
		Long: `Show how full the mailboxes are, what the service drops next and when, and what is
kept here of what it has dropped. By RingCentral's documents a mailbox keeps 200
voice and fax messages, sent faxes 30 days, accounts under HIPAA 30 days, and the
trash 5 days; where the account's own setting may be read, that counts. The
config says it better: [retention] inbox, days, sent_fax_days, trash_days, hipaa.

What is about to leave is taken in by itself while the program runs or syncs
([archive] on = false turns that off); --archive does so now.`,
		Args: cobra.NoArgs,
	}
	form := formatFlags(cmd)
	now := cmd.Flags().Bool("archive", false, "take in now what is about to leave")
	limit := cmd.Flags().IntP("limit", "n", 10, "of each mailbox, tell at most so many messages that leave next")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *limit < 0 {
			return usagef("--limit %d: want 0 or more", *limit)
		}
		return a.retention(cmd.Context(), form, *now, *limit)
	}
	return cmd
}

func (a *app) retention(ctx context.Context, form *format, archive bool, limit int) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	if archive {
		if err := a.archive(ctx, st); err != nil {
			return err
		}
	}
	list, err := st.Retention(ctx)
	if err != nil {
		return err
	}
	now := a.env.Now()
	out := []mailboxRoom{}
	for _, r := range list {
		room := mailboxRoom{Retention: r, Limited: r.Limited(), Nearly: r.Nearly(), Next: []leavingJSON{}}
		if at := r.Full(now); !at.IsZero() {
			room.Full = stamp(at)
		}
		if room.Next, err = a.leaving(ctx, st, r, limit); err != nil {
			return err
		}
		out = append(out, room)
	}
	if form.machine() {
		return printJSON(a.out, form, out)
	}
	for _, r := range out {
		if err := a.printRoom(r, now); err != nil {
			return err
		}
	}
	return nil
}

// archive takes in what is about to leave.
func (a *app) archive(ctx context.Context, st *store.Store) error {
	if a.cfg.Keep.Off {
		return &usageError{msg: "the archive is off", try: "[archive] on = true in the config"}
	}
	if err := a.connect(st, nil); err != nil {
		return err
	}
	n, err := st.Archive(ctx)
	if err != nil {
		return err
	}
	a.notef("%s taken in", kit.Plural(n, "message"))
	return nil
}

// leaving is what leaves a mailbox next, soonest first.
func (a *app) leaving(ctx context.Context, st *store.Store, r store.Retention, limit int) ([]leavingJSON, error) {
	out := []leavingJSON{}
	rows, err := st.Leaving(ctx, r, limit)
	if err != nil {
		return nil, err
	}
	now := a.env.Now()
	for _, row := range rows {
		l, ok := r.Leaves(row, now)
		if !ok {
			continue
		}
		j := leavingJSON{
			ID: row.ID.String(), Cause: string(l.Cause), About: l.About, After: l.After, Archived: row.Kept >= row.Files, row: row,
			Words: screen.LeaveWords(l, r, now, time.Local),
		}
		if !l.At.IsZero() {
			j.At = stamp(l.At)
		}
		out = append(out, j)
	}
	return out, nil
}

func (a *app) printRoom(r mailboxRoom, now time.Time) error {
	lines := []string{r.Name + "  " + r.Account}
	if service, _, _ := strings.Cut(r.Account, ":"); service != "ringcentral" {
		lines = append(lines, "  "+titleOf(service)+" does not tell how long it keeps messages")
	} else if r.Rules == (store.RetentionRules{}) {
		lines = append(lines, "  how long messages are kept is not known yet; switchboard sync asks")
	} else {
		gauge := screen.GaugeWords(r.Retention)
		if r.Limited {
			gauge = "▕" + kit.Bar(int64(r.Used), int64(r.Rules.Inbox), 20) + "▏ " + gauge
		}
		lines = append(lines, "  "+gauge)
		if pace := screen.PaceWords(r.Retention, now, time.Local); pace != "" {
			lines = append(lines, "  "+pace)
		}
	}
	for _, l := range screen.KeptWords(r.Retention, now) {
		lines = append(lines, "  "+l)
	}
	for _, l := range r.Next {
		here := ""
		if l.Archived {
			here = "; here"
		}
		lines = append(lines, fmt.Sprintf("  %s  %s %s: %s%s", l.ID, l.row.Kind, screen.With(l.row), l.Words, here))
	}
	for _, l := range lines {
		if err := printf(a.out, "%s\n", store.CleanLine(l)); err != nil {
			return err
		}
	}
	return nil
}
