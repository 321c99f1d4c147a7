package command

import (
	"github.com/spf13/cobra"

	"switchboard/store"
)

func (a *app) holdCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hold ID...|QUERY",
		Short: "Keep messages on this machine, whatever happens",
		Long: `Keep messages on this machine, whatever happens: neither the limit of the cache nor
"remove from this machine" nor the end of an account removes what is held. What is
not here yet is fetched in the background. is:held finds what is held.` + targetsHelp,
		Example: "  switchboard hold 06q8g1zk4t2ax --why \"claim 4711\"\n  switchboard list is:held",
		Args:    cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	why := cmd.Flags().String("why", "", "the reason, for the journal")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.act(cmd.Context(), args, store.Change{Verb: store.VerbHold, Text: *why}, o)
	}
	return cmd
}

func (a *app) unholdCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "unhold ID...|QUERY",
		Short: "Hold messages no longer",
		Long:  "Hold messages no longer: their files may be removed from this machine like others." + targetsHelp,
		Args:  cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.act(cmd.Context(), args, store.Change{Verb: store.VerbUnhold}, o)
	}
	return cmd
}
