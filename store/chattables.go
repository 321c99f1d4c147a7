package store

// chatTables keep chats, people and what posts have beside their items.
//
// What is known of a chat's posts is a run without holes from its top down, but for
// its gaps: between above and below, both exclusive, posts may be missing. Above 0
// is the beginning of the chat. Posts that came by themselves, pushed or as part of a
// thread, neither move the top nor close a gap.
const chatTables = `
ALTER TABLE items ADD COLUMN chat INTEGER NOT NULL DEFAULT 0; -- of a post: row in chats

CREATE TABLE chats (
	id          INTEGER PRIMARY KEY,
	account     INTEGER NOT NULL,
	remote      TEXT NOT NULL,              -- '~' and a number while it is being made
	type        TEXT NOT NULL DEFAULT '',   -- '': nothing but its id is known yet
	name        TEXT NOT NULL DEFAULT '',   -- given
	title       TEXT NOT NULL DEFAULT '',   -- shown: the name, or made of the members' names
	description TEXT NOT NULL DEFAULT '',
	public      INTEGER NOT NULL DEFAULT 0,
	joined      INTEGER NOT NULL DEFAULT 0,
	archived    INTEGER NOT NULL DEFAULT 0,
	favorite    INTEGER NOT NULL DEFAULT 0,
	changed     INTEGER NOT NULL DEFAULT 0, -- latest activity the service told of
	active      INTEGER NOT NULL DEFAULT 0, -- the same, or the latest post here if that is later
	looked      INTEGER NOT NULL DEFAULT 0, -- changed, as it was when posts were last read
	need        INTEGER NOT NULL DEFAULT 0, -- the newest posts are to be read
	top         INTEGER NOT NULL DEFAULT 0, -- the newest post there are no holes below
	latest      INTEGER NOT NULL DEFAULT 0, -- the newest post that is there to be read
	read_to     INTEGER NOT NULL DEFAULT 0, -- posts up to here have been seen
	unread      INTEGER NOT NULL DEFAULT 0, -- posts of others after read_to
	mentions    INTEGER NOT NULL DEFAULT 0, -- of those, how many mention oneself
	listed      INTEGER NOT NULL DEFAULT 0, -- the list of all chats that last had it
	UNIQUE (account, remote)
) STRICT;
CREATE INDEX chats_active ON chats (joined, active, id);
CREATE INDEX chats_public ON chats (active, id) WHERE joined = 0 AND public = 1;
CREATE INDEX chats_unread ON chats (active, id) WHERE unread > 0;
CREATE INDEX chats_need ON chats (account, active) WHERE need = 1;
CREATE INDEX chats_bare ON chats (account) WHERE type = '';

CREATE TABLE members (
	chat   INTEGER NOT NULL,
	person TEXT NOT NULL, -- the service's id
	PRIMARY KEY (chat, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_person ON members (person);

CREATE TABLE people (
	account INTEGER NOT NULL,
	remote  TEXT NOT NULL,
	name    TEXT NOT NULL DEFAULT '',
	email   TEXT NOT NULL DEFAULT '',
	company TEXT NOT NULL DEFAULT '',
	state   INTEGER NOT NULL DEFAULT 0, -- 0: to be asked for, 1: known, 2: the service does not know them
	me      INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, remote)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_asked ON people (account) WHERE state = 0;
CREATE INDEX people_name ON people (name COLLATE NOCASE);

CREATE TABLE posts (
	item     INTEGER PRIMARY KEY,
	chat     INTEGER NOT NULL,
	account  INTEGER NOT NULL,
	remote   TEXT NOT NULL,              -- '' of one that the service has not given a name
	author   TEXT NOT NULL DEFAULT '',
	system   TEXT NOT NULL DEFAULT '',
	people   TEXT NOT NULL DEFAULT '',   -- JSON [id]
	markdown TEXT NOT NULL DEFAULT '',
	mentions TEXT NOT NULL DEFAULT '',   -- JSON [Mention]
	parent   TEXT NOT NULL DEFAULT '',
	thread   TEXT NOT NULL DEFAULT '',
	edited   INTEGER NOT NULL DEFAULT 0,
	removed  INTEGER NOT NULL DEFAULT 0, -- 1: it is gone; 2: it is being deleted from here
	mine     INTEGER NOT NULL DEFAULT 0,
	mention  INTEGER NOT NULL DEFAULT 0, -- of oneself
	touched  INTEGER NOT NULL DEFAULT 0, -- there are deeds about it
	echo     INTEGER NOT NULL DEFAULT 0, -- the id it had before the service gave it one
	twin     TEXT NOT NULL DEFAULT '',   -- of what is being sent: the post it may have become already
	fault    TEXT NOT NULL DEFAULT ''    -- why it could not be sent
) STRICT;
CREATE INDEX posts_chat ON posts (chat, item);
CREATE INDEX posts_thread ON posts (chat, thread, item) WHERE thread <> '';
CREATE INDEX posts_author ON posts (account, author);
CREATE INDEX posts_remote ON posts (chat, remote);
CREATE INDEX posts_echo ON posts (echo) WHERE echo <> 0;
CREATE INDEX posts_sending ON posts (chat) WHERE remote = '';

CREATE TABLE chat_gaps (
	chat   INTEGER NOT NULL,
	below  INTEGER NOT NULL,          -- the post above which all is here
	above  INTEGER NOT NULL,          -- the post where what is here goes on; 0: the beginning of the chat
	cursor TEXT NOT NULL DEFAULT '',  -- the service's name for where to read on
	PRIMARY KEY (chat, below)
) STRICT, WITHOUT ROWID;

-- Removed before they ever came.
CREATE TABLE posts_removed (
	account INTEGER NOT NULL,
	remote  TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (account, remote)
) STRICT, WITHOUT ROWID;

-- What is being written, by chat.
CREATE TABLE drafts (
	chat    INTEGER PRIMARY KEY,
	text    TEXT NOT NULL,
	rest    TEXT NOT NULL DEFAULT '{}', -- JSON of what Draft has besides
	at      INTEGER NOT NULL
) STRICT;
`
