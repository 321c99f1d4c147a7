package command

import (
	"context"
	"fmt"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// The keys are fixed, so that a kept folder goes on with the same accounts.
const (
	demoKey             = "ringcentral:demo:demo"
	demoSymphonyKey     = "symphony:demo:demo"
	demoEmailgisticsKey = "emailgistics:demo:demo"
)

// demoSince is how long ago the demo's accounts were signed in to: posts and e-mails that
// came before are no work.
const demoSince = 48 * time.Hour

// demoAccounts signs in to the simulator's services.
func (a *app) demoAccounts(ctx context.Context, st *store.Store, d simulator.Description) error {
	v := newMemoryVault()
	a.conn = &connector{vault: v, done: map[string]bool{}}
	var list []SignedIn
	add := func(acc SignedIn, secrets map[string]string) error {
		for name, value := range secrets {
			if err := v.SetSecret(ctx, acc.Key, name, value); err != nil {
				return err
			}
		}
		if acc.Service != "ringcentral" { // whose messages are work whenever they came
			acc.Since = a.env.Now().Add(-demoSince)
		}
		list = append(list, acc)
		_, err := a.rememberAccount(ctx, st, acc)
		return err
	}
	if rc := d.RingCentral; rc != nil {
		err := add(SignedIn{
			Key: demoKey, Service: "ringcentral", Name: "Demo desk",
			BaseURL: rc.BaseURL, MediaURL: rc.MediaURL, ClientID: rc.ClientID, How: "jwt",
		}, map[string]string{secretName: rc.ClientSecret, jwtName: rc.JWT})
		if err != nil {
			return err
		}
	}
	if s := d.Symphony; s != nil {
		key, err := a.readKey(ctx, s.PrivateKeyFile, "")
		if err != nil {
			return fmt.Errorf("the service account's key: %w", err)
		}
		private, public, err := keepKey(key)
		if err != nil {
			return err
		}
		err = add(SignedIn{
			Key: demoSymphonyKey, Service: "symphony", Name: "Demo chats", BaseURL: s.PodURL, How: "key",
			Symphony: &SymphonySignIn{AgentURL: s.AgentURL, KeyManagerURL: s.KeyManagerURL, Username: s.Username, PublicKey: public},
		}, map[string]string{privateKeyName: private})
		if err != nil {
			return err
		}
	}
	if e := d.Emailgistics; e != nil {
		err := add(SignedIn{
			Key: demoEmailgisticsKey, Service: "emailgistics", Name: "Demo mail", BaseURL: e.BaseURL, How: "api-key",
			Emailgistics: &EmailgisticsSignIn{},
		}, map[string]string{apiKeyName: e.APIKey})
		if err != nil {
			return err
		}
	}
	return a.connect(st, list)
}
