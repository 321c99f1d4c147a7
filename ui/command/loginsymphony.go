package command

import (
	"context"
	"crypto/rsa"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	adapter "switchboard/store/symphony"
)

type symphonyOptions struct {
	pod, agent, keyManager string
	username               string
	keyFile, passwordFile  string
	certificateFile        string
	sessionAuth, keyAuth   string
	fileIDs                *string
	name                   string
	form                   *format
}

func (a *app) loginSymphony() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "symphony",
		Short: "Sign in to Symphony with a service account's RSA key, or a certificate",
		Long: `Sign in to Symphony as a service account, with its RSA private key (PEM: PKCS#1 or
PKCS#8). The password of an encrypted key is asked for at the terminal, or read
from --private-key-password-file. The pod has to know the public key: an
administrator enters it with the account.

Three servers belong to an account: the pod, the agent and the key manager. The
last two are at the pod's address unless you say so; the key manager is asked only
where the account needs it.

The key is kept where tokens are kept (the system's keyring, or a file only you can
read), so that the file is not needed any more.

With --certificate-file the older way is taken: a TLS client certificate, with its
key in the same file or in --private-key-file.`,
		Example: `  switchboard login symphony --pod-url https://acme.symphony.com --username desk-bot --private-key-file desk-bot.pem
  switchboard login symphony --pod-url https://acme.symphony.com --agent-url https://agent.acme.example:8443 \
    --username desk-bot --certificate-file desk-bot-cert.pem --private-key-file desk-bot-key.pem`,
	}
	o := &symphonyOptions{form: formatFlags(cmd)}
	f := cmd.Flags()
	f.StringVar(&o.pod, "pod-url", "", "address of the pod, such as https://acme.symphony.com")
	f.StringVar(&o.agent, "agent-url", "", "address of the agent (default: the pod's)")
	f.StringVar(&o.keyManager, "key-manager-url", "", "address of the key manager (default: the pod's, if one is needed)")
	f.StringVar(&o.username, "username", "", "user name of the service account")
	f.StringVar(&o.keyFile, "private-key-file", "", "file with its private key (- for standard input)")
	f.StringVar(&o.passwordFile, "private-key-password-file", "", "file with the key's password (- for standard input); else it is asked for")
	f.StringVar(&o.certificateFile, "certificate-file", "", "file with its certificate, to sign in with that")
	f.StringVar(&o.sessionAuth, "session-auth-url", "", "where the pod takes certificates (default: its address, port 8444)")
	f.StringVar(&o.keyAuth, "key-auth-url", "", "where the key manager takes certificates (default: its address, port 8444)")
	o.fileIDs = choice(cmd, "file-ids", "", fileIDs(), "how ids of files are sent first; the other way is tried where that fails")
	f.StringVar(&o.name, "name", "", "what to call the account")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.enterSymphony(cmd.Context(), o) }
	return cmd
}

func (a *app) enterSymphony(ctx context.Context, o *symphonyOptions) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := o.fill(c.Accounts["symphony"]); err != nil {
		return err
	}
	key, chain, err := a.symphonyKey(ctx, o)
	if err != nil {
		return err
	}
	acc := SignedIn{Service: "symphony", BaseURL: o.pod, How: "key", Symphony: &SymphonySignIn{
		AgentURL: o.agent, KeyManagerURL: o.keyManager, Username: o.username,
		SessionAuthURL: o.sessionAuth, KeyAuthURL: o.keyAuth, FileIDs: *o.fileIDs, Certificate: chain,
	}}
	if chain != nil {
		acc.How = "certificate"
	}
	var private string
	if private, acc.Symphony.PublicKey, err = keepKey(key); err != nil {
		return err
	}
	held := newMemoryVault()
	client, err := a.symphonyClient(acc, held, knownKey(key))
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.SignIn(ctx); err != nil {
		return refused(err, "check the user name, the key, and that the pod has its public half")
	}
	who, err := adapter.Identify(ctx, client)
	if err != nil {
		return err
	}
	acc.Key = who.Key
	acc.Name = store.CleanLine(firstOf(o.name, who.Name))
	acc.Number = store.CleanLine(who.Number)
	return a.keepLogin(ctx, entry{acc: acc, secrets: map[string]string{privateKeyName: private}, held: held}, o.form)
}

// symphonyKey reads what signs, and the certificate if there is one.
func (a *app) symphonyKey(ctx context.Context, o *symphonyOptions) (*rsa.PrivateKey, [][]byte, error) {
	if o.certificateFile == "" {
		key, err := a.readKey(ctx, o.keyFile, o.passwordFile)
		return key, nil, err
	}
	chain, raw, err := a.readCertificate(o.certificateFile)
	if err != nil {
		return nil, nil, err
	}
	name := o.certificateFile
	if o.keyFile != "" {
		name = o.keyFile
		if raw, err = a.readFile(name); err != nil {
			return nil, nil, err
		}
	}
	key, err := a.parseKey(ctx, raw, name, o.passwordFile)
	if err == nil && !fits(key, chain[0]) {
		err = usagef("the key in %s is not the one of the certificate in %s", name, o.certificateFile)
	}
	return key, chain, err
}

// fill puts the config's values where no flag was given.
func (o *symphonyOptions) fill(d AccountDefaults) error {
	trim := func(s string) string { return strings.TrimRight(strings.TrimSpace(s), "/") }
	o.pod = trim(firstOf(o.pod, d.BaseURL))
	o.agent = trim(firstOf(o.agent, d.AgentURL, o.pod))
	o.keyManager = trim(firstOf(o.keyManager, d.KeyManagerURL))
	o.sessionAuth, o.keyAuth = trim(firstOf(o.sessionAuth, d.SessionAuthURL)), trim(firstOf(o.keyAuth, d.KeyAuthURL))
	o.username = firstOf(o.username, d.Username)
	o.certificateFile = firstOf(o.certificateFile, d.CertificateFile)
	o.keyFile = firstOf(o.keyFile, d.KeyFile)
	*o.fileIDs = firstOf(*o.fileIDs, d.FileIDs)
	const example = "switchboard login symphony --pod-url https://acme.symphony.com --username NAME --private-key-file FILE"
	for _, m := range []struct{ flag, value string }{{"--pod-url", o.pod}, {"--username", o.username}, {"--private-key-file", firstOf(o.keyFile, o.certificateFile)}} {
		if m.value == "" {
			return &usageError{msg: "login: " + m.flag + " is missing", try: example}
		}
	}
	if *o.fileIDs != "" {
		if err := checkChoice("file-ids", *o.fileIDs, fileIDs()); err != nil {
			return err
		}
	}
	if o.passwordFile == "-" && (o.keyFile == "-" || o.certificateFile == "-") {
		return usagef("standard input can carry the key or its password, not both")
	}
	return checkAddresses("https://acme.symphony.com", []flagValue{
		{"--pod-url", o.pod},
		{"--agent-url", o.agent},
		{"--key-manager-url", o.keyManager},
		{"--session-auth-url", o.sessionAuth},
		{"--key-auth-url", o.keyAuth},
	})
}
