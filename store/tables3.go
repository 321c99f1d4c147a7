package store

// tables3 brings a database of format 2 to format 3: calls, contacts, presence and
// chats beside the messages. It adds columns with a constant default and tables, so
// that it takes no time however many messages there are.
const tables3 = feedTables + deedTables + batchTables + callTables + contactTables + presenceTables + sharedTables + chatTables + arrivalTables

// feedTables keep how far each feed has come.
const feedTables = `
CREATE TABLE feeds (
	account INTEGER NOT NULL,
	name    TEXT NOT NULL,
	cursor  TEXT NOT NULL DEFAULT '',  -- where the next increment starts
	older   TEXT NOT NULL DEFAULT '',  -- where the history goes on
	done    INTEGER NOT NULL DEFAULT 0, -- the history is here
	synced  INTEGER NOT NULL DEFAULT 0, -- last look that went well
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
`

// deedTables keep changes of things that are not items; ops has the rest of each.
const deedTables = `
CREATE TABLE deeds (
	op      INTEGER PRIMARY KEY,
	account INTEGER NOT NULL,
	object  TEXT NOT NULL,             -- what it is about
	does    TEXT NOT NULL,             -- JSON of how the object is to be
	undoes  TEXT NOT NULL DEFAULT '',  -- JSON of how it was; '': cannot be taken back
	remote  TEXT NOT NULL DEFAULT ''   -- what the service called what it made
) STRICT;
CREATE INDEX deeds_object ON deeds (account, object, op);
`
