package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// SignedIn is one account of accounts.json: where it lives and as what
// application it signs in. Nothing in it is secret.
type SignedIn struct {
	Key          string              `json:"key"` // "ringcentral:<account>:<extension>", "symphony:<pod>:<user>", "emailgistics:<host>:<name>"
	Service      string              `json:"service"`
	Name         string              `json:"name"`
	Number       string              `json:"number,omitempty"`
	BaseURL      string              `json:"base_url"` // of Symphony the pod's
	MediaURL     string              `json:"media_url,omitempty"`
	ClientID     string              `json:"client_id,omitempty"`
	How          string              `json:"how"`                    // browser, jwt, key, certificate or api-key
	Symphony     *SymphonySignIn     `json:"symphony,omitempty"`     // of Symphony only
	Emailgistics *EmailgisticsSignIn `json:"emailgistics,omitempty"` // of Emailgistics only
	// Since is the store's, kept here as well for when its file is lost.
	Since time.Time `json:"since,omitzero"`
}

// SymphonySignIn is what a Symphony account has beside its pod's address, which is its
// base URL. Nothing in it is secret: the key itself lies with the tokens.
type SymphonySignIn struct {
	AgentURL       string `json:"agent_url"`
	KeyManagerURL  string `json:"key_manager_url,omitempty"` // "": at the pod's address, if one is needed
	Username       string `json:"username"`
	SessionAuthURL string `json:"session_auth_url,omitempty"` // where certificates are taken
	KeyAuthURL     string `json:"key_auth_url,omitempty"`
	FileIDs        string `json:"file_ids,omitempty"` // opaque or once: how ids of files are sent first
	// PublicKey is the key's other half, and Certificate the chain, in DER: with them a
	// client can be made before the private key is asked for.
	PublicKey   []byte   `json:"public_key,omitempty"`
	Certificate [][]byte `json:"certificate,omitempty"`
}

// EmailgisticsSignIn is what an Emailgistics account has beside its address.
type EmailgisticsSignIn struct {
	Wrapped bool   `json:"report_wrapped,omitempty"` // the request of a report goes inside {"parameters":…}
	Spool   string `json:"spool,omitempty"`          // folder with webhook deliveries; "": none
}

const accountsVersion = 1

type accountsFile struct {
	Version  int        `json:"version"`
	Accounts []SignedIn `json:"accounts"`
}

func accountsPath(dir string) string { return filepath.Join(dir, "accounts.json") }

// readAccounts gives what is signed in; no file means nothing.
func readAccounts(dir string) ([]SignedIn, error) {
	b, err := os.ReadFile(accountsPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	var f accountsFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("accounts: %s: %w; signing in again writes it anew", accountsPath(dir), err)
	}
	if f.Version > accountsVersion {
		return nil, fmt.Errorf("accounts: %s was written by a newer switchboard", accountsPath(dir))
	}
	return f.Accounts, nil
}

// adopt gives the store the accounts signed in that it does not know: its file
// was damaged beyond reading, or removed.
func (a *app) adopt(ctx context.Context, st *store.Store) ([]store.Account, error) {
	stored, err := st.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	signed, err := readAccounts(a.dir)
	if err != nil {
		return nil, err
	}
	for _, s := range signed {
		if slices.ContainsFunc(stored, func(acc store.Account) bool { return acc.Key == s.Key }) {
			continue
		}
		acc, err := st.PutAccount(ctx, store.Account{Key: s.Key, Service: s.Service, Name: s.Name, Number: s.Number, Since: s.Since})
		if err != nil {
			return nil, err
		}
		stored = append(stored, acc)
	}
	return stored, nil
}

// writeAccounts replaces accounts.json whole: written beside it, on disk, then
// renamed.
func writeAccounts(dir string, list []SignedIn) error {
	if list == nil {
		list = []SignedIn{}
	}
	b, err := json.MarshalIndent(accountsFile{Version: accountsVersion, Accounts: list}, "", "  ")
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	f, err := os.CreateTemp(dir, "accounts-*.part") // 0600
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), accountsPath(dir))
	}
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return nil
}

// putAccount adds or replaces one account.
func putAccount(dir string, acc SignedIn) error {
	list, err := readAccounts(dir)
	if err != nil {
		list = nil // an unreadable file is what signing in again repairs
	}
	for i := range list {
		if list[i].Key == acc.Key {
			list[i] = acc
			return writeAccounts(dir, list)
		}
	}
	return writeAccounts(dir, append(list, acc))
}

// pickAccount finds the account a person means: its key, its name, its
// number, or a part of one that only one account has.
func pickAccount(list []SignedIn, word string) (SignedIn, error) {
	if len(list) == 0 {
		return SignedIn{}, errNoAccount
	}
	if word == "" {
		if len(list) == 1 {
			return list[0], nil
		}
		return SignedIn{}, &usageError{msg: "several accounts are signed in, say which", try: "switchboard accounts"}
	}
	var found []SignedIn
	for _, acc := range list {
		if acc.Key == word {
			return acc, nil
		}
		hay := strings.ToLower(acc.Key + "\n" + acc.Name + "\n" + acc.Number)
		if strings.Contains(hay, strings.ToLower(word)) {
			found = append(found, acc)
		}
	}
	switch len(found) {
	case 0:
		return SignedIn{}, &codeError{code: exitNotFound, msg: "no account " + quote(word), try: "switchboard accounts"}
	case 1:
		return found[0], nil
	}
	return SignedIn{}, &usageError{msg: quote(word) + " fits several accounts", try: "switchboard accounts"}
}

type accountJSON struct {
	Key       string `json:"key"`
	Service   string `json:"service"`
	Name      string `json:"name"`
	Number    string `json:"number"`
	BaseURL   string `json:"base_url"`
	SignedIn  bool   `json:"signed_in"`
	SignInHow string `json:"sign_in"` // browser, jwt or "" when signed out
	Synced    string `json:"synced"`  // RFC 3339, "" when never
	History   bool   `json:"history_complete"`
}

func (a *app) accountsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "accounts",
		Short: "The accounts signed in and those with messages stored here",
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		list, err := a.accountList(cmd.Context())
		if err != nil {
			return err
		}
		if form.machine() {
			return printJSON(a.out, form, list)
		}
		if len(list) == 0 {
			return errNoAccount
		}
		for _, acc := range list {
			state := "signed in"
			if !acc.SignedIn {
				state = "signed out"
			}
			synced := "never synced"
			if acc.Synced != "" {
				synced = "synced " + acc.Synced
			}
			if err := printf(a.out, "%s\t%s\t%s\t%s\t%s\n", acc.Key, acc.Name, acc.Number, state, synced); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// accountList joins what is signed in with what is stored.
func (a *app) accountList(ctx context.Context) ([]accountJSON, error) {
	signed, err := readAccounts(a.dir)
	if err != nil {
		return nil, err
	}
	list := []accountJSON{}
	at := map[string]int{}
	for _, s := range signed {
		at[s.Key] = len(list)
		list = append(list, accountJSON{
			Key: s.Key, Service: s.Service, Name: s.Name, Number: s.Number, BaseURL: s.BaseURL, SignedIn: true, SignInHow: s.How,
		})
	}
	st, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := st.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range stored {
		i, ok := at[s.Key]
		if !ok {
			i = len(list)
			list = append(list, accountJSON{Key: s.Key, Service: s.Service, Name: s.Name, Number: s.Number})
		}
		list[i].Synced, list[i].History = stamp(s.Synced), s.History
	}
	return list, nil
}

// stamp is a time as scripts get it: RFC 3339 in UTC, "" for none.
func stamp(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
