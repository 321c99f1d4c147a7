package command

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	adapter "switchboard/store/emailgistics"
)

type emailgisticsOptions struct {
	base         string
	key, keyFile string
	wrapped      bool
	spool        string
	name         string
	form         *format
}

func (a *app) loginEmailgistics() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "emailgistics",
		Short: "Sign in to Emailgistics with an API key",
		Long: `Sign in to Emailgistics with an API key, which a system administrator makes under API
Access. What the key may do is fixed when it is made, and is shown: "reporting" and
"messages:read" find messages and list their attachments, "messages:content"
downloads them.

The address is the one of your region; it is shown where the key is made. The key is
asked for at the terminal, or read from --api-key-file ("-" is standard input), so
that it shows in no list of processes.

--spool names a folder into which another program puts webhook deliveries as JSON
files: each is taken in at once, and moved to taken/ in it, or to bad/ with the reason.`,
		Example: `  switchboard login emailgistics --base-url https://c1.emailgistics.com
  switchboard login emailgistics --base-url https://c1.emailgistics.com --api-key-file - < key`,
	}
	o := &emailgisticsOptions{form: formatFlags(cmd)}
	f := cmd.Flags()
	f.StringVar(&o.base, "base-url", "", "address of your region, such as https://c1.emailgistics.com")
	f.StringVar(&o.key, "api-key", "", "the API key; better --api-key-file")
	f.StringVar(&o.keyFile, "api-key-file", "", "file with the API key (- for standard input); else it is asked for")
	f.BoolVar(&o.wrapped, "report-wrapped", false, `ask for reports with the request inside {"parameters":...}`)
	f.StringVar(&o.spool, "spool", "", "folder in which webhook deliveries arrive as JSON files")
	f.StringVar(&o.name, "name", "", "what to call the account")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.enterEmailgistics(cmd.Context(), o, cmd.Flags().Changed("report-wrapped"))
	}
	return cmd
}

func (a *app) enterEmailgistics(ctx context.Context, o *emailgisticsOptions, wrappedGiven bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	d := c.Accounts["emailgistics"]
	if !wrappedGiven {
		o.wrapped = d.Wrapped
	}
	if err := o.fill(d); err != nil {
		return err
	}
	key, err := a.apiKey(ctx, o)
	if err != nil {
		return err
	}
	acc := SignedIn{
		Service: "emailgistics", BaseURL: o.base, How: "api-key",
		Emailgistics: &EmailgisticsSignIn{Wrapped: o.wrapped, Spool: o.spool},
	}
	client, err := a.emailgisticsClient(acc, func(context.Context) (string, error) { return key, nil })
	if err != nil {
		return err
	}
	defer client.Close()
	can, err := client.Probe(ctx)
	if err != nil {
		return refused(err, "check the API key, and that the address is the one of your region")
	}
	who, err := adapter.Identify(ctx, client, o.name)
	if err != nil {
		return err
	}
	acc.Key = who.Key
	acc.Name = store.CleanLine(firstOf(o.name, who.Name))
	if list, err := readAccounts(a.dir); err == nil && slices.ContainsFunc(list, func(old SignedIn) bool { return old.Key == acc.Key }) {
		a.notef("This key takes the place of the one that was kept for %s; --name makes it another account.", acc.Name)
	}
	if err := a.keepLogin(ctx, entry{acc: acc, secrets: map[string]string{apiKeyName: key}}, o.form); err != nil {
		return err
	}
	a.notef("This key can: %s.", strings.Join(keyWords(can), "; "))
	return nil
}

// fill puts the config's values where no flag was given.
func (o *emailgisticsOptions) fill(d AccountDefaults) (err error) {
	o.base = strings.TrimRight(strings.TrimSpace(firstOf(o.base, d.BaseURL)), "/")
	if o.base == "" {
		return &usageError{msg: "login: --base-url is missing", try: "switchboard login emailgistics --base-url https://c1.emailgistics.com   (the address of your region)"}
	}
	if err := checkAddresses("https://c1.emailgistics.com", []flagValue{{"--base-url", o.base}}); err != nil {
		return err
	}
	if o.key != "" && o.keyFile != "" {
		return usagef("give the API key itself or its file, not both")
	}
	if o.key == "-" {
		o.key, o.keyFile = "", "-"
	}
	if o.spool = firstOf(o.spool, d.Spool); o.spool == "" {
		return nil
	}
	if o.spool, err = path(o.spool); err != nil {
		return err
	}
	if info, err := os.Stat(o.spool); err != nil || !info.IsDir() {
		return &usageError{msg: "--spool " + quote(o.spool) + " is no folder", try: "mkdir " + shellWord(o.spool)}
	}
	return nil
}

// apiKey is the key: typed, from a file, or asked for.
func (a *app) apiKey(ctx context.Context, o *emailgisticsOptions) (key string, err error) {
	switch {
	case o.key != "":
		key = o.key
	case o.keyFile != "":
		key, err = a.readSecret(o.keyFile)
	default:
		key, err = a.askSecret(ctx, "API key: ")
		if errors.Is(err, errNobody) {
			return "", &usageError{msg: "login: --api-key-file is missing, and there is no terminal to ask for the key", try: "switchboard login emailgistics --base-url " + shellWord(o.base) + " --api-key-file FILE"}
		}
	}
	if err != nil {
		return "", err
	}
	if key = strings.TrimSpace(key); key == "" {
		return "", usagef("login: no API key was given")
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", usagef("login: the API key holds a space or a character that no key has: was all of it, and nothing else, copied?")
	}
	return key, nil
}
