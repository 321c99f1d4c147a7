package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// VerbBlock has the service turn callers away, or let them through again; payload
// BlockState. It may be sent again: the service is brought to what the payload says.
const VerbBlock Verb = "block"

// Values of BlockedNumber.Status.
const (
	BlockBlocked = "blocked" // calls and faxes are turned away
	BlockAllowed = "allowed" // let through although others are not
	BlockFaxes   = "faxes"   // of those who withhold their number: faxes only are turned away
	BlockNone    = ""        // nothing is said of it
)

// maxBlockLabel is how many characters a label may have at the service.
const maxBlockLabel = 60

// BlockedNumber is how the service treats the calls and faxes of a number.
type BlockedNumber struct {
	Number string `json:"number"` // E.164; "": all who withhold theirs
	Status string `json:"status"`
	Label  string `json:"label,omitempty"` // at most 60 characters
}

// BlockState is how numbers are to be treated.
type BlockState struct {
	Numbers []BlockedNumber `json:"numbers"`
}

// BlockService is a Service that can turn callers away.
type BlockService interface {
	// Blocked are all numbers the service treats in a way of their own.
	Blocked(ctx context.Context) ([]BlockedNumber, error)
}

// blockedEvery is how often the list is asked for, told of news or not: 3 requests of
// the Light group. What is blocked here is known at once.
const blockedEvery = 30 * time.Minute

const objectBlock = "block:"

// blockDeeds are what can be done about callers.
func blockDeeds() map[Verb]deedInfo {
	return map[Verb]deedInfo{
		VerbBlock: {apply: applyBlock, inf: "change the blocking of", whom: blockWhom, back: "As before"},
	}
}

// applyBlock shows numbers as the payload says.
func applyBlock(_ *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var st BlockState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading whom to block: %w", err)
	}
	return putBlocked(tx, account, st.Numbers)
}

