package uitest

import (
	"context"
	"time"

	"switchboard/api"
	"switchboard/api/emailgistics"
	"switchboard/api/symphony"
	"switchboard/store"
	mails "switchboard/store/emailgistics"
	chats "switchboard/store/symphony"
)

// The accounts of the other services, as far as the simulator serves them.

// signInMore signs in to the services beside RingCentral and fetches everything once.
func (d *Desk) signInMore(ctx context.Context, c Config) {
	d.t.Helper()
	if sim := d.Sim.Symphony(); sim != nil {
		at := sim.Description()
		key, err := symphony.ParseKey(sim.PrivateKey(), nil)
		d.must("read the key of Symphony", err)
		client, err := symphony.New(symphony.Config{
			PodURL: at.PodURL, AgentURL: at.AgentURL, KeyManagerURL: at.KeyManagerURL, Username: at.Username, Key: key,
			Store: &memory{}, Account: "desk", UserAgent: "switchboard-test", Clock: c.Clock, Retry: c.Retry,
		})
		d.must("make the client of Symphony", err)
		who, err := chats.Identify(ctx, client)
		d.must("ask who one is at Symphony", err)
		d.Symphony = d.account(ctx, c, who, chats.New(who.Key, client, chats.WithNow(c.Now)))
	}
	if sim := d.Sim.Emailgistics(); sim != nil {
		at := sim.Description()
		client, err := emailgistics.New(emailgistics.Config{
			BaseURL: at.BaseURL, Key: at.APIKey, UserAgent: "switchboard-test", Clock: c.Clock, Retry: c.Retry, Budget: api.NewBudget(c.Clock),
		})
		d.must("make the client of Emailgistics", err)
		who, err := mails.Identify(ctx, client, "Claims desk")
		d.must("ask for the mailboxes of Emailgistics", err)
		d.Mail = d.account(ctx, c, who, mails.New(who.Key, client, mails.WithClock(c.Clock), mails.WithPolls(10*time.Millisecond, 100*time.Millisecond)))
	}
}

// account attaches an account to the store and fetches what there is.
func (d *Desk) account(ctx context.Context, c Config, who store.Account, svc store.Service) store.Account {
	d.t.Helper()
	who.Since = c.Now().Add(-c.SignedInFor)
	who, err := d.Store.PutAccount(ctx, who)
	d.must("keep the account "+who.Key, err)
	d.Store.Attach(svc)
	if !c.Unsynced {
		_, err = d.Store.SyncOnce(ctx, who.ID, true)
		d.must("sync "+who.Key, err)
	}
	return who
}

func (d *Desk) must(doing string, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("%s: %v", doing, err)
	}
}
