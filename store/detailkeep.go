package store

import (
	"context"
	"database/sql"
	"slices"
)

// keepDetail takes in what a service told of the attachments of an item.
func (s *Store) keepDetail(ctx context.Context, it bareItem, in Incoming) error {
	files := cleanFiles(in.Attachments)
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := putDetail(tx, it.id, files); err != nil {
			return err
		}
		return s.reindex(tx, it.id)
	})
	if err == nil {
		s.changed()
	}
	return s.fault("keeping the list of attachments", err)
}

// putDetail makes the attachments of an item those that were told of. What was fetched
// of a file stays, also where the service has another name for it since the item was moved.
func putDetail(tx *sql.Tx, item ID, files []Attachment) error {
	rows, err := tx.Query(`SELECT `+attachmentColumns+` FROM attachments a WHERE a.item = ? ORDER BY a.ord, a.id`, int64(item))
	if err != nil {
		return err
	}
	old, err := scanAttachments(rows)
	if err != nil {
		return err
	}
	if err := rename(tx, old, files); err != nil {
		return err
	}
	count := 0
	for i, a := range files {
		_, err := tx.Exec(insertFile, int64(item), i, a.Remote, string(a.Kind), a.Type, a.Name, a.Size, int64(a.Duration.Seconds()), a.Width, a.Height, a.URI)
		if err != nil {
			return err
		}
		if !a.IsText() {
			count++
		}
	}
	for _, a := range old { // what the service no longer tells of goes, unless it is here
		if slices.ContainsFunc(files, func(f Attachment) bool { return f.Remote == a.Remote }) {
			continue
		}
		if a.State == Kept {
			count++
			continue
		}
		if _, err := tx.Exec(`DELETE FROM jobs WHERE attachment = ?`, a.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM attachments WHERE id = ?`, a.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE items SET bare = 0, files = ? WHERE id = ?`, count, int64(item)); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM details WHERE item = ?`, int64(item)); err != nil {
		return err
	}
	return countKept(tx, item)
}

// rename gives attachments that are here the names the service has for them now, and
// notes that in old. They are the same when all else about them is; of several like that
// the first are.
func rename(tx *sql.Tx, old, files []Attachment) error {
	known := func(list []Attachment, remote string) bool {
		return slices.ContainsFunc(list, func(a Attachment) bool { return a.Remote == remote })
	}
	for i := range old {
		a := &old[i]
		if known(files, a.Remote) {
			continue
		}
		for _, f := range files {
			if f.Name != a.Name || f.Size != a.Size || f.Kind != a.Kind || f.Type != a.Type || known(old, f.Remote) {
				continue
			}
			// One that could not be found under its old name is to be had again.
			_, err := tx.Exec(`UPDATE attachments SET remote = ?, uri = ?, state = iif(state = ?, ?, state), fault = iif(state = ?, '', fault) WHERE id = ?`,
				f.Remote, f.URI, int64(Gone), int64(Remote), int64(Gone), a.ID)
			if err != nil {
				return err
			}
			a.Remote = f.Remote
			break
		}
	}
	return nil
}

// cleanFiles are attachments as they may be kept.
func cleanFiles(in []Attachment) []Attachment {
	out := slices.Clone(in[:min(len(in), maxAttachments)])
	for i := range out {
		a := &out[i]
		a.Remote, a.Kind, a.Type = CleanLine(a.Remote), AttachmentKind(CleanLine(string(a.Kind))), CleanLine(a.Type)
		a.Name, a.URI = CleanLine(a.Name), CleanLine(a.URI)
		if a.Size < 0 {
			a.Size = -1
		}
		a.Thumbs = cleanThumbs(a.Thumbs)
	}
	return out
}
