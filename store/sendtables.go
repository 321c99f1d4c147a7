package store

// sendTables keep what is sent, what is being written, and what there is to send with.
// ops has the rest of each send.
const sendTables = `
CREATE TABLE sends (
	op      INTEGER PRIMARY KEY,
	account INTEGER NOT NULL,
	item    INTEGER NOT NULL,           -- the message: its echo until the service has it
	lane    TEXT NOT NULL,              -- what goes out one after the other: texts, faxes, cancels
	peer    TEXT NOT NULL,              -- to whom; those to the same one keep their order
	payload TEXT NOT NULL,              -- JSON of what is sent
	cancels INTEGER NOT NULL DEFAULT 0, -- the op whose fax this one takes back at the service
	hold    INTEGER NOT NULL DEFAULT 0, -- it does not leave before
	until   INTEGER NOT NULL DEFAULT 0, -- and can be taken back until then
	first   INTEGER NOT NULL DEFAULT 0, -- the first request for it began
	last    INTEGER NOT NULL DEFAULT 0, -- the last one did
	looks   INTEGER NOT NULL DEFAULT 0, -- how often the list of sent messages did not have it
	unsure  INTEGER NOT NULL DEFAULT 0, -- the service cannot tell; a person has to
	remote  TEXT NOT NULL DEFAULT ''    -- what the service calls it
) STRICT;
CREATE INDEX sends_account ON sends (account, op);
CREATE INDEX sends_item ON sends (item);
CREATE INDEX sends_open ON sends (account, op) WHERE remote = '';
CREATE INDEX sends_last ON sends (account, last);

CREATE TABLE message_drafts (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	at      INTEGER NOT NULL,
	message TEXT NOT NULL               -- JSON
) STRICT;

-- The numbers and cover pages of an account.
CREATE TABLE send_lists (
	account INTEGER NOT NULL,
	name    TEXT NOT NULL,
	at      INTEGER NOT NULL,
	value   TEXT NOT NULL,              -- JSON
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
`
