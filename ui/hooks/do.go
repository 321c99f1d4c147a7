package hooks

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"switchboard/store"
	"switchboard/ui/usercommand"
)

// name is what the hook is called in messages.
func (h Hook) name() string {
	if h.Name != "" {
		return h.Name
	}
	return h.Run.Program()
}

// short is a name of any length as part of a key.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// put has a job done, unless too many wait.
func (r *Runner) put(ctx context.Context, j job) {
	r.waiting.Add(1)
	if r.all {
		select {
		case r.queue <- j:
		case <-ctx.Done():
			r.waiting.Add(-1)
		}
		return
	}
	select {
	case r.queue <- j:
	default:
		r.waiting.Add(-1)
		r.Log.Warn("a hook was left out: too many events at once", "hook", j.hook.name(), "event", j.event)
		if now := r.Now(); now.Sub(r.overfull).Abs() > time.Minute {
			r.overfull = now
			r.tell(fmt.Sprintf("Hook %s: more than %d events at once; what was too much was left out", j.hook.name(), queueMost))
		}
	}
}

func (r *Runner) tell(text string) {
	if r.Tell != nil {
		r.Tell(store.CleanLine(text))
	}
}

// do runs a hook for an event, if nobody has taken it on yet.
func (r *Runner) do(ctx context.Context, j job) {
	if j.key != "" {
		first, err := r.Store.Once(ctx, j.key)
		r.waiting.Add(-1)
		if err != nil || !first {
			if err != nil && ctx.Err() == nil {
				r.failed(j, err)
			}
			return
		}
	} else {
		r.waiting.Add(-1)
	}
	start := r.Now()
	err := r.run(ctx, j)
	if err != nil {
		if ctx.Err() == nil {
			r.failed(j, err)
		}
		return
	}
	r.Log.Info("hook", "hook", j.hook.name(), "event", j.event, "item", j.item, "took", r.Now().Sub(start))
}

func (r *Runner) failed(j job, err error) {
	r.Log.Warn("a hook failed", "hook", j.hook.name(), "event", j.event, "item", j.item, "err", err)
	r.tell(fmt.Sprintf("Hook %s on %s failed: %s", j.hook.name(), j.event, store.Reason(err)))
}

// run runs the program of a job. Its time includes that of fetching the file.
func (r *Runner) run(ctx context.Context, j job) error {
	limit := j.hook.Time
	if limit <= 0 {
		limit = usualTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	v, in := usercommand.Values{Name: j.mailbox}, []byte(nil)
	if j.item != 0 {
		var err error
		if v, in, err = r.Gather.Of(ctx, j.hook.Run, j.item, 0); err != nil {
			return err
		}
		r.protected(j, v)
	}
	v.Event = j.event
	in, err := describe(j, in)
	if err != nil {
		return err
	}
	_, err = j.hook.Run.Run(ctx, v, in, limit, nil)
	return err
}

// protected tells that a hook was given a file of a copy-protected chat: nobody is there to
// be asked, and the hook is what the person has asked for.
func (r *Runner) protected(j job, v usercommand.Values) {
	if !v.Protected || v.File == "" && len(v.Files) == 0 {
		return
	}
	r.Log.Warn("a hook was given a file of a copy-protected chat", "hook", j.hook.name(), "event", j.event, "item", j.item)
	r.tell(fmt.Sprintf("Hook %s was given a file of a copy-protected chat: nothing is meant to leave it", j.hook.name()))
}

// describe is the input of a hook: {"event":"voicemail","item":{...}}, or with the account
// where it is about the connection.
func describe(j job, item []byte) ([]byte, error) {
	d := struct {
		Event   string          `json:"event"`
		Account string          `json:"account,omitempty"`
		Item    json.RawMessage `json:"item,omitempty"`
	}{Event: j.event, Account: j.mailbox, Item: bytes.TrimSpace(item)}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write the event as JSON: %w", err)
	}
	return append(b, '\n'), nil
}
