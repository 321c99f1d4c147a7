package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// draftJSON is a message that is being written.
type draftJSON struct {
	ID    int64    `json:"id"` // 0: a post, which is dropped by emptying it in its chat
	At    string   `json:"at"` // its last change
	Kind  string   `json:"kind"`
	Chat  string   `json:"chat,omitempty"` // of a post
	To    []string `json:"to"`
	Text  string   `json:"text"`
	Files []string `json:"files"`
	Words string   `json:"words"`
}

func (a *app) draftsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drafts",
		Short: "List what is being written",
		Long: `List the texts, pages, faxes and posts that are being written, the latest first. What was
taken back before it left is among them. The screens go on with them: g o.`,
		Args: cobra.NoArgs,
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		st, err := a.known(cmd.Context())
		if err != nil {
			return err
		}
		list, err := drafts(cmd.Context(), st)
		if err != nil {
			return err
		}
		if form.machine() {
			return printJSON(a.out, form, list)
		}
		for _, d := range list {
			id := strconv.FormatInt(d.ID, 10)
			if d.ID == 0 {
				id = "-"
			}
			if err := printf(a.out, "%4s  %s  %s\n", id, d.At, d.Words); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			a.notef("nothing is being written")
		}
		return nil
	}
	cmd.AddCommand(a.dropDraftCmd())
	return cmd
}

func drafts(ctx context.Context, st *store.Store) ([]draftJSON, error) {
	all, err := st.MessageDrafts(ctx)
	if err != nil {
		return nil, err
	}
	posts, err := st.ChatDrafts(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, posts...)
	slices.SortStableFunc(all, func(a, b store.MessageDraft) int { return b.At.Compare(a.At) })
	list := []draftJSON{}
	for _, d := range all {
		j := draftJSON{ID: d.ID, At: stamp(d.At), Kind: string(d.Message.Kind), To: []string{}, Text: store.Clean(d.Message.Text), Files: []string{}, Words: store.CleanLine(d.Words)}
		if d.Chat != 0 {
			j.Kind, j.Chat = "post", store.CleanLine(d.Title)
		}
		for _, r := range d.Message.To {
			j.To = append(j.To, recipientWord(r))
		}
		j.Files = append(j.Files, d.Message.Files...)
		list = append(list, j)
	}
	return list, nil
}

func (a *app) dropDraftCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "drop ID...", Short: "Forget drafts", Args: cobra.MinimumNArgs(1)}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		words, err := a.expand(args)
		if err != nil {
			return err
		}
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		list, err := drafts(ctx, st)
		if err != nil {
			return err
		}
		there := map[int64]bool{}
		for _, d := range list {
			there[d.ID] = d.ID != 0
		}
		bad := &failed{}
		r := changeJSON{Verb: "drop", State: "confirmed", Items: []string{}}
		for _, w := range words {
			id, err := strconv.ParseInt(w, 10, 64)
			switch {
			case err != nil:
				return &usageError{msg: "draft " + quote(w) + ": want its number", try: "switchboard drafts"}
			case !there[id]:
				bad.add(w, store.ErrNotFound)
				continue
			}
			if err := st.DropMessageDraft(ctx, id); err != nil {
				bad.add(w, err)
				continue
			}
			r.Items = append(r.Items, w)
		}
		if r.Words = "forgotten: " + strings.Join(r.Items, ", "); len(r.Items) == 0 {
			r.Words = ""
		}
		return a.result(r, bad, form)
	}
	return cmd
}

// completeSenders offers the own numbers a message can come from on Tab.
func (a *app) completeSenders(kind store.SendKind) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return a.offer(cmd, word, func(ctx context.Context, st *store.Store) ([]string, error) {
			list, err := st.Senders(ctx, "")
			var out []string
			for _, s := range list {
				if kind == store.SendText && s.Text || kind == store.SendFax && s.Fax {
					out = append(out, s.Number+"\t"+store.CleanLine(s.Label))
				}
			}
			return out, err
		})
	}
}

// completeCovers offers the cover pages of faxes on Tab.
func (a *app) completeCovers(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return a.offer(cmd, word, func(ctx context.Context, st *store.Store) ([]string, error) {
		list, err := st.Covers(ctx, "")
		out := []string{store.CoverNone}
		for _, c := range list {
			out = append(out, c.ID+"\t"+store.CleanLine(c.Name))
		}
		return out, err
	})
}

// offer is what of a list begins with a word. It asks the store alone, and not for long.
func (a *app) offer(cmd *cobra.Command, word string, find func(context.Context, *store.Store) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), time.Second)
	defer cancel()
	st, err := a.known(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, err := find(ctx, st)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, x := range all {
		if strings.HasPrefix(x, word) {
			out = append(out, x)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
