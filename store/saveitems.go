package store

import (
	"context"
	"encoding/json"
)

// itemsAtOnce is how many items are read in one go.
const itemsAtOnce = 250

// itemsToSave reads as much of some items as their files' names and the manifest
// need: those at places which of ids. Who has many to read asks once, not for each.
func (s *Store) itemsToSave(ctx context.Context, ids []ID, which []int) (map[ID]Item, error) {
	want := make([]int64, len(which))
	for n, i := range which {
		want[n] = int64(ids[i])
	}
	list, err := json.Marshal(want)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT `+rowColumns+`, i.remote, coalesce(c.service, ''), coalesce(c.key, ''), coalesce(b.parties, '{}')
		FROM json_each(?) j CROSS JOIN items i ON i.id = j.value LEFT JOIN accounts c ON c.id = i.account LEFT JOIN bodies b ON b.item = i.id`, string(list))
	if err != nil {
		return nil, s.fault("reading items", err)
	}
	defer rows.Close()
	items := make(map[ID]Item, len(which))
	for rows.Next() {
		var it Item
		var who string
		if it.Row, err = scanRow(rows, &it.Remote, &it.Service, &it.AccountKey, &who); err != nil {
			return nil, s.fault("reading items", err)
		}
		it.From, it.To = readParties(who)
		items[it.ID] = it
	}
	if err := rows.Err(); err != nil {
		return nil, s.fault("reading items", err)
	}
	files, err := s.r.QueryContext(ctx, `SELECT `+attachmentColumns+` FROM json_each(?) j CROSS JOIN attachments a ON a.item = j.value
		ORDER BY a.item, a.ord, a.id`, string(list))
	if err != nil {
		return nil, s.fault("reading items", err)
	}
	as, err := scanAttachments(files)
	if err != nil {
		return nil, s.fault("reading items", err)
	}
	for _, a := range as {
		if it, ok := items[a.Item]; ok {
			it.Attachments = append(it.Attachments, a)
			items[a.Item] = it
		}
	}
	return items, nil
}
