package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// The ports registered for the sign-in's way back, in the order in which they
// are tried.
func defaultPorts() []int { return []int{53682, 53683, 53684} }

// loginTime is how long a person may take in the browser.
const loginTime = 10 * time.Minute

type loginOptions struct {
	base, media, clientID string
	secret, secretFile    string
	jwt, jwtFile          string
	ports                 []int
	name                  string
	noBrowser             bool
	form                  *format
}

func (a *app) loginRingCentral() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ringcentral",
		Short: "Sign in to RingCentral in the browser, or with a JWT",
		Long: `Sign in to RingCentral: in the browser (authorization code with PKCE), or with a
JWT where there is no person to ask. Where no browser can be opened, as over
SSH, the address is printed and the one the browser ends on is pasted back.

Secrets can be read from a file, or from standard input with "-", so that none
shows in the list of processes.`,
		Example: `  switchboard login ringcentral --client-id ID
  switchboard login ringcentral --client-id ID --client-secret-file secret --jwt-file - < jwt`,
	}
	o := &loginOptions{form: formatFlags(cmd)}
	f := cmd.Flags()
	f.StringVar(&o.base, "base-url", "", "address of the service (default "+defaultBase+")")
	f.StringVar(&o.media, "media-url", "", "address of its media host (default: made from --base-url)")
	f.StringVar(&o.clientID, "client-id", "", "client id of the application, from the developer console")
	f.StringVar(&o.secret, "client-secret", "", "secret of a confidential application; better --client-secret-file")
	f.StringVar(&o.secretFile, "client-secret-file", "", "file with the secret (- for standard input)")
	f.StringVar(&o.jwt, "jwt", "", "JWT of the person; better --jwt-file")
	f.StringVar(&o.jwtFile, "jwt-file", "", "file with the JWT (- for standard input)")
	f.IntSliceVar(&o.ports, "ports", nil, "ports for the way back from the browser (default 53682,53683,53684)")
	f.StringVar(&o.name, "name", "", "what to call the account")
	f.BoolVar(&o.noBrowser, "no-browser", false, "print the address instead of opening a browser")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.enterRingCentral(cmd.Context(), o) }
	return cmd
}

func (a *app) enterRingCentral(ctx context.Context, o *loginOptions) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := o.fill(c.Accounts["ringcentral"]); err != nil {
		return err
	}
	as, err := a.readApplication(o)
	if err != nil {
		return err
	}
	acc := SignedIn{Service: "ringcentral", BaseURL: o.base, MediaURL: o.media, ClientID: o.clientID, How: "browser"}
	if as.jwt != "" {
		acc.How = "jwt"
	}
	held := newMemoryVault()
	auth := newOAuth(acc, as, held)
	client, err := a.clientWith(acc, auth, api.NewBudget(api.SystemClock{}))
	if err != nil {
		return err
	}
	defer client.Close()
	if as.jwt != "" {
		_, err = auth.LoginJWT(ctx, as.jwt)
	} else {
		err = a.loginBrowser(ctx, auth, o)
	}
	if err != nil {
		return refused(err, "check the client id, the secret and the JWT")
	}
	who, err := adapter.Identify(ctx, client)
	if err != nil {
		return err
	}
	acc.Key = who.Key
	acc.Name = store.CleanLine(firstOf(o.name, who.Name))
	acc.Number = store.CleanLine(who.Number)
	return a.keepLogin(ctx, entry{
		acc: acc, secrets: map[string]string{secretName: as.secret, jwtName: as.jwt}, held: held, as: auth.Account,
	}, o.form)
}

// fill puts the config's and the shipped values where no flag was given.
func (o *loginOptions) fill(d AccountDefaults) error {
	o.base = strings.TrimSuffix(firstOf(o.base, d.BaseURL, defaultBase), "/")
	media := d.MediaURL
	if o.base != strings.TrimSuffix(firstOf(d.BaseURL, defaultBase), "/") {
		media = "" // the config's belongs to the config's base URL
	}
	o.media = strings.TrimSuffix(firstOf(o.media, media, mediaOf(o.base)), "/")
	o.clientID = firstOf(o.clientID, d.ClientID)
	if len(o.ports) == 0 {
		o.ports = d.Ports
	}
	if len(o.ports) == 0 {
		o.ports = defaultPorts()
	}
	for _, p := range o.ports {
		if p < 1 || p > 65535 {
			return usagef("--ports %d: want 1 to 65535", p)
		}
	}
	if err := checkAddresses(defaultBase, []flagValue{{"--base-url", o.base}, {"--media-url", o.media}}); err != nil {
		return err
	}
	if o.clientID == "" {
		return &usageError{msg: "login: --client-id is missing", try: "switchboard login ringcentral --client-id ID   (from the developer console)"}
	}
	return nil
}

// readApplication reads the secrets from where the flags say.
func (a *app) readApplication(o *loginOptions) (application, error) {
	if o.secret != "" && o.secretFile != "" || o.jwt != "" && o.jwtFile != "" {
		return application{}, usagef("give a secret itself or its file, not both")
	}
	for v, file := range map[*string]*string{&o.secret: &o.secretFile, &o.jwt: &o.jwtFile} {
		if *v == "-" {
			*v, *file = "", "-"
		}
	}
	if o.secretFile == "-" && o.jwtFile == "-" {
		return application{}, usagef("standard input can carry the client secret or the JWT, not both")
	}
	as := application{secret: o.secret, jwt: o.jwt}
	var err error
	if o.secretFile != "" {
		if as.secret, err = a.readSecret(o.secretFile); err != nil {
			return application{}, fmt.Errorf("client secret: %w", err)
		}
	}
	if o.jwtFile != "" {
		if as.jwt, err = a.readSecret(o.jwtFile); err != nil {
			return application{}, fmt.Errorf("JWT: %w", err)
		}
	}
	return as, nil
}

// loginBrowser signs in with the browser, or with a pasted address.
func (a *app) loginBrowser(ctx context.Context, auth *api.OAuth, o *loginOptions) error {
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	open := a.env.Browse
	if o.noBrowser || !a.hasBrowser() {
		open = nil
	}
	if open != nil {
		a.notef("Your browser shows the sign-in page now.")
	}
	_, err := auth.LoginBrowser(ctx, api.BrowserLogin{
		Ports: o.ports,
		Open:  open,
		Prompt: func(address string) (string, error) {
			a.notef("Open this address in a browser, sign in, and paste here the address it ends on:")
			a.notef("%s", address)
			line, err := bufio.NewReader(io.LimitReader(a.in, 32<<10)).ReadString('\n')
			if strings.TrimSpace(line) == "" {
				if err == nil || errors.Is(err, io.EOF) {
					err = errors.New("no address was pasted")
				}
				return "", err
			}
			return strings.TrimSpace(line), nil
		},
	})
	return err
}

// hasBrowser reports whether a browser can be expected to open where the
// person sits: not over SSH, and not without a display.
func (a *app) hasBrowser() bool {
	for _, k := range []string{"SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"} {
		if a.env.Getenv(k) != "" {
			return false
		}
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	return a.env.Getenv("DISPLAY") != "" || a.env.Getenv("WAYLAND_DISPLAY") != "" || a.env.Getenv("BROWSER") != ""
}
