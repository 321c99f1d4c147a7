package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// presenceTime is how long the command waits for the service before it shows what is
// stored.
const presenceTime = 20 * time.Second

func (a *app) presenceCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "presence",
		Short: "Who is there: oneself, one's queues and those watched",
		Long: `Who is there: oneself, one's queues and the colleagues and queues one watches.
The service is asked first; with --offline, or where it cannot be reached, what is
stored is shown.`,
		Example: `  switchboard presence --json
  switchboard presence set status busy
  switchboard presence set message "Back at 3"
  switchboard presence set dnd on
  switchboard presence set queue 201 off
  switchboard presence watch "Ana Lima"`,
		Args: cobra.NoArgs,
	}
	form := formatFlags(cmd)
	offline := cmd.Flags().Bool("offline", false, "show what is stored, ask nobody")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		if !*offline {
			if err := a.lookPresence(ctx, st); err != nil {
				return err
			}
		}
		return a.printPresence(ctx, st, form)
	}
	cmd.AddCommand(a.presenceSet(), a.watchCmd(true), a.watchCmd(false))
	return cmd
}

// lookPresence asks every account. One that cannot be reached is told of; only when
// nothing is stored of anybody it is what the command ends with.
func (a *app) lookPresence(ctx context.Context, st *store.Store) error {
	if err := a.connect(st, nil); err != nil {
		return err
	}
	accounts, err := st.Accounts(ctx)
	if err != nil {
		return err
	}
	var trouble []error
	for _, acc := range accounts {
		if ok, _ := store.OfferedBy(acc.Service, store.OfferPresent); !ok || !a.conn.done[acc.Key] {
			continue
		}
		wait, cancel := context.WithTimeout(ctx, presenceTime)
		err := st.LookPresence(wait, acc.ID)
		cancel()
		if err != nil {
			trouble = append(trouble, fmt.Errorf("%s: %w", acc.Name, err))
		}
	}
	if len(trouble) == 0 {
		return nil
	}
	board, err := st.PresenceBoard(ctx)
	if err == nil && len(board.Me) == 0 {
		err = errors.Join(trouble...)
	}
	for _, t := range trouble {
		a.notef("not asked: %s", t.Error())
	}
	return err
}

func (a *app) printPresence(ctx context.Context, st *store.Store, form *format) error {
	board, err := st.PresenceBoard(ctx)
	if err != nil {
		return err
	}
	if form.machine() {
		return printJSON(a.out, form, board)
	}
	line := func(what string, p store.Presence) error {
		words := make([]string, 0, 4)
		for _, w := range []string{p.Status, p.Telephony, cmp.Or(p.Personal, p.DND), p.Message} {
			if w != "" {
				words = append(words, w)
			}
		}
		if p.Err != "" {
			words = append(words, "not told: "+p.Err)
		}
		if n := len(p.Team); n > 0 {
			takes := 0
			for _, m := range p.Team {
				if m.Takes {
					takes++
				}
			}
			words = []string{fmt.Sprintf("%d of %d take calls", takes, n)}
		}
		return printf(a.out, "%s\t%s\t%s\t%s\n", what, cmp.Or(p.Name, p.Extension), p.Number, strings.Join(words, "; "))
	}
	for _, p := range board.Me {
		if err := line("me", p); err != nil {
			return err
		}
	}
	for _, q := range board.Queues {
		state := "out of it"
		if q.Takes {
			state = "takes calls"
		}
		if err := printf(a.out, "%s\t%s\t%s\t%s\n", "queue", q.Name, q.Number, state); err != nil {
			return err
		}
	}
	for _, p := range board.People {
		if err := line("watched", p); err != nil {
			return err
		}
	}
	return nil
}

// presenceSet changes one's own presence.
func (a *app) presenceSet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set status|calls|dnd|message|queue VALUE",
		Short: "Set one's own status, calls, message or queues",
		Long: `Set one part of one's own presence. It is sent to the service, and can be taken
back with undo.

  status   available, busy or invisible
  calls    all, none, no-queues or queues-only
  dnd      on or off
  message  at most 75 characters; "" removes it
  queue    a queue's name or extension, then on or off`,
		Args: cobra.RangeArgs(2, 3),
	}
	form := formatFlags(cmd)
	account := cmd.Flags().String("account", "", "which account: its key, name or number")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		if (args[0] == "queue") != (len(args) == 3) {
			return usagef("presence set %s: want %s", args[0], map[bool]string{true: "a queue and on or off", false: "one value"}[args[0] == "queue"])
		}
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		id, err := a.presenceAccount(ctx, st, *account, store.OfferStand)
		if err != nil {
			return err
		}
		op, err := a.setPresence(ctx, st, id, args)
		if err != nil {
			return err
		}
		return a.finish(ctx, st, op, &failed{}, form)
	}
	return cmd
}

// presenceAccount is the account that is meant, whose presence has been read.
func (a *app) presenceAccount(ctx context.Context, st *store.Store, word string, o store.Offer) (int64, error) {
	signed, err := readAccounts(a.dir)
	if err != nil {
		return 0, err
	}
	if word == "" {
		if able := whoOffers(signed, o); len(able) > 0 {
			signed = able
		}
	}
	acc, err := pickAccount(signed, word)
	if err != nil {
		return 0, err
	}
	if ok, why := store.OfferedBy(acc.Service, o); !ok {
		return 0, &usageError{msg: why}
	}
	stored, err := st.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	for _, s := range stored {
		if s.Key != acc.Key {
			continue
		}
		board, err := st.PresenceBoard(ctx)
		if err != nil {
			return 0, err
		}
		for _, me := range board.Me {
			if me.Account == s.ID {
				return s.ID, nil
			}
		}
		return s.ID, a.lookPresence(ctx, st) // what is changed has to be known first
	}
	return 0, &codeError{code: exitNotFound, msg: "no account " + quote(word), try: "switchboard accounts"}
}

