package store

// tables2 brings a database of format 1 to format 2: what is kept of files besides
// their content. It adds tables and touches none that were there, so that it takes no
// time however many messages there are, and a damaged file can be read as before.
const tables2 = `
-- Small things a person would miss: how a page was turned, where listening stopped.
CREATE TABLE remembered (
	key   TEXT PRIMARY KEY,
	value BLOB NOT NULL,
	used  INTEGER NOT NULL -- to the hour, that reading does not write
) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_used ON remembered (used);

-- What a file says, page by page, as its own text or as it was recognised.
CREATE TABLE file_texts (
	attachment INTEGER PRIMARY KEY,
	item       INTEGER NOT NULL,
	pages      TEXT NOT NULL, -- JSON [string]
	source     TEXT NOT NULL, -- what read it, for example pdf or tesseract
	at         INTEGER NOT NULL
) STRICT;
CREATE INDEX file_texts_item ON file_texts (item);

-- When content was last of use here, and when a person last saved it.
CREATE TABLE uses (
	sha256 TEXT PRIMARY KEY,
	used   INTEGER NOT NULL,
	saved  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Saves of many files, so that a restart goes on with them.
CREATE TABLE saves (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	state    INTEGER NOT NULL, -- as of files; kept: all is where it should be
	added    INTEGER NOT NULL,
	ended    INTEGER NOT NULL DEFAULT 0,
	words    TEXT NOT NULL,            -- what is saved, for people
	items    TEXT NOT NULL,            -- JSON [id]
	options  TEXT NOT NULL,            -- JSON
	files    INTEGER NOT NULL DEFAULT 0, -- how many there are
	done     INTEGER NOT NULL DEFAULT 0,
	bytes    INTEGER NOT NULL DEFAULT 0,
	failed   INTEGER NOT NULL DEFAULT 0,
	path     TEXT NOT NULL DEFAULT '', -- where they are
	failures TEXT NOT NULL DEFAULT '[]', -- JSON, the first of them
	tries    INTEGER NOT NULL DEFAULT 0,
	next     INTEGER NOT NULL DEFAULT 0,
	fault    TEXT NOT NULL DEFAULT ''
) STRICT;
`
