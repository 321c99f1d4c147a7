package store

// presenceTables keep who is there.
const presenceTables = ``

// presenceFeeds are the feeds of a service that knows who is there.
func (s *Store) presenceFeeds(svc Service) []feed { return nil }

// presenceDeeds are what can be done about one's own presence.
func presenceDeeds() map[Verb]deedInfo { return nil }
