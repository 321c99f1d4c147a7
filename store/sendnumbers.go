package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// FeedNumbers names the feed of one's own numbers and of cover pages: 2 requests of the
// Light group a look. They change a few times a year.
const FeedNumbers = "numbers"

const numbersEvery = 12 * time.Hour

// What is kept of an account in send_lists.
const (
	listNumbers = "numbers"
	listCovers  = "covers"
)

// sendFeeds are the feeds of a service that sends.
func (s *Store) sendFeeds(svc Service) []feed {
	ss, ok := svc.(SendService)
	if !ok {
		return nil
	}
	return []feed{{
		name: FeedNumbers, every: numbersEvery, pushed: numbersEvery,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			numbers, err := ss.OwnNumbers(ctx)
			if err != nil {
				return false, fmt.Errorf("asking for your numbers: %w", err)
			}
			covers, err := ss.CoverPages(ctx)
			if err != nil {
				return false, fmt.Errorf("asking for the cover pages: %w", err)
			}
			return false, s.write(ctx, func(tx *sql.Tx) error {
				err := errors.Join(s.putNumbers(tx, b.id(), numbers), s.putCovers(tx, b.id(), covers))
				if err != nil {
					return err
				}
				return putFeed(tx, b.id(), FeedNumbers, st)
			})
		},
	}}
}

func (s *Store) putNumbers(tx *sql.Tx, account int64, list []Sender) error {
	for i := range list {
		n := &list[i]
		n.Number, _ = NormalNumber(n.Number, s.opts.Region)
		n.Label, n.Kind = CleanLine(n.Label), CleanLine(n.Kind)
	}
	return s.putSendList(tx, account, listNumbers, list)
}

func (s *Store) putCovers(tx *sql.Tx, account int64, list []Cover) error {
	for i := range list {
		list[i].ID, list[i].Name = CleanLine(list[i].ID), CleanLine(list[i].Name)
	}
	return s.putSendList(tx, account, listCovers, list)
}

func (s *Store) putSendList(tx *sql.Tx, account int64, name string, list any) error {
	value, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO send_lists (account, name, at, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (account, name) DO UPDATE SET at = excluded.at, value = excluded.value`, account, name, s.now().UnixMilli(), string(value))
	return err
}

// sendList reads what is kept; ok says that there is something.
func (s *Store) sendList(ctx context.Context, account int64, name string, list any) (ok bool, err error) {
	var value string
	err = s.r.QueryRowContext(ctx, `SELECT value FROM send_lists WHERE account = ? AND name = ?`, account, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, s.fault("reading what there is to send with", err)
	}
	return json.Unmarshal([]byte(value), list) == nil, nil
}

// listsAccount is the account of that key, or with "" the first one that sends.
func (s *Store) listsAccount(ctx context.Context, key string) (Account, SendService, error) {
	acc, err := s.sendingAccount(ctx, NewMessage{Account: key})
	if err != nil {
		return acc, nil, err
	}
	svc, _ := s.attached(acc.Key).(SendService)
	return acc, svc, nil
}

// SendingAccounts are the accounts that messages can be sent from, in their order, and the
// key of the one a message goes out from unless another is named: its own, or where its
// own sends nothing, as the mailbox of a queue, the one whose sign-in opens that. Where
// there is no account to send from the error is as that of [Store.Send].
func (s *Store) SendingAccounts(ctx context.Context, m NewMessage) (list []Account, usual string, err error) {
	own, err := s.sendingAccount(ctx, m)
	if err != nil {
		return nil, "", err
	}
	all, err := s.Accounts(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, a := range all {
		if _, sends := s.attached(a.Key).(SendService); sends {
			list = append(list, a)
		}
	}
	var owner string
	err = s.r.QueryRowContext(ctx, `SELECT owner FROM shared WHERE key = ?`, own.Key).Scan(&owner)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, "", s.fault("looking up whose mailbox it is", err)
	}
	for _, key := range []string{own.Key, owner} {
		if slices.ContainsFunc(list, func(a Account) bool { return a.Key == key }) {
			return list, key, nil
		}
	}
	if len(list) > 0 {
		return list, list[0].Key, nil
	}
	return nil, own.Key, nil
}

// Senders are the numbers of one's own, with what each can be used for. They are kept on
// this machine; the service is asked only where there are none yet.
func (s *Store) Senders(ctx context.Context, account string) ([]Sender, error) {
	acc, _, err := s.listsAccount(ctx, account)
	if err != nil {
		return nil, err
	}
	return s.sendersOf(ctx, acc, true)
}

// sendersOf is Senders for an account; without ask, the service is not asked.
func (s *Store) sendersOf(ctx context.Context, acc Account, ask bool) ([]Sender, error) {
	var list []Sender
	ok, err := s.sendList(ctx, acc.ID, listNumbers, &list)
	if err != nil {
		return nil, err
	}
	if svc, sends := s.attached(acc.Key).(SendService); !ok && sends && ask {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if list, err = svc.OwnNumbers(ctx); err != nil {
			return nil, fmt.Errorf("your own numbers are not known yet: %s: %w", reason(err), err)
		}
		err = s.write(ctx, func(tx *sql.Tx) error { return s.putNumbers(tx, acc.ID, list) })
		if err != nil {
			return nil, s.fault("keeping your numbers", err)
		}
	}
	usual := s.usualSender(ctx, acc.Key, SendText, list, false)
	for i := range list {
		list[i].Default = list[i].Number == usual
	}
	return list, nil
}

// Covers are the cover pages a fax can have, kept as the numbers are.
func (s *Store) Covers(ctx context.Context, account string) ([]Cover, error) {
	acc, svc, err := s.listsAccount(ctx, account)
	if err != nil {
		return nil, err
	}
	var list []Cover
	ok, err := s.sendList(ctx, acc.ID, listCovers, &list)
	if err != nil || ok || svc == nil {
		return list, err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if list, err = svc.CoverPages(ctx); err != nil {
		return nil, fmt.Errorf("the cover pages are not known yet: %s: %w", reason(err), err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error { return s.putCovers(tx, acc.ID, list) })
	return list, s.fault("keeping the cover pages", err)
}

// UseSender has messages of a kind come from a number from now on, where none is named.
// "" is the account's choice again.
func (s *Store) UseSender(ctx context.Context, account string, kind SendKind, number string) error {
	acc, _, err := s.listsAccount(ctx, account)
	if err != nil {
		return err
	}
	number, _ = NormalNumber(number, s.opts.Region)
	return s.Remember(ctx, senderKey(acc.Key, kind), []byte(number))
}

func senderKey(account string, kind SendKind) string { return "sender:" + string(kind) + ":" + account }

// usualSender is the number messages of a kind come from where none is named: the one a
// person chose, else the primary one, else the first that can.
func (s *Store) usualSender(ctx context.Context, account string, kind SendKind, own []Sender, files bool) string {
	can := func(n Sender) bool {
		return kind == SendText && n.Text && (n.MMS || !files) || kind == SendFax && n.Fax
	}
	chosen, err := s.Recall(ctx, senderKey(account, kind))
	if err != nil {
		s.log.Warn("which number was chosen is not known", "err", err)
	}
	var primary, first string
	for _, n := range own {
		switch {
		case !can(n):
			continue
		case n.Number == string(chosen):
			return n.Number
		case n.Primary && primary == "":
			primary = n.Number
		case first == "":
			first = n.Number
		}
	}
	return cmp.Or(primary, first)
}
