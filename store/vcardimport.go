package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ImportReport says what became of the cards of a file.
type ImportReport struct {
	Cards   int             `json:"cards"`
	Added   int             `json:"added"`
	Known   int             `json:"known"`             // there already: same name, and a number or e-mail address in common
	Refused []ImportProblem `json:"refused,omitempty"` // not taken; at most a thousand are told
	Short   []ImportProblem `json:"short,omitempty"`   // taken, but not all of it
}

// ImportProblem is a card, and what is wrong with it.
type ImportProblem struct {
	Card int    `json:"card"` // from 1
	Name string `json:"name,omitempty"`
	Why  string `json:"why"`
}

// mostProblems bounds what a report tells.
const mostProblems = 1000

// importStep is how many contacts are written at a time.
const importStep = 100

// ImportVCards adds the contacts of a file of cards (vCard 2.1, 3.0, 4.0) to an address
// book, 0 for the first. Those that are there already are passed over. What was added is
// in effect, and on disk, when it returns; the service is told by Run or Flush, and can
// be asked to take ten a minute. One Undo takes all of them back. The report counts also
// when there is an error.
func (s *Store) ImportVCards(ctx context.Context, account int64, r io.Reader) (ImportReport, error) {
	im := importer{s: s, account: account, seen: map[string]bool{}}
	cards := newCardReader(r)
	for im.rep.Cards < mostCards {
		fields, err := cards.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errCardTooLong) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return im.rep, fmt.Errorf("reading the cards: %w", errors.Join(err, im.flush(ctx)))
		}
		im.rep.Cards++
		im.take(fields, err)
		if len(im.batch) == importStep {
			if err := im.flush(ctx); err != nil {
				return im.rep, s.fault("importing contacts", err)
			}
		}
	}
	if im.rep.Cards == mostCards {
		im.refuse(mostCards, "", fmt.Sprintf("a file may have %d cards: the rest was left out", mostCards))
	}
	err := im.flush(ctx)
	s.wakeDeeds()
	if err == nil && im.rep.Cards == 0 {
		err = errors.New("there is no contact card in it")
	}
	return im.rep, s.fault("importing contacts", err)
}

// importer takes in cards.
type importer struct {
	s       *Store
	account int64
	rep     ImportReport
	batch   []importCard
	seen    map[string]bool // in this file
	undo    int64           // row in batches, once something was added
}

type importCard struct {
	Contact
	card int
}

func (im *importer) refuse(card int, name, why string) {
	if len(im.rep.Refused) < mostProblems {
		im.rep.Refused = append(im.rep.Refused, ImportProblem{card, name, why})
	}
}

// take reads one card.
func (im *importer) take(fields []string, err error) {
	n := im.rep.Cards
	if err != nil {
		why := "it is too long"
		if errors.Is(err, io.ErrUnexpectedEOF) {
			why = "it has no end"
		}
		im.refuse(n, "", why)
		return
	}
	c, short, err := parseCard(fields, im.s.opts.Region)
	if err == nil {
		err = im.s.checkContact(&c)
	}
	if err != nil {
		im.refuse(n, c.Name, err.Error())
		return
	}
	if len(short) > 0 && len(im.rep.Short) < mostProblems {
		im.rep.Short = append(im.rep.Short, ImportProblem{n, c.Name, strings.Join(short, "; ")})
	}
	if key := importKey(&c); im.seen[key] {
		im.rep.Known++
		return
	} else {
		im.seen[key] = true
	}
	im.batch = append(im.batch, importCard{c, n})
}

// importKey is the same for cards that say the same.
func importKey(c *Contact) string {
	return nameKey(c.Name) + "|" + strings.Join(contactKeys(c), "|")
}

// nameKey is the same for names with the same words in any order.
func nameKey(name string) string {
	w := foldWords(name)
	slices.Sort(w)
	return strings.Join(w, " ")
}

// flush writes those read so far.
func (im *importer) flush(ctx context.Context) error {
	if len(im.batch) == 0 {
		return nil
	}
	rep, undo := im.rep, im.undo
	err := im.s.writeFull(ctx, func(tx *sql.Tx) (err error) {
		im.rep, im.undo = rep, undo
		var ops []int64
		for _, c := range im.batch {
			known, err := im.known(tx, &c.Contact)
			if err != nil {
				return err
			}
			if known {
				im.rep.Known++
				continue
			}
			c.Account = im.account
			op, err := im.s.saveContact(tx, c.Contact, nil)
			if errors.Is(err, errBookFull) {
				im.refuse(c.card, c.Name, err.Error())
				continue
			}
			if err != nil {
				return err
			}
			im.rep.Added++
			ops = append(ops, op.ID)
		}
		if len(ops) > 0 {
			im.undo, err = putBatch(tx, im.undo, ops, addedWords(im.rep.Added))
		}
		return err
	})
	if err != nil {
		im.rep, im.undo = rep, undo
	}
	im.batch = im.batch[:0]
	return err
}

func addedWords(n int) string {
	if n == 1 {
		return "Added 1 contact"
	}
	return fmt.Sprintf("Added %d contacts", n)
}

// known reports whether the address book has a contact of the name that shares a number
// or an e-mail address with this one, or has as little as it.
func (im *importer) known(tx *sql.Tx, c *Contact) (bool, error) {
	rows, err := tx.Query(`SELECT `+contactColumns+` FROM contacts c WHERE c.hidden = 0 AND c.source = 1 AND c.sort = ? AND (c.account = ? OR ? = 0) LIMIT 200`,
		sortName(c.Name), im.account, im.account)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	mine := contactKeys(c)
	for rows.Next() {
		o, err := scanContact(rows)
		if err != nil {
			return false, err
		}
		theirs := contactKeys(&o)
		if len(mine) == 0 && o.Company == c.Company || slices.ContainsFunc(mine, func(k string) bool { return slices.Contains(theirs, k) }) {
			return true, nil
		}
	}
	return false, rows.Err()
}
