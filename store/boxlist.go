package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// FeedBoxes is the feed of the mailboxes that one sign-in opens.
const FeedBoxes = "mailboxes"

// boxesEvery is how often the list of them is asked for: an administrator changes it.
const boxesEvery = 6 * time.Hour

// BoxLister is a Service whose one sign-in opens several shared mailboxes at once.
type BoxLister interface {
	Boxes(ctx context.Context) ([]SharedBox, error)
}

// SharedBox is a mailbox several people work in.
type SharedBox struct {
	ID       string    `json:"id"` // the service's
	Name     string    `json:"name"`
	Email    string    `json:"email"`
	Active   bool      `json:"active"`
	TimeZone string    `json:"time_zone,omitempty"` // IANA's name
	Users    []BoxUser `json:"users"`
	Tags     []BoxTag  `json:"tags"`
}

// BoxUser works in a shared mailbox.
type BoxUser struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Active bool   `json:"active"`
}

// BoxTag is a mailbox's category for messages.
type BoxTag struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Color  string `json:"color,omitempty"` // as the service tells it: #rrggbb
	Active bool   `json:"active"`
}

// boxFeeds are the feeds of a service that opens several mailboxes.
func (s *Store) boxFeeds(svc Service) []feed {
	if _, ok := svc.(BoxLister); !ok {
		return nil
	}
	return []feed{{
		name: FeedBoxes, every: boxesEvery, pushed: boxesEvery,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			l, ok := b.service().(BoxLister)
			if !ok {
				return false, nil
			}
			list, err := l.Boxes(ctx)
			if err != nil {
				return false, fmt.Errorf("asking which mailboxes there are: %w", err)
			}
			kept, err := json.Marshal(cleanBoxes(list))
			if err != nil {
				return false, err
			}
			st.Cursor = string(kept)
			return false, s.transact(ctx, false, func(tx *sql.Tx) error { return putFeed(tx, b.id(), FeedBoxes, st) })
		},
	}}
}

func cleanBoxes(list []SharedBox) []SharedBox {
	out := make([]SharedBox, len(list))
	for i, b := range list {
		c := SharedBox{ID: CleanLine(b.ID), Name: CleanLine(b.Name), Email: CleanLine(b.Email), Active: b.Active, TimeZone: CleanLine(b.TimeZone)}
		for _, u := range b.Users {
			c.Users = append(c.Users, BoxUser{CleanLine(u.ID), CleanLine(u.Name), CleanLine(u.Email), u.Active})
		}
		for _, t := range b.Tags {
			c.Tags = append(c.Tags, BoxTag{CleanLine(t.ID), CleanLine(t.Name), CleanLine(t.Color), t.Active})
		}
		out[i] = c
	}
	return out
}

// Boxes are the shared mailboxes that an account's sign-in opens, as they were told last,
// in the service's order; none for a service that has none. It is answered from this machine.
func (s *Store) Boxes(ctx context.Context, account int64) (list []SharedBox, err error) {
	var kept string
	err = s.ask(ctx, `SELECT cursor FROM feeds WHERE account = ? AND name = ?`, account, FeedBoxes).Scan(&kept)
	if errors.Is(err, sql.ErrNoRows) || err == nil && kept == "" {
		return nil, nil
	}
	if err != nil {
		return nil, s.fault("reading the mailboxes", err)
	}
	if json.Unmarshal([]byte(kept), &list) != nil {
		return nil, nil // of another version: it is asked for anew
	}
	return list, nil
}
