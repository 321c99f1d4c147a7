package store

// markTables keep what an e-mail is found by beside its text: which mailbox it is in, its
// tags, whom it is assigned to, and how it stands at its service. Each word is there once,
// so that the few there are can be compared with what a person typed, and the e-mails that
// have it are a walk along an index. Triggers make them of what is in mails, in the same
// transaction and also where a damaged file is carried over.
const markTables = `
CREATE TABLE mail_words (
	id    INTEGER PRIMARY KEY,
	field TEXT NOT NULL, -- box, tag, owner or status
	text  TEXT NOT NULL, -- as the service writes it; of box: as in mails
	UNIQUE (field, text)
) STRICT;

CREATE TABLE mail_marks (
	item INTEGER NOT NULL,
	word INTEGER NOT NULL,
	PRIMARY KEY (item, word)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mail_marks_word ON mail_marks (word, item);

CREATE VIEW mail_said (item, field, text) AS
	SELECT m.item, 'tag', j.value FROM mails m, json_each(iif(json_valid(m.detail), m.detail, '{}'), '$.tags') j WHERE j.type = 'text' AND j.value <> ''
	UNION ALL
	SELECT m.item, 'owner', m.detail ->> '$.owner' FROM mails m WHERE json_valid(m.detail) AND m.detail ->> '$.owner' <> ''
	UNION ALL
	SELECT m.item, 'status', m.detail ->> '$.status' FROM mails m WHERE json_valid(m.detail) AND m.detail ->> '$.status' <> ''
	UNION ALL
	SELECT m.item, 'box', m.box FROM mails m WHERE m.box <> '';

CREATE TRIGGER mails_marked AFTER INSERT ON mails BEGIN
	INSERT INTO mail_words (field, text) SELECT field, text FROM mail_said WHERE item = new.item ON CONFLICT DO NOTHING;
	INSERT INTO mail_marks (item, word) SELECT s.item, w.id FROM mail_said s CROSS JOIN mail_words w ON w.field = s.field AND w.text = s.text
		WHERE s.item = new.item ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER mails_remarked AFTER UPDATE OF box, detail ON mails WHEN new.detail <> old.detail OR new.box <> old.box BEGIN
	DELETE FROM mail_marks WHERE item = new.item;
	INSERT INTO mail_words (field, text) SELECT field, text FROM mail_said WHERE item = new.item ON CONFLICT DO NOTHING;
	INSERT INTO mail_marks (item, word) SELECT s.item, w.id FROM mail_said s CROSS JOIN mail_words w ON w.field = s.field AND w.text = s.text
		WHERE s.item = new.item ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER mails_unmarked AFTER DELETE ON mails BEGIN
	DELETE FROM mail_marks WHERE item = old.item;
END;

INSERT INTO mail_words (field, text) SELECT DISTINCT field, text FROM mail_said;
INSERT INTO mail_marks (item, word) SELECT DISTINCT s.item, w.id FROM mail_said s CROSS JOIN mail_words w ON w.field = s.field AND w.text = s.text;
`
