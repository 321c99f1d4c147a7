package store

// schema makes an empty database of format 1; see migrations for what came later. Times are Unix milliseconds (0: not set),
// booleans 0 or 1, enumerations the values of model.go.
const schema = `
CREATE TABLE accounts (
	id      INTEGER PRIMARY KEY,
	key     TEXT NOT NULL UNIQUE,
	service TEXT NOT NULL,
	name    TEXT NOT NULL,
	number  TEXT NOT NULL DEFAULT '',
	since   INTEGER NOT NULL,
	cursor  TEXT NOT NULL DEFAULT '',  -- where the next increment starts
	older   TEXT NOT NULL DEFAULT '',  -- where the history goes on
	history INTEGER NOT NULL DEFAULT 0,
	started INTEGER NOT NULL DEFAULT 0,
	synced  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One row a message; id is time << 20 | hash, so a range of ids is a range of time.
CREATE TABLE items (
	id           INTEGER PRIMARY KEY,
	account      INTEGER NOT NULL,
	remote       TEXT NOT NULL,
	kind         INTEGER NOT NULL,
	direction    INTEGER NOT NULL,
	modified     INTEGER NOT NULL,
	mailbox      TEXT NOT NULL DEFAULT '',
	who          TEXT NOT NULL DEFAULT '',
	number       TEXT NOT NULL DEFAULT '',
	extension    TEXT NOT NULL DEFAULT '',
	location     TEXT NOT NULL DEFAULT '',
	preview      TEXT NOT NULL DEFAULT '',
	duration     INTEGER NOT NULL DEFAULT 0, -- seconds
	pages        INTEGER NOT NULL DEFAULT 0,
	read         INTEGER NOT NULL DEFAULT 0,
	availability INTEGER NOT NULL DEFAULT 0,
	deleted      INTEGER NOT NULL DEFAULT 0, -- when it was first seen deleted
	delivery     INTEGER NOT NULL DEFAULT 0,
	transcript   INTEGER NOT NULL DEFAULT 0,
	base         INTEGER NOT NULL DEFAULT 0, -- its state before anybody decided
	state        INTEGER NOT NULL DEFAULT 0,
	until        INTEGER NOT NULL DEFAULT 0,
	files        INTEGER NOT NULL DEFAULT 0,
	kept         INTEGER NOT NULL DEFAULT 0,
	notes        INTEGER NOT NULL DEFAULT 0,
	claim        TEXT NOT NULL DEFAULT '',
	labels       TEXT NOT NULL DEFAULT '',   -- space separated
	pending      INTEGER NOT NULL DEFAULT 0, -- changes not yet at the service
	UNIQUE (account, remote)
) STRICT;

-- Each list is a walk along one of these: the columns before id are equal all the
-- way, those after it save a look at the row while skipping.
CREATE INDEX items_state ON items (state, id, kind, read) WHERE availability = 0;
CREATE INDEX items_kind ON items (kind, id, state, read) WHERE availability = 0;
CREATE INDEX items_unread ON items (read, id, kind, state) WHERE availability = 0 AND read = 0;
CREATE INDEX items_trash ON items (availability, id) WHERE availability = 1;
CREATE INDEX items_failed ON items (id) WHERE delivery IN (4, 5);
CREATE INDEX items_pending ON items (id) WHERE pending > 0;
CREATE INDEX items_claim ON items (id) WHERE claim <> '';
CREATE INDEX items_label ON items (id) WHERE labels <> '';
CREATE INDEX items_note ON items (id) WHERE notes > 0;
CREATE INDEX items_wake ON items (until) WHERE state = 2;

-- What a list does not show: read one at a time.
CREATE TABLE bodies (
	item         INTEGER PRIMARY KEY,
	parties      TEXT NOT NULL DEFAULT '{}', -- JSON {"from":Party,"to":[Party]}
	subject      TEXT NOT NULL DEFAULT '',
	text         TEXT NOT NULL DEFAULT '',
	raw          TEXT NOT NULL DEFAULT '',   -- only where it differs from text
	conversation TEXT NOT NULL DEFAULT '',
	resolution   TEXT NOT NULL DEFAULT '',
	flags        INTEGER NOT NULL DEFAULT 0  -- 1 high priority, 2 private
) STRICT;

CREATE INDEX bodies_private ON bodies (item) WHERE flags >= 2;

CREATE TABLE attachments (
	id       INTEGER PRIMARY KEY,
	item     INTEGER NOT NULL,
	ord      INTEGER NOT NULL,
	remote   TEXT NOT NULL,
	kind     TEXT NOT NULL,
	type     TEXT NOT NULL,
	sniffed  TEXT NOT NULL DEFAULT '',
	name     TEXT NOT NULL,
	size     INTEGER NOT NULL,
	bytes    INTEGER NOT NULL DEFAULT 0,
	duration INTEGER NOT NULL DEFAULT 0, -- seconds
	width    INTEGER NOT NULL DEFAULT 0,
	height   INTEGER NOT NULL DEFAULT 0,
	uri      TEXT NOT NULL,
	state    INTEGER NOT NULL DEFAULT 0,
	sha256   TEXT NOT NULL DEFAULT '',
	fault    TEXT NOT NULL DEFAULT '',
	UNIQUE (item, remote)
) STRICT;
CREATE INDEX attachments_sha ON attachments (sha256) WHERE sha256 <> '';
-- Texts that still have to be fetched.
CREATE INDEX attachments_text ON attachments (item) WHERE kind = 'AudioTranscription' AND state = 0 AND bytes = 0;

-- Downloads under way, so that a restart goes on with them.
CREATE TABLE jobs (
	attachment INTEGER PRIMARY KEY,
	state      INTEGER NOT NULL,
	priority   INTEGER NOT NULL DEFAULT 0,
	added      INTEGER NOT NULL,
	total      INTEGER NOT NULL DEFAULT -1,
	validator  TEXT NOT NULL DEFAULT '',
	tries      INTEGER NOT NULL DEFAULT 0,
	next       INTEGER NOT NULL DEFAULT 0,
	fault      TEXT NOT NULL DEFAULT ''
) STRICT;

-- What was decided here about an item. Appended, never changed; the state
-- columns of items are a fold of it.
CREATE TABLE ledger (
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
	key     TEXT NOT NULL UNIQUE,
	account TEXT NOT NULL, -- accounts.key
	remote  TEXT NOT NULL,
	item    INTEGER NOT NULL,
	actor   TEXT NOT NULL,
	at      INTEGER NOT NULL,
	verb    TEXT NOT NULL,
	value   TEXT NOT NULL DEFAULT '',
	undoes  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ledger_item ON ledger (item);
CREATE INDEX ledger_remote ON ledger (account, remote);

-- The outbox and the undo list in one: every change a person made.
CREATE TABLE ops (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	verb     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	text     TEXT NOT NULL DEFAULT '',
	words    TEXT NOT NULL DEFAULT '',
	state    INTEGER NOT NULL,
	undoable INTEGER NOT NULL DEFAULT 1,
	undone   INTEGER NOT NULL DEFAULT 0, -- id of the op that took it back, or -1
	undoes   INTEGER NOT NULL DEFAULT 0, -- id of the op this one takes back
	redoes   INTEGER NOT NULL DEFAULT 0, -- id of the undo this one takes back
	tries    INTEGER NOT NULL DEFAULT 0,
	next     INTEGER NOT NULL DEFAULT 0,
	owner    TEXT NOT NULL DEFAULT '',   -- the process that is sending it, and
	lease    INTEGER NOT NULL DEFAULT 0, -- until when nobody else may
	error    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ops_pending ON ops (id) WHERE state IN (0, 1, 5); -- pending, sending, unknown

-- One row an item of an op: what it was before, and what became of it.
CREATE TABLE op_items (
	op      INTEGER NOT NULL,
	item    INTEGER NOT NULL,
	account INTEGER NOT NULL,
	remote  TEXT NOT NULL,
	before  TEXT NOT NULL DEFAULT '', -- JSON of what the verb changed
	entry   TEXT NOT NULL DEFAULT '', -- key of its ledger entry
	state   INTEGER NOT NULL DEFAULT 0,
	error   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (op, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX op_items_item ON op_items (item, op);

CREATE TABLE notices (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	at        INTEGER NOT NULL,
	op        TEXT NOT NULL,
	text      TEXT NOT NULL,
	next      TEXT NOT NULL DEFAULT '',
	permanent INTEGER NOT NULL DEFAULT 0,
	dismissed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Full text. rowid = items.id, so newest first is a walk backwards and can stop early.
-- The column number has the digits of all numbers backwards, so that the last digits
-- of a number are a prefix.
CREATE VIRTUAL TABLE search USING fts5 (
	who, number, text, files, notes,
	content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
`
