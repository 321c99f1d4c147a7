#!/bin/sh
# How fast the sqlite3 shell imports the messages of a store: the same rows, indexes and
# full-text index. To be set beside "time switchboard sync --once" into an empty folder.
# Usage: import-rate.sh .../switchboard.db
set -eu
db=$1; dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
sqlite3 -readonly "$db" >/dev/null <<S
.mode ascii
.output $dir/items
SELECT * FROM items;
.output $dir/bodies
SELECT * FROM bodies;
.output $dir/attachments
SELECT * FROM attachments;
.output $dir/search
SELECT i.id, i.who||' '||i.location, i.number, b.subject||' '||b.text, coalesce((SELECT group_concat(name,' ') FROM attachments WHERE item=i.id),''), '' FROM items i JOIN bodies b ON b.item=i.id;
S
n=$(sqlite3 -readonly "$db" 'SELECT count(*) FROM items')
{
  echo 'PRAGMA journal_mode=wal; PRAGMA synchronous=normal;'
  sqlite3 -readonly "$db" ".mode list" "SELECT sql||';' FROM sqlite_schema WHERE sql IS NOT NULL AND (tbl_name IN ('items','bodies','attachments'))"
  echo "CREATE VIRTUAL TABLE search USING fts5 (who, number, text, files, notes, content='', tokenize = 'unicode61 remove_diacritics 2');"
  echo "CREATE VIEW feed AS SELECT 0 AS id, '' AS who, '' AS number, '' AS text, '' AS files, '' AS notes;"
  echo "CREATE TRIGGER feeding INSTEAD OF INSERT ON feed BEGIN INSERT INTO search (rowid, who, number, text, files, notes) VALUES (new.id, new.who, new.number, new.text, new.files, new.notes); END;"
} > $dir/schema
sqlite3 $dir/new.db < $dir/schema > /dev/null
t0=$(date +%s.%N)
sqlite3 $dir/new.db <<S
.mode ascii
.import $dir/items items
.import $dir/bodies bodies
.import $dir/attachments attachments
.import $dir/search feed
S
t1=$(date +%s.%N)
sqlite3 $dir/new.db 'select count(*) from items; select count(*) from search; select count(*) from bodies'
echo "$n $t0 $t1" | awk '{printf "%d messages in %.2f s: %.0f/s\n",$1,$3-$2,$1/($3-$2)}'
