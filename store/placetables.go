package store

// placeTables keep how far a service that keeps a queue of news for this store was heard,
// and of chats what only some services tell.
const placeTables = `
ALTER TABLE chats ADD COLUMN brief INTEGER NOT NULL DEFAULT 0;     -- the list of chats says little of it: it is asked for by itself
ALTER TABLE chats ADD COLUMN protected INTEGER NOT NULL DEFAULT 0; -- what is in it is not meant to leave it
ALTER TABLE chats ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;    -- who comes later does not see what was said before
ALTER TABLE chats ADD COLUMN readonly INTEGER NOT NULL DEFAULT 0;  -- only its owners may post
CREATE INDEX chats_brief ON chats (account, active) WHERE brief = 1;

CREATE TABLE live_places (
	account INTEGER PRIMARY KEY,
	place   TEXT NOT NULL -- what the service calls the queue
) STRICT;

-- What this store is called where a service keeps a queue for each of several listeners.
CREATE TABLE listeners (
	name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- People of other companies one is in touch with, or wants to be, as the service said last.
CREATE TABLE connections (
	account INTEGER NOT NULL,
	person  TEXT NOT NULL,
	status  TEXT NOT NULL,
	changed INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, person)
) STRICT, WITHOUT ROWID;
`
