package store

// blockTables keep whose calls the service turns away.
const blockTables = `
CREATE TABLE blocked (
	account INTEGER NOT NULL,
	number  TEXT NOT NULL,             -- E.164; '': all who withhold theirs
	status  TEXT NOT NULL,             -- blocked, allowed, faxes
	label   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
`
