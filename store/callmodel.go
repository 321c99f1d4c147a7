package store

// callTables keep what is known of a call beside its item.
const callTables = `
ALTER TABLE items ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0; -- of a call: an Outcome
`

// callFeeds are the feeds of a service that has a call log.
func (s *Store) callFeeds(svc Service) []feed { return nil }
