package store

// thumbTables keep the smaller pictures that a service offers of a file, and which of them
// are here. Attachments go in many ways; whichever it is, the trigger takes these with them.
const thumbTables = `
CREATE TABLE thumbs (
	attachment INTEGER NOT NULL,
	remote     TEXT NOT NULL,              -- the service's id, by which one is fetched like a file
	width      INTEGER NOT NULL DEFAULT 0, -- pixels; 0: not told
	sha256     TEXT NOT NULL DEFAULT '',   -- of the picture itself, never of the file; '': it is not here
	bytes      INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (attachment, remote)
) STRICT, WITHOUT ROWID;
CREATE INDEX thumbs_sha ON thumbs (sha256) WHERE sha256 <> '';

CREATE TRIGGER thumbs_gone AFTER DELETE ON attachments BEGIN
	DELETE FROM thumbs WHERE attachment = OLD.id;
END;
`
