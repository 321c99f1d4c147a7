package store

// contactTables keep contacts and what they are found by.
//
// A contact that was deleted stays as a hidden row for a while: an undo brings it back
// under the same id, and a list that was at it knows where it was. What a contact is
// found by (its keys and words) goes at once.
//
// A book is what contacts are unique in: the account's key for its address book, the
// company's part of it for the directory, which all its mailboxes share.
const contactTables = `
CREATE TABLE contacts (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	account    INTEGER NOT NULL,
	book       TEXT NOT NULL,
	source     INTEGER NOT NULL,
	remote     TEXT NOT NULL,                 -- 'new:ID' until the service has named it
	extension  TEXT NOT NULL DEFAULT '',
	first      TEXT NOT NULL DEFAULT '',
	middle     TEXT NOT NULL DEFAULT '',
	last       TEXT NOT NULL DEFAULT '',
	nick       TEXT NOT NULL DEFAULT '',
	name       TEXT NOT NULL DEFAULT '',
	company    TEXT NOT NULL DEFAULT '',
	job        TEXT NOT NULL DEFAULT '',
	department TEXT NOT NULL DEFAULT '',
	numbers    TEXT NOT NULL DEFAULT '[]',    -- JSON [PhoneNumber]
	emails     TEXT NOT NULL DEFAULT '[]',    -- JSON [string]
	web        TEXT NOT NULL DEFAULT '',
	birthday   TEXT NOT NULL DEFAULT '',
	postal     TEXT NOT NULL DEFAULT '[]',    -- JSON [Postal]
	notes      TEXT NOT NULL DEFAULT '',
	status     TEXT NOT NULL DEFAULT '',
	type       TEXT NOT NULL DEFAULT '',
	modified   INTEGER NOT NULL DEFAULT 0,
	extra      TEXT NOT NULL DEFAULT '',      -- what only the adapter understands
	sort       TEXT NOT NULL DEFAULT '',      -- the name as lists are ordered by it
	words      TEXT NOT NULL DEFAULT '',      -- all it is found by, see contactWords
	made       INTEGER NOT NULL DEFAULT 0,    -- when the row was
	hidden     INTEGER NOT NULL DEFAULT 0,    -- since when it is deleted; 0: it is not
	seen       INTEGER NOT NULL DEFAULT 0,    -- when the service last had it
	settled    INTEGER NOT NULL DEFAULT 0,    -- when a change of ours was last confirmed
	UNIQUE (book, source, remote)
) STRICT;
-- With the words, so that reading along the list for words that fit many reads nothing else.
CREATE INDEX contacts_name ON contacts (sort, id, source, book, words) WHERE hidden = 0;
CREATE INDEX contacts_source ON contacts (source, sort, id) WHERE hidden = 0;
CREATE INDEX contacts_hidden ON contacts (hidden) WHERE hidden > 0;
CREATE INDEX contacts_seen ON contacts (book, source, seen) WHERE hidden = 0;

-- What a contact has in common with a caller or another contact: a number backwards
-- with its + at the end, 'x' and an extension, '@' and an e-mail address.
CREATE TABLE contact_keys (
	key     TEXT NOT NULL,
	contact INTEGER NOT NULL,
	PRIMARY KEY (key, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_keys_contact ON contact_keys (contact);

-- The words of contacts.words. The indexes of prefixes make the first letters typed as
-- fast as the rest.
CREATE VIRTUAL TABLE contact_search USING fts5 (
	words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE favorites (
	account INTEGER NOT NULL,
	book    TEXT NOT NULL,
	source  INTEGER NOT NULL,
	remote  TEXT NOT NULL,                    -- of the contact, which need not be here yet
	ord     INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, source, remote)
) STRICT, WITHOUT ROWID;
CREATE INDEX favorites_contact ON favorites (book, source, remote);

-- Moves whenever a contact changes, in whichever process.
CREATE TABLE contact_version (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL) STRICT;
INSERT INTO contact_version VALUES (1, 1);
`
