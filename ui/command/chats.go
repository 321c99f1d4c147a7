package command

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// chatsCmd lists the chats.
func (a *app) chatsCmd() *cobra.Command {
	var q store.ChatQuery
	var limit int
	cmd := &cobra.Command{
		Use:   "chats [WORDS]",
		Short: "List team chats, those with the latest activity first",
		Long: `List team chats: teams, groups and direct chats one is a member of, those with the
latest activity first. Words select those with them in the name. The posts themselves
are items: "list in:posts" has them.`,
		Example: "  switchboard chats --unread\n  switchboard chats --json | jq -r '.[] | select(.mentions > 0) | .title'",
		Args:    cobra.ArbitraryArgs,
	}
	f := formatFlags(cmd)
	cmd.Flags().BoolVar(&q.Unread, "unread", false, "only those with unread posts")
	cmd.Flags().BoolVar(&q.Joinable, "joinable", false, "instead, public teams one is not a member of")
	cmd.Flags().IntVarP(&limit, "limit", "n", 0, "print at most this many (0: all)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Text = strings.Join(args, " ")
		if limit < 0 {
			return usagef("--limit %d: want 0 or more", limit)
		}
		return a.chats(cmd.Context(), q, limit, f)
	}
	return cmd
}

func (a *app) chats(ctx context.Context, q store.ChatQuery, limit int, f *format) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	var all []store.Chat
	at := int64(0)
	for more := true; more; {
		w, err := st.ChatWindow(ctx, q, at, 0, pageRows)
		if err != nil {
			return err
		}
		if at != 0 && len(w.Rows) > 0 { // the row the last page ended with
			w.Rows = w.Rows[1:]
		}
		all = append(all, w.Rows...)
		more = !w.End && len(w.Rows) > 0 && (limit == 0 || len(all) < limit)
		if more {
			at = all[len(all)-1].ID
		}
	}
	if limit > 0 {
		all = all[:min(len(all), limit)]
	}
	if f.machine() {
		if all == nil {
			all = []store.Chat{}
		}
		return printJSON(a.out, f, all)
	}
	out := bufio.NewWriter(a.out)
	for _, c := range all {
		unread := ""
		if c.Unread > 0 {
			unread = fmt.Sprint(c.Unread)
		}
		if c.Mentions > 0 {
			unread = "@" + unread
		}
		fmt.Fprintf(out, "%-14s %-8s %6s  %s  %s\n", c.Remote, c.Type, unread, kit.Fit(c.Title, 28), kit.Cut(c.Latest, 60))
	}
	return out.Flush()
}

// postCmd posts in a chat.
func (a *app) postCmd() *cobra.Command {
	var files []string
	var answer string
	cmd := &cobra.Command{
		Use:   "post CHAT [TEXT]",
		Short: "Post in a team chat",
		Long: `Post in a team chat. CHAT is its id, its name, or a part of the name that only one has.
TEXT may be several words; "-", or none with --file missing, reads it from standard input. @Name of
a member mentions them.`,
		Example: "  switchboard post Support 'the fax line is up again'\n  switchboard post Support --file report.pdf 'as promised'",
		Args:    cobra.MinimumNArgs(1),
	}
	cmd.Flags().StringArrayVar(&files, "file", nil, "send this file along, of up to 30 MB; may be given again")
	cmd.Flags().StringVar(&answer, "reply", "", "answer this post (its id)")
	form := formatFlags(cmd)
	dry := cmd.Flags().Bool("dry-run", false, "check it, print what it comes to, and post nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := a.posted(strings.Join(args[1:], " "), files)
		if err != nil {
			return err
		}
		return a.postAll(cmd.Context(), args[:1], text, answer, files, *dry, form)
	}
	return cmd
}

// posted is the text of a post, read from standard input where it has to be.
func (a *app) posted(text string, files []string) (string, error) {
	if text == "" && len(files) == 0 {
		text = "-"
	}
	return a.words(text, "the text")
}

// postAll posts a text in chats.
func (a *app) postAll(ctx context.Context, chats []string, text, answer string, files []string, dry bool, form *format) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	if files, err = filesNamed(files); err != nil {
		return err
	}
	posts := make([]store.NewPost, len(chats))
	names := make([]string, len(chats))
	for i, name := range chats { // all of them before any is posted
		if posts[i], names[i], err = newPost(ctx, st, name, text, answer, files); err != nil {
			return err
		}
		if _, err := store.CheckPost(posts[i]); err != nil {
			return asRefused("not posted", err)
		}
	}
	if dry {
		check, err := store.CheckPost(posts[0])
		if err != nil {
			return err
		}
		return a.printCheck("post", names, check, form)
	}
	results, bad := []changeJSON{}, &failed{}
	for _, p := range posts {
		op, err := st.SendPost(ctx, p)
		if err != nil {
			return err
		}
		if len(posts) == 1 {
			return a.finish(ctx, st, op, bad, form)
		}
		r, err := a.outcome(ctx, st, op)
		if err != nil {
			bad.add(r.Job, err)
		}
		results = append(results, r)
	}
	if form.machine() {
		err = printJSON(a.out, form, results)
	}
	for _, r := range results {
		if err == nil && !form.machine() && r.State != "failed" {
			err = printf(a.out, "%s\n", r.Words)
		}
	}
	return cmp.Or(err, a.failures(bad))
}

// newPost puts together a post in a chat, and says what the chat is called.
func newPost(ctx context.Context, st *store.Store, to, text, answer string, files []string) (store.NewPost, string, error) {
	c, err := st.FindChat(ctx, to)
	if err != nil {
		return store.NewPost{}, "", err
	}
	n := store.NewPost{Chat: c.ID, Text: text, Files: files}
	if answer != "" {
		id, err := st.Resolve(ctx, answer)
		if err != nil {
			return n, "", err
		}
		p, err := st.PostOf(ctx, id)
		if err != nil {
			return n, "", err
		}
		if p.Chat != c.ID {
			return n, "", usagef("post %s is not in %s", id, c.Title)
		}
		n.Parent, n.Thread = p.Remote, p.Thread
	}
	n.Text, err = mentioned(ctx, st, c, n.Text)
	return n, c.Title, err
}

// mentioned makes mentions of @Names of the chat's members.
func mentioned(ctx context.Context, st *store.Store, c store.Chat, text string) (string, error) {
	if !strings.Contains(text, "@") {
		return text, nil
	}
	members, err := st.Persons(ctx, c.Account, c.ID, "", 5000)
	if err != nil {
		return "", err
	}
	picked := make([]store.Mention, len(members))
	for i, p := range members {
		picked[i] = store.Mention{Type: "Person", ID: p.Remote, Name: p.Name}
	}
	return store.MarkMentions(text, picked), nil
}