func putBlocked(tx *sql.Tx, account int64, list []BlockedNumber) error {
	for _, n := range list {
		var err error
		if n.Status == BlockNone {
			_, err = tx.Exec(`DELETE FROM blocked WHERE account = ? AND number = ?`, account, n.Number)
		} else {
			_, err = tx.Exec(`INSERT INTO blocked (account, number, status, label) VALUES (?, ?, ?, ?)
				ON CONFLICT (account, number) DO UPDATE SET status = excluded.status, label = excluded.label`,
				account, CleanLine(n.Number), n.Status, CleanLine(n.Label))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// blockFeeds are the feeds of a service that can turn callers away.
func (s *Store) blockFeeds(svc Service) []feed {
	bs, ok := svc.(BlockService)
	if !ok {
		return nil
	}
	return []feed{{
		name: FeedBlocked, every: blockedEvery, pushed: blockedEvery,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			list, err := bs.Blocked(ctx)
			if err != nil {
				return false, fmt.Errorf("asking who is blocked: %w", err)
			}
			return false, s.transact(ctx, false, func(tx *sql.Tx) error {
				if err := takeBlocked(tx, b.id(), list); err != nil {
					return err
				}
				return putFeed(tx, b.id(), FeedBlocked, st)
			})
		},
	}}
}

// takeBlocked writes down the service's list, with what is on its way to it on top.
func takeBlocked(tx *sql.Tx, account int64, list []BlockedNumber) error {
	if _, err := tx.Exec(`DELETE FROM blocked WHERE account = ?`, account); err != nil {
		return err
	}
	if err := putBlocked(tx, account, list); err != nil {
		return err
	}
	waiting, err := deedsOf(tx, account, "", 0, `o.verb = 'block' AND o.state IN (0, 1, 5)`)
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if err := applyBlock(nil, tx, account, d.object, d.does); err != nil {
			return err
		}
	}
	return nil
}

// Blocked are the numbers the service treats in a way of their own, as last heard of
// and with what was done since, in the order of the numbers: all who withhold theirs
// come first. An account of 0 is the first one.
func (s *Store) Blocked(ctx context.Context, account int64) ([]BlockedNumber, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT number, status, label FROM blocked
		WHERE account = coalesce(nullif(?, 0), (SELECT min(id) FROM accounts)) ORDER BY number`, account)
	if err != nil {
		return nil, s.fault("reading who is blocked", err)
	}
	defer rows.Close()
	var list []BlockedNumber
	for rows.Next() {
		var n BlockedNumber
		if err := rows.Scan(&n.Number, &n.Status, &n.Label); err != nil {
			return nil, s.fault("reading who is blocked", err)
		}
		list = append(list, n)
	}
	return list, s.fault("reading who is blocked", rows.Err())
}

// IsBlocked reports whether calls of a number are turned away, as far as is known here.
// A number of "" is all who withhold theirs.
func (s *Store) IsBlocked(ctx context.Context, account int64, number string) (bool, error) {
	list, err := s.Blocked(ctx, account)
	if err != nil {
		return false, err
	}
	number, _ = NormalNumber(number, s.opts.Region)
	return slices.ContainsFunc(list, func(n BlockedNumber) bool { return n.Number == number && n.Status == BlockBlocked }), nil
}

// BlockNumber has the service turn away calls and faxes of numbers, in any form people
// write them. Messages that are here stay. It can be taken back.
func (s *Store) BlockNumber(ctx context.Context, account int64, numbers ...string) (Op, error) {
	return s.SetBlocked(ctx, account, s.numbers(BlockBlocked, numbers)...)
}

// UnblockNumber lets them through again. It can be taken back.
func (s *Store) UnblockNumber(ctx context.Context, account int64, numbers ...string) (Op, error) {
	return s.SetBlocked(ctx, account, s.numbers(BlockNone, numbers)...)
}

// BlockAnonymous has the service turn away calls and faxes of everybody who withholds
// their number, or lets them through again. It can be taken back.
func (s *Store) BlockAnonymous(ctx context.Context, account int64, yes bool) (Op, error) {
	n := BlockedNumber{Status: BlockNone}
	if yes {
		n.Status = BlockBlocked
	}
	return s.setBlocked(ctx, account, []BlockedNumber{n})
}

func (s *Store) numbers(status string, numbers []string) (list []BlockedNumber) {
	for _, n := range numbers {
		list = append(list, BlockedNumber{Number: n, Status: status})
	}
	return list
}

// SetBlocked says of numbers of the outside how the service is to treat them. Those that
// are treated so already are left out; if that is all of them, Op.ID is 0 and Op.Words
// says so. An account of 0 is the first one.
func (s *Store) SetBlocked(ctx context.Context, account int64, list ...BlockedNumber) (Op, error) {
	var full []BlockedNumber
	for _, n := range list {
		number, ext := NormalNumber(n.Number, s.opts.Region)
		switch {
		case number == "" && ext == "":
			return Op{}, errors.New("the caller's number is withheld: one such caller cannot be blocked, only all of them")
		case !isE164(number):
			return Op{}, fmt.Errorf("%s is no telephone number of the outside: colleagues and short numbers cannot be blocked", cmp.Or(CleanLine(n.Number), ext))
		}
		if n.Number = number; !slices.ContainsFunc(full, func(o BlockedNumber) bool { return o.Number == number }) {
			full = append(full, n)
		}
	}
	if len(full) == 0 {
		return Op{}, errors.New("no number was given")
	}
	slices.SortFunc(full, func(a, b BlockedNumber) int { return cmp.Compare(a.Number, b.Number) })
	return s.setBlocked(ctx, account, full)
}

// setBlocked makes one deed of all that is not so already.
func (s *Store) setBlocked(ctx context.Context, account int64, list []BlockedNumber) (Op, error) {
	b := s.boxOf(account)
	if b == nil {
		return Op{}, errors.New("there is no account to block anybody for")
	}
	if _, ok := b.service().(BlockService); !ok {
		return Op{}, errors.New("this service cannot block callers")
	}
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) (err error) {
		op, err = s.blockDeed(tx, b.id(), list)
		return err
	})
	if err != nil {
		return Op{}, s.fault("changing who is blocked", err)
	}
	s.wakeDeeds()
	return op, nil
}

func (s *Store) blockDeed(tx *sql.Tx, account int64, list []BlockedNumber) (Op, error) {
	var now, was []BlockedNumber
	for _, n := range list {
		old := BlockedNumber{Number: n.Number}
		err := tx.QueryRow(`SELECT status, label FROM blocked WHERE account = ? AND number = ?`, account, n.Number).Scan(&old.Status, &old.Label)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Op{}, err
		}
		if old.Status == n.Status || n.Status == BlockNone && old.Status == BlockAllowed {
			continue
		}
		if r := []rune(CleanLine(n.Label)); len(r) > maxBlockLabel {
			n.Label = strings.TrimSpace(string(r[:maxBlockLabel]))
		}
		now, was = append(now, n), append(was, old)
	}
	if len(now) == 0 {
		return Op{Verb: VerbBlock, At: s.now(), State: OpConfirmed, Words: "Nothing changed: " + blockedWords(list, s.opts.Region) + alreadyBlocked(list)}, nil
	}
	words := "Blocked " + blockedWords(now, s.opts.Region)
	if now[0].Status == BlockNone {
		words = "No longer blocked: " + blockedWords(now, s.opts.Region)
	}
	object := make([]string, len(now))
	for i, n := range now {
		object[i] = n.Number
	}
	return s.deed(tx, Deed{
		Verb: VerbBlock, Account: account, Object: objectBlock + strings.Join(object, ","), Do: BlockState{now}, Undo: BlockState{was}, Words: words,
	})
}

func alreadyBlocked(list []BlockedNumber) string {
	word := "is"
	if len(list) > 1 {
		word = "are"
	}
	if list[0].Status == BlockNone {
		return " " + word + " not blocked"
	}
	return " " + word + " blocked already"
}

// blockedWords names whom a block is about.
func blockedWords(list []BlockedNumber, region string) string {
	switch {
	case len(list) == 1 && list[0].Number == "":
		return "everybody who withholds their number"
	case len(list) == 1 && list[0].Label != "":
		return FormatNumber(list[0].Number, region) + " (" + list[0].Label + ")"
	case len(list) == 1:
		return FormatNumber(list[0].Number, region)
	}
	return fmt.Sprintf("%d numbers", len(list))
}

// blockWhom is whom a deed is about, after "block".
func blockWhom(payload []byte) string {
	var st BlockState
	if json.Unmarshal(payload, &st) != nil || len(st.Numbers) == 0 {
		return ""
	}
	return blockedWords(st.Numbers, "")
}
