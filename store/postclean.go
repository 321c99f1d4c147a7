package store

import (
	"context"
	"encoding/json"
	"slices"
)

// cleanPosts cleans what is not cleaned on the way to an item, and keeps of posts given
// twice what was said last.
func cleanPosts(in []IncomingPost) []IncomingPost {
	at := map[string]int{}
	out := make([]IncomingPost, 0, len(in))
	for _, p := range in {
		p.Remote, p.Chat, p.Author = CleanLine(p.Remote), CleanLine(p.Chat), CleanLine(p.Author)
		p.System, p.Parent, p.Thread = CleanLine(p.System), CleanLine(p.Parent), CleanLine(p.Thread)
		if p.Remote == "" || p.Chat == "" {
			continue
		}
		p.Text = Clean(p.Text)
		p.Mentions = slices.Clone(p.Mentions[:min(len(p.Mentions), maxParties)])
		for i := range p.Mentions {
			m := &p.Mentions[i]
			m.Type, m.ID, m.Name = CleanLine(m.Type), CleanLine(m.ID), CleanLine(m.Name)
		}
		p.People = slices.Clone(p.People[:min(len(p.People), maxParties)])
		for i := range p.People {
			p.People[i] = CleanLine(p.People[i])
		}
		key := postRemote(p.Chat, p.Remote)
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, p)
			continue
		}
		out[i] = later(out[i], p)
	}
	return out
}

// later is what is left of two versions of a post. A removal may not say when the post
// was made; the other one does.
func later(a, b IncomingPost) IncomingPost {
	if b.Time.IsZero() || !a.Time.IsZero() && a.Modified.After(b.Modified) {
		a, b = b, a
	}
	b.Removed = a.Removed || b.Removed
	if !a.Time.IsZero() && a.Time.Before(b.Time) { // a change that does not say of when the post is
		b.Time, b.Apart = a.Time, a.Apart
	}
	return b
}

// postNames is what is known of the people of some posts.
type postNames struct {
	me string
	of map[string]string
}

func (s *Store) namesFor(ctx context.Context, account int64, posts []IncomingPost) (postNames, error) {
	n := postNames{of: map[string]string{}}
	var ids []string
	for _, p := range posts {
		ids = append(ids, p.Author)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return n, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT remote, name, me FROM people WHERE account = ? AND (me = 1 OR remote IN (SELECT value FROM json_each(?)))`, account, string(list))
	if err != nil {
		return n, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, name string
		var me bool
		if err := rows.Scan(&id, &name, &me); err != nil {
			return n, err
		}
		n.of[id] = name
		if me {
			n.me = id
		}
	}
	return n, rows.Err()
}
