package store

// keepTables keep what is known of how long services keep messages, and what was done
// here about it. They add columns with a constant default and tables, so that it takes
// no time however many messages there are.
const keepTables = `
ALTER TABLE items ADD COLUMN held INTEGER NOT NULL DEFAULT 0;    -- not to be removed from this machine
ALTER TABLE items ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0; -- when the service was first seen without it although nobody had deleted it; 0: it has it
CREATE INDEX items_held ON items (id) WHERE held > 0;
CREATE INDEX items_dropped ON items (id) WHERE dropped > 0;

-- How long a service keeps what is in a mailbox, as it said.
CREATE TABLE retention (
	account INTEGER PRIMARY KEY,
	rules   TEXT NOT NULL, -- JSON
	asked   INTEGER NOT NULL
) STRICT;

-- What was taken in before the service drops it: all of it is here, and stays.
CREATE TABLE archived (
	item INTEGER PRIMARY KEY,
	at   INTEGER NOT NULL
) STRICT;

-- Copies a person has removed: they are not fetched again unasked.
CREATE TABLE unwanted (
	attachment INTEGER PRIMARY KEY,
	item       INTEGER NOT NULL
) STRICT;

-- The journal is append-only: what was decided, by whom and when, is never rewritten.
-- The name of an item on this machine, and that of what waits to be sent, may change.
CREATE TRIGGER ledger_kept BEFORE UPDATE OF key, account, actor, at, verb, value, undoes ON ledger
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
`
