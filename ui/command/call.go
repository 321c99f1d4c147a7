package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// madeJSON is how a call went.
type madeJSON struct {
	To      string `json:"to"`             // as dialled
	Who     string `json:"who"`            // whom it was to, in words
	Phone   string `json:"phone"`          // which telephone rang first
	Item    string `json:"item,omitempty"` // that was called back
	State   string `json:"state"`          // connected, failed, cancelled, or unknown
	Words   string `json:"words"`          // how it ended: busy
	Seconds int64  `json:"seconds"`        // how long they spoke; 0 with --answered
}

// calling is what was asked for.
type calling struct {
	*format
	account, from        string
	answered, yes, phone bool
}

const callLong = `Call a number: your own telephone rings first, and the other side once you have
answered it. With the id of an item, who that is from is called back, and how it went is
noted in its journal; its state and claim stay as they are.

Ctrl-C cancels the call as long as your telephone rings. A number of another country, or
one that costs more than others, wants --yes.

Which telephone rings is chosen in the screens with :call-from, or here with --from.
--telephones lists them.`

func (a *app) callCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "call NUMBER|ID",
		Short:   "Call a number, or call back",
		Long:    callLong,
		Example: "  switchboard call \"(415) 555-0142\"\n  switchboard call --telephones",
		Args:    cobra.MaximumNArgs(1),
	}
	c := calling{format: formatFlags(cmd)}
	cmd.Flags().StringVar(&c.account, "account", "", "the account that calls (default: the item's, or the first that can)")
	cmd.Flags().StringVar(&c.from, "from", "", "number of the telephone that rings first, this once")
	cmd.Flags().BoolVar(&c.answered, "answered", false, "end when the call is answered, not when it is over")
	cmd.Flags().BoolVarP(&c.yes, "yes", "y", false, "call a number abroad, or one that costs more, without being asked")
	cmd.Flags().BoolVar(&c.phone, "telephones", false, "list the telephones that can ring, and the numbers that can be shown")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if c.phone == (len(args) == 1) {
			return &usageError{msg: "call: give a number or an id, or --telephones", try: cmd.UseLine()}
		}
		st, err := a.known(cmd.Context())
		if err != nil {
			return err
		}
		if err := a.connect(st, nil); err != nil {
			return err
		}
		if c.account, err = a.offering(c.account, store.OfferCall); err != nil {
			return err
		}
		if c.phone {
			return a.listTelephones(cmd.Context(), st, c)
		}
		return a.call(cmd.Context(), st, args[0], c)
	}
	return cmd
}

// call makes one call and says how it went.
func (a *app) call(ctx context.Context, st *store.Store, to string, c calling) error {
	item, who, err := callee(ctx, st, to)
	if err != nil {
		return err
	}
	region := st.Region(ctx, c.account)
	d, err := store.ReadNumber(to, region)
	if item != 0 {
		to = ""
		d, err = store.ReadCaller(who, region)
	}
	if err != nil {
		return &usageError{msg: "call: " + err.Error()}
	}
	if ask := d.Ask(); ask != "" && !c.yes {
		return &usageError{msg: fmt.Sprintf("call: %s %s", store.FormatNumber(d.Number, region), ask), try: "the same with --yes"}
	}
	op, err := st.PlaceCall(ctx, c.account, c.from, to, item)
	if err != nil {
		return fmt.Errorf("call %s: %w", cmp.Or(to, who.Display()), err)
	}
	got, err := st.MakeCall(ctx, op.ID, c.answered, func(now store.OwnCall) {
		a.progressf("%s", callProgress(now))
	})
	a.progressEnd()
	return errors.Join(a.printCall(got, d, item, c), err, a.callFailed(got))
}

// callee is the item of an id, and who it is from; 0 if a number was given.
func callee(ctx context.Context, st *store.Store, to string) (store.ID, store.Party, error) {
	id, err := store.ParseID(to)
	if err != nil || store.Digits(to) == to {
		return 0, store.Party{}, nil //nolint:nilerr // then it is a number
	}
	it, err := st.Item(ctx, id)
	if err != nil {
		return 0, store.Party{}, fmt.Errorf("call %s: %w", to, err)
	}
	return id, it.Who, nil
}

// callProgress is how a call stands, on one line.
func callProgress(c store.OwnCall) string {
	switch c.Stage {
	case store.CallAsked:
		return "Asking the service to call " + c.Who
	case store.CallRings:
		return strings.TrimSpace("Your telephone rings: " + c.Phone)
	case store.CallRingsThere:
		return "Ringing " + c.Who
	case store.CallSpeaking:
		return "Connected with " + c.Who
	}
	return c.Words
}

func (a *app) printCall(got store.OwnCall, d store.Dialled, item store.ID, c calling) error {
	r := madeJSON{To: d.Number, Who: got.Who, Phone: got.Phone, State: "connected", Words: got.Words, Seconds: got.Spoke}
	if item != 0 {
		r.Item = item.String()
	}
	switch {
	case got.Unsure:
		r.State = "unknown"
	case got.Failed:
		r.State = "failed"
	case got.Stage == store.CallOver && !strings.HasPrefix(got.Words, "connected"):
		r.State = got.Words // cancelled, or what became of it is not known
	}
	if c.machine() {
		return printJSON(a.out, c.format, r)
	}
	if r.State == "failed" || r.State == "unknown" {
		return nil // told as an error
	}
	return printf(a.out, "%s: %s\n", got.Who, cmp.Or(got.Words, "connected"))
}

// callFailed is a call that came to nothing, as an error.
func (a *app) callFailed(got store.OwnCall) error {
	switch {
	case got.Unsure:
		return fmt.Errorf("call %s: the service did not answer; it is not known whether the call was placed, and it is not repeated", got.Who)
	case got.Failed:
		return fmt.Errorf("call %s: %s", got.Who, got.Words)
	}
	return nil
}

// telephoneJSON is a telephone that can ring, or a number that can be shown.
type telephoneJSON struct {
	Use    string `json:"use"` // rings or shown
	Number string `json:"number"`
	Label  string `json:"label"`
	Kind   string `json:"kind"`
	Chosen bool   `json:"chosen"`
}

func (a *app) listTelephones(ctx context.Context, st *store.Store, c calling) error {
	t, err := st.Telephones(ctx, c.account, true)
	if err != nil && len(t.Phones) == 0 {
		return err
	}
	if err != nil {
		a.notef("as last heard of: %v", err)
	}
	set, err := st.CallSetup(ctx, c.account)
	if err != nil {
		return err
	}
	list := []telephoneJSON{}
	for _, p := range t.Phones {
		list = append(list, telephoneJSON{"rings", p.Number, p.Label, p.Kind, p.Number == set.Phone || set.Phone == "" && p == t.Phones[0]})
	}
	for _, p := range t.Shown {
		list = append(list, telephoneJSON{"shown", p.Number, p.Label, p.Kind, p.Number == set.Shown})
	}
	if c.machine() {
		return printJSON(a.out, c.format, list)
	}
	for _, p := range list {
		sign := " "
		if p.Chosen {
			sign = "*"
		}
		if err := printf(a.out, "%s %-5s  %-18s  %-14s  %s\n", sign, p.Use, store.FormatNumber(p.Number, t.Country), p.Kind, p.Label); err != nil {
			return err
		}
	}
	return nil
}
