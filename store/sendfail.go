package store

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// failure is why a message that went out did not arrive, in words; "" if it did, or
// nobody says why. Of several reasons it is the first, and how many there are besides.
func failure(in Incoming) string {
	if in.Direction != Outbound || !in.Delivery.Failed() {
		return ""
	}
	var whys []string
	seen := map[string]bool{}
	for _, p := range in.To {
		if p.Why != "" && !seen[p.Why] {
			seen[p.Why] = true
			whys = append(whys, p.Why)
		}
	}
	switch len(whys) {
	case 0:
		return ""
	case 1:
		return whys[0]
	}
	return fmt.Sprintf("%s, and %d more", whys[0], len(whys)-1)
}

// failedFirst is a text as a list shows it: before that of a message that failed is why.
func failedFirst(in Incoming, text string) string {
	why := failure(in)
	if why == "" {
		return text
	}
	return strings.TrimSuffix(why+": "+strings.TrimSpace(text), ": ")
}

// tellFailed tells the person that what was sent from here did not arrive.
func (s *Store) tellFailed(tx *sql.Tx, p *record) error {
	var words string
	err := tx.QueryRow(`SELECT o.words FROM sends d JOIN ops o ON o.id = d.op WHERE d.item = ? AND d.cancels = 0 ORDER BY d.op DESC LIMIT 1`, int64(p.id)).Scan(&words)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // from another telephone or program
	}
	if err != nil {
		return err
	}
	return addNotice(tx, Notice{
		At: s.now(), Op: string(VerbSend), Text: fmt.Sprintf("The %s did not arrive: %s", lower(words), lower(cmp.Or(failure(p.Incoming), "the service does not say why"))),
		Next: "It is in the list as failed, and can be sent once more from there",
	})
}
