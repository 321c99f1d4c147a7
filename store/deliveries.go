package store

import (
	"context"
	"fmt"
)

// TakeDeliveries takes in messages that were brought rather than asked for, by a webhook
// for instance. A message that is here already gets what the delivery adds and loses
// nothing, so that it may be brought any number of times. They are on disk when it returns.
func (s *Store) TakeDeliveries(ctx context.Context, account int64, batch []Incoming) (Applied, error) {
	if len(batch) == 0 {
		return Applied{}, nil
	}
	got, err := s.applyFull(ctx, account, batch, true, nil)
	if err != nil {
		return got, err
	}
	s.changed()
	if b := s.boxOf(account); b != nil && got.New > 0 {
		b.wantDetails()
	}
	return got, nil
}

// Receiver is a Service to which messages are brought, through a folder for instance.
type Receiver interface {
	// Receive hands over what was brought until ctx ends, or with once only what is there
	// now. take returns when all it was given is on disk, and only then may the bringer be
	// told so; after an error it is to be handed over again. A Receiver to which nothing
	// is brought returns nil at once.
	Receive(ctx context.Context, once bool, take func(context.Context, []Incoming) error) error
}

// runReceive takes in what is brought to a mailbox.
func (s *Store) runReceive(ctx context.Context, b *mailbox) {
	fails := 0
	for ctx.Err() == nil {
		rec, ok := b.service().(Receiver)
		if !ok {
			return
		}
		err := rec.Receive(ctx, false, func(ctx context.Context, batch []Incoming) error {
			fails = 0
			_, err := s.TakeDeliveries(ctx, b.id(), batch)
			return err
		})
		if err == nil || ctx.Err() != nil {
			return
		}
		fails++
		wait := waitAfter(err, fails, s.now())
		s.log.Warn("deliveries", "account", b.key, "err", err, "again in", wait)
		select {
		case <-ctx.Done():
		case <-s.after(wait):
		}
	}
}

// receiveOnce takes in what was brought to a mailbox until now.
func (s *Store) receiveOnce(ctx context.Context, b *mailbox) error {
	rec, ok := b.service().(Receiver)
	if !ok {
		return nil
	}
	err := rec.Receive(ctx, true, func(ctx context.Context, batch []Incoming) error {
		_, err := s.TakeDeliveries(ctx, b.id(), batch)
		return err
	})
	if err != nil {
		return fmt.Errorf("taking in what was delivered: %w", err)
	}
	return nil
}
