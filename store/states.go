package store

import "fmt"

// states are the values of in: and is:. Constants are written out, as a partial
// index is used only where its own condition can be seen.
var states = map[string]struct{ cond, index string }{
	"voicemail": {`i.kind = 1`, "items_kind"},
	"fax":       {`i.kind = 2`, "items_kind"},
	"sms":       {`i.kind = 3`, "items_kind"},
	"mms":       {`i.kind = 4`, "items_kind"},
	"pager":     {`i.kind = 5`, "items_kind"},
	"calls":     {`i.kind = 6`, "items_kind"},
	"posts":     {`i.kind = 7`, "items_kind"},
	"email":     {`i.kind = 8`, "items_kind"},
	"text":      {`i.kind IN (3, 4)`, ""},
	"inbox":     {`i.state = 0`, "items_open"},
	"open":      {`i.state = 0`, "items_open"},
	"done":      {`i.state = 1`, "items_done"},
	"snoozed":   {`i.state = 2`, "items_snoozed"},
	"trash":     {`i.availability = 1`, "items_trash"},
	"deleted":   {`i.availability = 1`, "items_trash"},
	"all":       {`i.kind NOT IN (6, 7)`, "items_messages"},
	"messages":  {`i.kind NOT IN (6, 7)`, "items_messages"},
	"unread":    {`i.read = 0`, "items_unread"},
	"read":      {`i.read = 1`, ""},
	"failed":    {`i.delivery IN (4, 5)`, "items_failed"},
	"claimed":   {`i.claim <> ''`, "items_claim"},
	"mine":      {`(i.claim <> '' AND (i.claim = ? OR i.claim IN (SELECT name FROM accounts)))`, ""},
	"held":      {`i.held > 0`, "items_held"},
	"archived":  {`i.dropped > 0`, "items_dropped"},
	"private":   {`i.id IN (SELECT item FROM bodies INDEXED BY bodies_private WHERE flags >= 2)`, ""},
	"pending":   {`i.pending > 0`, "items_pending"},
	"blocked":   {`(i.who = '' AND i.number = '' AND i.extension = '' AND i.kind <> 8)`, ""},
	"inbound":   {`i.direction = 1`, ""},
	"outbound":  {`i.direction = 2`, ""},

	"missed":    {`i.outcome IN (1, 2, 3, 4)`, "items_missed"},
	"answered":  {`i.outcome IN (5, 6)`, "items_answered"},
	"abandoned": {`(i.kind = 6 AND i.outcome = 2)`, "items_outcome"},
	"rejected":  {`(i.kind = 6 AND i.outcome = 8)`, "items_outcome"},
	"busy":      {`(i.kind = 6 AND i.outcome = 10)`, "items_outcome"},
	"unreached": {`(i.kind = 6 AND i.outcome IN (10, 11, 12))`, "items_kind"},
	"returned":  {`i.reply <> 0`, "items_returned"},
	"own":       {`(i.kind = 6 AND i.company = 0)`, "items_calls"},
	"company":   {`(i.kind = 6 AND i.company = 1)`, "items_calls"},
}

func has(what string) (cond, index string, args []any) {
	const file = `(i.files > 0 AND EXISTS (SELECT 1 FROM attachments a WHERE a.item = i.id AND (a.type %[1]s OR a.sniffed %[1]s)))`
	switch what {
	case "recording": // of a call
		return `(i.kind = 6 AND i.files > 0)`, "items_recorded", nil
	case "message":
		return `(i.kind = 6 AND i.linked <> 0)`, "items_linked", nil
	case "tag", "owner":
		return `(i.kind = 8 AND EXISTS (SELECT 1 FROM mail_marks k JOIN mail_words w ON w.id = k.word WHERE k.item = i.id AND w.field = ?))`, "items_kind", []any{what}
	case "file":
		return `i.files > 0`, "", nil
	case "note":
		return `i.notes > 0`, "items_note", nil
	case "transcript":
		return `i.transcript IN (2, 3)`, "", nil
	case "audio": // the service does not say of a recording what format it is in
		return `(i.files > 0 AND EXISTS (SELECT 1 FROM attachments a WHERE a.item = i.id
			AND (a.kind = 'AudioRecording' OR a.type LIKE 'audio/%' OR a.sniffed LIKE 'audio/%')))`, "", nil
	case "image":
		return fmt.Sprintf(file, `LIKE 'image/%'`), "", nil
	case "pdf":
		return fmt.Sprintf(file, `= 'application/pdf'`), "", nil
	}
	return fmt.Sprintf(file, `LIKE 'image/tif%'`), "", nil
}
