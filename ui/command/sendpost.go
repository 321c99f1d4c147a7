package command

import (
	"strings"

	"github.com/spf13/cobra"
)

// sendPostCmd is `post` among what can be sent, with the chat as a flag like the
// recipients of the others.
func (a *app) sendPostCmd() *cobra.Command {
	var to, files []string
	var answer string
	var dry bool
	cmd := &cobra.Command{
		Use:   "post --to CHAT [TEXT]",
		Short: "Post in a team chat",
		Long: `Post in team chats. CHAT is an id, a name, or a part of a name that only one chat has.
Text that is not on the command line is read from standard input. @Name of a member mentions
them.`,
		Example:           "  switchboard send post --to Support 'the fax line is up again'",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	form := formatFlags(cmd)
	cmd.Flags().StringArrayVarP(&to, "to", "t", nil, "in which chat; may be given again")
	cmd.Flags().StringArrayVar(&files, "file", nil, "send this file along, of up to 30 MB; may be given again")
	cmd.Flags().StringVar(&answer, "reply", "", "answer this post (its id)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "check it, print what it comes to, and send nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(to) == 0 {
			return &usageError{msg: "send post: in which chat is missing", try: "--to CHAT; switchboard chats lists them"}
		}
		text, err := a.posted(strings.Join(args, " "), files)
		if err != nil {
			return err
		}
		return a.postAll(cmd.Context(), to, text, answer, files, dry, form)
	}
	return cmd
}
