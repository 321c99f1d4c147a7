package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/store"
)

// sentJSON is what became of a message.
type sentJSON struct {
	Job       string     `json:"job"` // for `undo` and `jobs`
	Item      string     `json:"item"`
	Kind      string     `json:"kind"`
	Words     string     `json:"words"`
	State     string     `json:"state"`    // confirmed: the service has it; queued, failed, cancelled
	Delivery  string     `json:"delivery"` // queued, sent, delivered, delivery failed, sending failed
	To        []partyWay `json:"to"`
	Undoable  bool       `json:"undoable"`
	UndoUntil string     `json:"undo_until"` // "" when it cannot be taken back, or as long as it is known
	Error     string     `json:"error"`
}

// partyWay is how a message fares with one of those it goes to.
type partyWay struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Extension string `json:"extension"`
	Delivery  string `json:"delivery"`
	Fault     string `json:"fault"`
}

// followSend sends what was recorded, follows it as long as it is asked to, and says
// how it stands.
func (a *app) followSend(ctx context.Context, st *store.Store, op store.Op, o *sending) error {
	if o.delay > 0 {
		a.notef("%s leaves in %s; switchboard undo %s takes it back", lower(op.Words), o.delay, changeID(op.ID))
		if err := a.holdOn(ctx, st, op); err != nil {
			return err
		}
	}
	op, sendErr := a.send(ctx, st, op)
	var waited error
	if o.wait && !errors.Is(sendErr, context.Canceled) {
		op, waited = a.arrival(ctx, st, op, o.timeout)
	}
	return a.printSent(ctx, st, op, o, sendErr, waited)
}

// holdOn waits until a message may leave, or somebody has taken it back.
func (a *app) holdOn(ctx context.Context, st *store.Store, op store.Op) error {
	for {
		left := op.Until.Sub(a.env.Now())
		if left <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: it is stored and leaves when switchboard runs: %w", op.Words, ctx.Err())
		case <-time.After(min(left, 250*time.Millisecond)):
		}
		now, err := opOf(ctx, st, op)
		if err != nil || !waits(now.State) {
			return err
		}
	}
}

// opOf reads an operation again.
func opOf(ctx context.Context, st *store.Store, op store.Op) (store.Op, error) {
	ops, err := st.Ops(ctx, 200)
	if err != nil {
		return op, err
	}
	for _, o := range ops {
		if o.ID == op.ID {
			o.Items, err = st.ItemsOf(ctx, o.ID)
			return o, err
		}
	}
	return op, nil
}

// How often the service is asked how a message fares, as long as nothing is heard.
const (
	lookFirst = time.Second
	lookMost  = 15 * time.Second
)

// arrival waits until a message has arrived or failed, or the time is up.
func (a *app) arrival(ctx context.Context, st *store.Store, op store.Op, limit time.Duration) (store.Op, error) {
	over := time.NewTimer(limit)
	defer over.Stop()
	for every := lookFirst; ; every = min(2*every, lookMost) {
		now, err := opOf(ctx, st, op)
		if err != nil {
			return op, err
		}
		if op = now; waits(op.State) {
			op, _ = a.send(ctx, st, op)
		}
		if !waits(op.State) && op.State != store.OpConfirmed {
			return op, nil
		}
		if op.State == store.OpConfirmed && len(op.Items) == 1 {
			it, err := st.Item(ctx, op.Items[0])
			if err != nil {
				return op, err
			}
			if arrived(it) {
				return op, nil
			}
			if _, err := st.SyncOnce(ctx, it.Account, false); err != nil && ctx.Err() == nil {
				a.log.Info("send: asking how it fares", "error", err.Error())
			}
			if it, err = st.Item(ctx, op.Items[0]); err == nil && arrived(it) {
				return op, nil
			}
		}
		select {
		case <-ctx.Done():
			return op, ctx.Err()
		case <-over.C:
			return op, &codeError{code: exitTemporary, msg: fmt.Sprintf("%s: not there yet after %s", lower(op.Words), limit), try: "switchboard jobs --wait"}
		case <-time.After(every):
		}
	}
}

// arrived reports whether nothing more is to be heard of a message. The service says of
// texts that they were delivered; of the rest only that they were sent.
func arrived(it store.Item) bool {
	d := it.Delivery
	return d.Failed() || d == store.Delivered || d == store.Sent && it.Kind != store.SMS && it.Kind != store.MMS
}

// printSent says how a message stands.
func (a *app) printSent(ctx context.Context, st *store.Store, op store.Op, o *sending, sendErr, waited error) error {
	j := sentJSON{
		Job: changeID(op.ID), Kind: string(o.kind), Words: store.CleanLine(op.Words), State: op.State.String(), To: []partyWay{},
		Undoable: op.Undoable && !op.Undone && (op.Until.IsZero() && waits(op.State) || op.Until.After(a.env.Now())), Error: lines(op.Error),
	}
	if j.Undoable {
		j.UndoUntil = stamp(op.Until)
	}
	if waits(op.State) {
		j.State = "queued"
	}
	var fault []string
	if len(op.Items) == 1 {
		j.Item = op.Items[0].String()
		if it, err := st.Item(ctx, op.Items[0]); err == nil {
			j.Delivery = it.Delivery.String()
			for _, p := range it.To {
				j.To = append(j.To, partyWay{store.CleanLine(p.Name), p.Number, p.Extension, p.Delivery.String(), lines(p.Fault)})
				if p.Fault != "" {
					fault = append(fault, p.Display()+": "+p.Fault)
				}
			}
			if it.Delivery.Failed() && j.Error == "" {
				j.Error = lines(strings.Join(fault, "; "))
				if j.Error == "" {
					j.Error = it.Delivery.String()
				}
			}
		}
	}
	failed := op.State == store.OpFailed || strings.Contains(j.Delivery, "failed")
	if o.machine() {
		if err := printJSON(a.out, o.format, j); err != nil {
			return err
		}
	} else if !failed {
		if err := printf(a.out, "%s  %s\n", j.Job, sentWords(j)); err != nil {
			return err
		}
	}
	switch {
	case failed:
		return &codeError{code: exitFailed, msg: j.Words + ": " + j.Error, try: "switchboard jobs retry " + j.Job}
	case op.State == store.OpCancelled:
		return &codeError{code: exitFailed, msg: j.Words + ": it was taken back, and is a draft again"}
	case waits(op.State):
		why := "the service has not answered yet"
		if sendErr != nil {
			why = sendErr.Error()
		} else if op.Error != "" {
			why = op.Error
		}
		a.notef("queued: %s; it is stored and will be sent later", why)
	}
	return waited
}

// sentWords is a message for people: what it is, how it stands, till when it can be
// taken back.
func sentWords(j sentJSON) string {
	s := j.Words
	switch {
	case j.State == "queued":
		s += ": waits to be sent"
	case j.Delivery != "":
		s += ": " + j.Delivery
	}
	if j.UndoUntil != "" {
		if t, err := time.Parse(time.RFC3339, j.UndoUntil); err == nil {
			s += "; undo takes it back until " + t.Local().Format("15:04:05")
		}
	}
	return s
}

// lower makes the first letter of a sentence small, to go on in another one.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