func (a *app) setPresence(ctx context.Context, st *store.Store, account int64, args []string) (store.Op, error) {
	what, value := args[0], args[1]
	board, err := st.PresenceBoard(ctx)
	if err != nil {
		return store.Op{}, err
	}
	var me store.Presence
	for _, p := range board.Me {
		if p.Account == account {
			me = p
		}
	}
	switch what {
	case "status":
		user := map[string]string{"available": store.PresenceAvailable, "busy": store.PresenceBusy, "invisible": store.PresenceOffline}[value]
		if user == "" {
			return store.Op{}, usagef("status %s: want available, busy or invisible", quote(value))
		}
		return st.SetPresence(ctx, account, store.PresenceChange{User: user})
	case "message":
		return st.SetPresence(ctx, account, store.PresenceChange{Message: &value})
	case "dnd":
		calls, ok := map[string]string{"on": "none", "off": "all"}[value]
		if !ok {
			return store.Op{}, usagef("dnd %s: want on or off", quote(value))
		}
		value = calls
		fallthrough
	case "calls":
		c, err := callsChange(me, value)
		if err != nil {
			return store.Op{}, err
		}
		return st.SetPresence(ctx, account, c)
	case "queue":
		on, ok := map[string]bool{"on": true, "off": false}[args[2]]
		if !ok {
			return store.Op{}, usagef("queue %s %s: want on or off", quote(value), quote(args[2]))
		}
		for _, q := range board.Queues {
			if q.Account == account && (q.ID == value || q.Number == value || strings.EqualFold(q.Name, value)) {
				return st.SetQueue(ctx, account, q.ID, on)
			}
		}
		return store.Op{}, &codeError{code: exitNotFound, msg: "no queue of yours is called " + quote(value), try: "switchboard presence"}
	}
	return store.Op{}, usagef("presence set %s: want status, calls, dnd, message or queue", quote(what))
}

// callsChange is which calls are to ring, in the way the account keeps it.
func callsChange(me store.Presence, value string) (c store.PresenceChange, err error) {
	modern := me.Personal != ""
	off, on := false, true
	switch value {
	case "all":
		if c.DND = store.DNDTakeAll; modern {
			c = store.PresenceChange{Personal: store.DNDTakeAll}
			if me.Queues != nil {
				c.Queues = &on
			}
		}
	case "none":
		if c.DND = store.DNDNone; modern {
			c = store.PresenceChange{Personal: store.DNDNone}
		}
	case "no-queues":
		if c.DND = store.DNDNoQueues; modern {
			c = store.PresenceChange{Queues: &off}
		}
	case "queues-only":
		if c.DND = store.DNDQueues; modern {
			return c, errors.New("this account has no way to take calls of queues only")
		}
	default:
		return c, usagef("calls %s: want all, none, no-queues or queues-only", quote(value))
	}
	if me.DND == "" && !modern {
		return c, errors.New("the service does not say which calls ring you, so it cannot be changed here")
	}
	return c, nil
}

// watchCmd watches somebody, or no longer.
func (a *app) watchCmd(on bool) *cobra.Command {
	cmd := &cobra.Command{Use: "watch WHO", Short: "Watch a colleague or a queue of the directory", Args: cobra.MinimumNArgs(1)}
	if !on {
		cmd = &cobra.Command{Use: "unwatch WHO", Short: "Watch a colleague or a queue no longer", Args: cobra.MinimumNArgs(1)}
	}
	form := formatFlags(cmd)
	account := cmd.Flags().String("account", "", "which account: its key, name or number")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		id, err := a.presenceAccount(ctx, st, *account, store.OfferPresent)
		if err != nil {
			return err
		}
		w, err := a.watchable(ctx, st, id, strings.Join(args, " "), on)
		if err != nil {
			return err
		}
		op, err := st.WatchPerson(ctx, id, w)
		if err != nil {
			return err
		}
		return a.finish(ctx, st, op, &failed{}, form)
	}
	return cmd
}

// readDirectory reads the company directory of an account if it has never been read.
func (a *app) readDirectory(ctx context.Context, st *store.Store, account int64) error {
	list, err := st.Watchable(ctx, account)
	if err != nil || len(list) > 0 {
		return err
	}
	if err := a.connect(st, nil); err != nil {
		return err
	}
	return st.SyncFeeds(ctx, account, store.FeedDirectory)
}

// watchable is who is meant: of the directory, or of those watched.
func (a *app) watchable(ctx context.Context, st *store.Store, account int64, word string, on bool) (store.WatchChange, error) {
	var list []store.WatchChange
	if on {
		err := a.readDirectory(ctx, st, account)
		if err != nil {
			return store.WatchChange{}, err
		}
		if list, err = st.Watchable(ctx, account); err != nil {
			return store.WatchChange{}, err
		}
	} else {
		board, err := st.PresenceBoard(ctx)
		if err != nil {
			return store.WatchChange{}, err
		}
		for _, p := range board.People {
			if p.Account == account {
				list = append(list, store.WatchChange{Extension: p.Extension, Name: p.Name, Number: p.Number, Type: p.Type})
			}
		}
	}
	var found []store.WatchChange
	for _, w := range list {
		if w.Number == word || w.Extension == word || strings.EqualFold(w.Name, word) {
			w.On = on
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		return store.WatchChange{}, &codeError{code: exitNotFound, msg: "nobody is called " + quote(word) + " here"}
	case 1:
		return found[0], nil
	}
	return store.WatchChange{}, usagef("%s fits %d people; give the extension", quote(word), len(found))
}
