package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api/simulator"
)

// simFlags are what demo and simulate have in common.
type simFlags struct {
	messages  int
	calls     int
	contacts  int
	directory int
	chats     int
	posts     int
	streams   int
	mails     int
	noSym     bool
	noMail    bool
	seed      uint64
	faults    string
	arrivals  time.Duration
	traffic   time.Duration
}

func (o *simFlags) add(cmd *cobra.Command, messages int, arrivals, traffic time.Duration) {
	f := cmd.Flags()
	f.IntVar(&o.messages, "messages", messages, "how many messages the account has at the start")
	f.IntVar(&o.calls, "calls", 0, "how many calls its log has (0: as many as fit the messages, -1: none)")
	f.IntVar(&o.contacts, "contacts", 0, "how many contacts its address book has (0: as many as fit the messages, -1: none)")
	f.IntVar(&o.directory, "directory", 0, "how many entries the company directory has (0: 60)")
	f.IntVar(&o.chats, "chats", 0, "how many chats it takes part in (0: 24, -1: none)")
	f.IntVar(&o.posts, "posts", 0, "how many posts all chats have together (0: 40 for each, -1: none)")
	f.IntVar(&o.streams, "streams", 24, "how many streams the Symphony account is in")
	f.IntVar(&o.mails, "mails", 60, "how many e-mails the Emailgistics mailboxes have at the start")
	f.BoolVar(&o.noSym, "no-symphony", false, "leave Symphony out")
	f.BoolVar(&o.noMail, "no-emailgistics", false, "leave Emailgistics out")
	f.Uint64Var(&o.seed, "seed", 1, "the same seed gives the same messages")
	f.StringVar(&o.faults, "faults", "", "faults and how often they happen, such as reset=0.1,500=0.05,push-lost=0.01")
	f.DurationVar(&o.arrivals, "arrivals", arrivals, "mean time between new messages (0: none arrive)")
	f.DurationVar(&o.traffic, "traffic", traffic, "mean time between calls that ring, people who come and go, and posts (0: none)")
}

func (o *simFlags) config() (simulator.Config, error) {
	faults, err := simulator.ParseFaults(o.faults)
	if err != nil {
		return simulator.Config{}, &usageError{msg: "--faults: " + err.Error()}
	}
	for name, rate := range faults {
		if rate < 0 || rate > 1 || rate != rate {
			return simulator.Config{}, usagef("--faults: %s=%v: want 0 to 1", name, rate)
		}
	}
	if o.messages < 0 {
		return simulator.Config{}, usagef("--messages %d: want 0 or more", o.messages)
	}
	if o.arrivals < 0 {
		return simulator.Config{}, usagef("--arrivals %s: want 0 or more", o.arrivals)
	}
	if o.traffic < 0 {
		return simulator.Config{}, usagef("--traffic %s: want 0 or more", o.traffic)
	}
	for _, n := range []struct {
		flag string
		is   int
	}{{"calls", o.calls}, {"contacts", o.contacts}, {"chats", o.chats}, {"posts", o.posts}} {
		if n.is < -1 {
			return simulator.Config{}, usagef("--%s %d: want -1 or more", n.flag, n.is)
		}
	}
	for _, n := range []struct {
		flag string
		is   int
	}{{"directory", o.directory}, {"streams", o.streams}, {"mails", o.mails}} {
		if n.is < 0 {
			return simulator.Config{}, usagef("--%s %d: want 0 or more", n.flag, n.is)
		}
	}
	if o.noSym {
		o.streams = 0
	}
	if o.mails == 0 {
		o.mails = -1 // there is an account, and nothing in it yet
	}
	if o.noMail {
		o.mails = 0
	}
	return simulator.Config{
		SymphonyStreams: o.streams, EmailgisticsMessages: o.mails,
		Messages: o.messages, Calls: o.calls, Contacts: o.contacts, Directory: o.directory, Chats: o.chats, Posts: o.posts,
		Seed: o.seed, Faults: faults, Arrivals: o.arrivals, Traffic: o.traffic,
		Shared: map[string]int{"201": min(o.messages/4, 500), "304": min(o.messages/8, 500)},
	}, nil
}

func (a *app) simulateCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Serve an account on this machine, for tests and other clients",
		Long: `Serve an account of each service with made-up messages over HTTP on this machine
until interrupted. One JSON line on standard output says where and with what
credentials:

  {"ringcentral":{"base_url","media_url","client_id","client_secret","jwt",
   "redirect_uris"},"symphony":{"pod_url","agent_url","key_manager_url","username",
   "private_key_file"},"emailgistics":{"base_url","api_key"},"control_url"}`,
	}
	o := &simFlags{}
	o.add(cmd, 100, 0, 0)
	listen := cmd.Flags().String("listen", "127.0.0.1:0", "address to serve on, of this machine only")
	limits := choice(cmd, "rate-limits", "on", []string{"on", "off"}, "keep to the service's rate limits")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		cfg, err := o.config()
		if err != nil {
			return err
		}
		if err := checkChoice("rate-limits", *limits, []string{"on", "off"}); err != nil {
			return err
		}
		cfg.Listen, cfg.RateLimits, cfg.Now = *listen, *limits == "on", a.env.Now
		srv, err := simulator.Start(ctx, cfg)
		if err != nil {
			return err
		}
		b, err := json.Marshal(srv.Description())
		if err == nil {
			_, err = fmt.Fprintf(a.out, "%s\n", b)
		}
		if err == nil {
			<-ctx.Done()
		}
		return errors.Join(err, srv.Close())
	}
	return cmd
}
