package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api/simulator"
	"switchboard/store"
)

// firstPageTime is how long the demo waits for its first messages before it
// shows the screens.
const firstPageTime = 300 * time.Millisecond

// simFlags are what demo and simulate have in common.
type simFlags struct {
	messages  int
	calls     int
	contacts  int
	directory int
	chats     int
	posts     int
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
	if o.directory < 0 {
		return simulator.Config{}, usagef("--directory %d: want 0 or more", o.directory)
	}
	return simulator.Config{
		Messages: o.messages, Calls: o.calls, Contacts: o.contacts, Directory: o.directory, Chats: o.chats, Posts: o.posts,
		Seed: o.seed, Faults: faults, Arrivals: o.arrivals, Traffic: o.traffic,
		Shared: map[string]int{"201": min(o.messages/4, 500), "304": min(o.messages/8, 500)},
	}, nil
}

func (a *app) simulateCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Serve an account on this machine, for tests and other clients",
		Long: `Serve a RingCentral account with made-up messages over HTTP on this machine
until interrupted. One JSON line on standard output says where and with what
credentials:

  {"ringcentral":{"base_url","media_url","client_id","client_secret","jwt",
   "redirect_uris"},"control_url"}`,
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

func (a *app) demoCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the screens on a made-up account; nothing leaves this machine",
		Long: `Try the screens on a made-up account of a support desk. It is served over HTTP
by this program itself; nothing leaves this machine and your own accounts are
not touched. What you do is forgotten at the end unless --dir names a folder.`,
	}
	o := &simFlags{}
	o.add(cmd, 100, 45*time.Second, 75*time.Second)
	cmd.Flags().StringVar(&a.find, "query", "", "begin with a search, in the words of list")
	dir := cmd.Flags().String("dir", "", "keep the data in this folder (default: a temporary one, removed at the end)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := o.config()
		if err != nil {
			return err
		}
		if _, err := store.ParseQuery(a.find, a.env.Now(), time.Local); err != nil {
			return usagef("--query: %v", err)
		}
		if err := a.needTerminal(); err != nil {
			return err
		}
		return a.demo(cmd.Context(), cfg, *dir)
	}
	return cmd
}

func (a *app) demo(ctx context.Context, cfg simulator.Config, dir string) (err error) {
	if dir == "" {
		if a.dir, err = os.MkdirTemp("", "switchboard-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		temp := a.dir
		defer func() {
			err = errors.Join(err, a.close(), os.RemoveAll(temp))
		}()
	} else if a.dir, err = path(dir); err != nil {
		return err
	}
	cfg.Now = a.env.Now
	srv, err := serveDemo(ctx, cfg, a.dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	st, err := a.store(ctx)
	if err != nil {
		return err
	}
	if err := a.demoAccount(ctx, st, srv.Description()); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	a.firstPage(ctx, st)
	a.cfg.Hooks = nil // what happens here did not happen: no ticket, no alarm
	return a.runScreens(ctx, st)
}

// demoKey is fixed, so that a kept folder goes on with the same account.
const demoKey = "ringcentral:demo:demo"

// serveDemo starts the simulator, in a folder it was kept in at the address it had
// first: messages stored there have addresses of files. Where another program has
// taken that one, those files cannot be fetched.
func serveDemo(ctx context.Context, cfg simulator.Config, dir string) (*simulator.Server, error) {
	var kept struct {
		Listen string `json:"listen"`
		Media  string `json:"media_listen"`
	}
	file := filepath.Join(dir, "demo.json")
	b, err := os.ReadFile(file)
	if err == nil && json.Unmarshal(b, &kept) == nil {
		again := cfg
		again.Listen, again.MediaListen = kept.Listen, kept.Media
		if srv, err := simulator.Start(ctx, again); err == nil {
			return srv, nil
		}
		return simulator.Start(ctx, cfg)
	}
	srv, err := simulator.Start(ctx, cfg)
	if err != nil {
		return nil, err
	}
	rc := srv.Description().RingCentral
	kept.Listen, kept.Media = strings.TrimPrefix(rc.BaseURL, "http://"), strings.TrimPrefix(rc.MediaURL, "http://")
	b, err = json.Marshal(kept)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(file, append(b, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// firstPage fetches the newest messages, so that the screens begin with
// something to see. When that takes long they begin without.
func (a *app) firstPage(ctx context.Context, st *store.Store) {
	ctx, cancel := context.WithTimeout(ctx, firstPageTime)
	defer cancel()
	accounts, err := st.Accounts(ctx)
	for _, acc := range accounts {
		if err == nil {
			_, err = st.SyncOnce(ctx, acc.ID, false)
		}
	}
	if err != nil {
		a.log.Info("demo: the first page is not here yet", "error", err.Error())
	}
}

// demoAccount signs in to the simulator.
func (a *app) demoAccount(ctx context.Context, st *store.Store, d simulator.Description) error {
	rc := d.RingCentral
	acc := SignedIn{
		Key: demoKey, Service: "ringcentral", Name: "Demo desk",
		BaseURL: rc.BaseURL, MediaURL: rc.MediaURL, ClientID: rc.ClientID, How: "jwt",
	}
	v := newMemoryVault()
	a.conn = &connector{vault: v, done: map[string]bool{}}
	if err := saveApplication(ctx, v, acc.Key, application{secret: rc.ClientSecret, jwt: rc.JWT}); err != nil {
		return err
	}
	if _, err := a.rememberAccount(ctx, st, acc); err != nil {
		return err
	}
	return a.connect(st, []SignedIn{acc})
}
