package command

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/keymap"
	"switchboard/ui/kit"
)

type versionJSON struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Time     string `json:"time"` // of the commit
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

// version is what the build says of itself.
func version() versionJSON {
	v := versionJSON{Version: "dev", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if m := info.Main.Version; m != "" && m != "(devel)" {
		v.Version = m
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (a *app) versionCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "The version of this program"}
	form := formatFlags(cmd)
	cmd.RunE = func(*cobra.Command, []string) error { return a.printVersion(form.machine()) }
	return cmd
}

func (a *app) printVersion(machine bool) error {
	v := version()
	if machine {
		return printJSON(a.out, &format{json: true}, v)
	}
	commit := ""
	if v.Commit != "" {
		commit = " " + v.Commit[:min(12, len(v.Commit))]
	}
	if v.Modified {
		commit += " (changed)"
	}
	return printf(a.out, "switchboard %s%s, %s, %s\n", v.Version, commit, v.Go, v.System)
}

func (a *app) completionCmd() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes commands on Tab",
		Long: `Print a script that completes commands, flags and query fields on Tab.

  bash:  switchboard completion bash > ~/.local/share/bash-completion/completions/switchboard
  zsh:   switchboard completion zsh > "${fpath[1]}/_switchboard"
  fish:  switchboard completion fish > ~/.config/fish/completions/switchboard.fish
  powershell:  switchboard completion powershell | Out-String | Invoke-Expression`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.out, true)
			case "zsh":
				return root.GenZshCompletion(a.out)
			case "fish":
				return root.GenFishCompletion(a.out, true)
			}
			return root.GenPowerShellCompletionWithDesc(a.out)
		},
	}
}

type keyJSON struct {
	View   string   `json:"view"`
	Group  string   `json:"group"`
	Keys   []string `json:"keys"`
	Action string   `json:"action"`
	Words  string   `json:"words"`
	Yours  bool     `json:"yours"` // a key of it comes from the config
}

func (a *app) keysCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "All keys of the screens, as they are bound now",
	}
	form := formatFlags(cmd)
	md := cmd.Flags().Bool("markdown", false, "print the tables of the README")
	preset := choice(cmd, "preset", "", keymap.Presets(), "show this preset instead of the one of the config")
	cmd.RunE = func(*cobra.Command, []string) error {
		if *preset != "" {
			if err := checkChoice("preset", *preset, keymap.Presets()); err != nil {
				return err
			}
		}
		m, err := a.keys(*preset)
		if err != nil {
			return err
		}
		switch {
		case *md:
			_, err = fmt.Fprint(a.out, m.Markdown())
		case form.machine():
			err = printJSON(a.out, form, keyList(m))
		default:
			err = a.printKeys(m)
		}
		return err
	}
	return cmd
}

func keyList(m keymap.Map) []keyJSON {
	out := []keyJSON{}
	for _, v := range keymap.Views() {
		for _, sec := range m.Help(keymap.Stack(v)) {
			for _, r := range sec.Rows {
				out = append(out, keyJSON{
					View: string(v), Group: sec.Title, Keys: list(r.Keys), Action: string(r.Action), Words: r.Words, Yours: r.Yours,
				})
			}
		}
	}
	return out
}

func (a *app) printKeys(m keymap.Map) error {
	for _, v := range keymap.Views() {
		if err := printf(a.out, "%s\n", strings.ToUpper(string(v))); err != nil {
			return err
		}
		for _, sec := range m.Help(keymap.Stack(v)) {
			if _, err := fmt.Fprintf(a.out, "  %s\n", sec.Title); err != nil {
				return err
			}
			for _, r := range sec.Rows {
				if _, err := fmt.Fprintf(a.out, "    %s  %s\n", kit.Fit(strings.Join(r.Keys, ", "), 20), r.Words); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
