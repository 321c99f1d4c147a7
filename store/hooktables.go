package store

// hookTables keep what a person's own programs were told of, so that none is told twice:
// not after a restart, and not by two processes at once.
const hookTables = `
CREATE TABLE told (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL,
	at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX told_at ON told (at);
`
