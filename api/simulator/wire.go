package simulator

import (
	"strconv"
	"time"
	"unicode/utf8"

	"switchboard/api/simulator/corpus"
)

// The account everything belongs to.
const (
	accountID   = "37439510"
	extensionID = "178009114"
	basePath    = "/restapi/v1.0/account/" + accountID + "/extension/" + extensionID
	storePath   = basePath + "/message-store"
	syncPath    = basePath + "/message-sync"
	jsonType    = "application/json;charset=utf-8"
)

// Records are written by hand: a sync of a large mailbox is measured against
// the client, and reflection over a million records would be the bottleneck.

func (s *Server) getBuffer() *[]byte {
	b, ok := s.buffers.Get().(*[]byte)
	if !ok {
		b = new([]byte)
	}
	return b
}

// putBuffer lets go of what one huge answer grew.
func (s *Server) putBuffer(b *[]byte) {
	if cap(*b) <= 4<<20 {
		s.buffers.Put(b)
	}
}

// appendRecord writes a whole message. The single read adds the other
// recipients of a voicemail.
func (s *Server) appendRecord(b []byte, r *record, single bool) []byte {
	m := &r.m
	b = append(b, `{"uri":"`...)
	b = append(b, s.platform.url...)
	b = append(b, storePath+`/`...)
	b = strconv.AppendInt(b, m.ID, 10)
	b = append(b, `","id":`...)
	b = strconv.AppendInt(b, m.ID, 10)
	b = append(b, `,"extensionId":"`+extensionID+`"`...)
	if len(m.To) > 0 {
		b = append(b, `,"to":[`...)
		for i := range m.To {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendRecipient(b, &m.To[i], m, i)
		}
		b = append(b, ']')
	}
	if !blank(&m.From) {
		b = append(b, `,"from":{`...)
		b = appendParty(b, &m.From)
		b = append(b, '}')
	}
	b = append(b, `,"type":`...)
	b = appendString(b, m.Type)
	b = append(b, `,"creationTime":`...)
	b = appendTime(b, r.created)
	b = append(b, `,"readStatus":"`...)
	b = append(b, readWord(r.read)...)
	b = append(b, `","priority":`...)
	b = appendString(b, m.Priority)
	if r.avail < purged && len(m.Attachments) > 0 {
		b = append(b, `,"attachments":[`...)
		for i := range m.Attachments {
			if i > 0 {
				b = append(b, ',')
			}
			b = s.appendAttachment(b, m.ID, &m.Attachments[i])
		}
		b = append(b, ']')
	}
	b = append(b, `,"direction":`...)
	b = appendString(b, m.Direction)
	b = append(b, `,"availability":"`...)
	b = append(b, r.avail.String()...)
	b = append(b, '"')
	b = appendField(b, "subject", m.Subject)
	b = appendField(b, "messageStatus", m.Status)
	b = appendKind(b, m)
	if single {
		b = append(b, `,"vmSideRecipients":[{"extensionNumber":"`+corpus.OwnerExtension+`","extensionId":"`+extensionID+`","name":"`+corpus.OwnerName+`"}]`...)
	}
	b = append(b, `,"lastModifiedTime":`...)
	b = appendTime(b, r.modified)
	return append(b, '}')
}

// appendKind writes the fields of one kind of message only.
func appendKind(b []byte, m *corpus.Message) []byte {
	switch m.Type {
	case "VoiceMail":
		b = appendField(b, "vmTranscriptionStatus", m.Transcription)
		if m.Private {
			b = append(b, `,"private":true`...)
		}
	case "Fax":
		b = appendField(b, "faxResolution", m.Resolution)
		b = append(b, `,"faxPageCount":`...)
		b = strconv.AppendInt(b, int64(m.Pages), 10)
		b = appendField(b, "coverPageText", m.CoverText)
		b = appendNumber(b, "coverIndex", m.CoverIndex)
	case "Pager":
		b = appendRaw(b, "pgToDepartment", strconv.FormatBool(m.Department))
	default:
		b = appendField(b, "deliveryErrorCode", m.DeliveryError)
		b = appendNumber(b, "segmentCount", m.Segments)
		if !m.Delivered.IsZero() {
			b = appendTime(appendName(b, "smsDeliveryTime"), m.Delivered.UnixMilli())
		}
	}
	if m.ConversationID != 0 {
		b = append(b, `,"conversationId":`...)
		b = strconv.AppendInt(b, m.ConversationID, 10)
		b = append(b, `,"conversation":{"id":"`...)
		b = strconv.AppendInt(b, m.ConversationID, 10)
		b = append(b, `"}`...)
	}
	return b
}

func (s *Server) appendAttachment(b []byte, message int64, a *corpus.Attachment) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, a.ID, 10)
	b = append(b, `,"uri":"`...)
	if a.Type == "Text" { // the body of an SMS again, on the platform host
		b = append(b, s.platform.url...)
	} else {
		b = append(b, s.media.url...)
	}
	b = append(b, storePath+`/`...)
	b = strconv.AppendInt(b, message, 10)
	b = append(b, `/content/`...)
	b = strconv.AppendInt(b, a.ID, 10)
	b = append(b, `","type":`...)
	b = appendString(b, a.Type)
	b = appendField(b, "contentType", a.ContentType)
	b = appendField(b, "fileName", a.Name)
	if a.Size >= 0 {
		b = append(b, `,"size":`...)
		b = strconv.AppendInt(b, a.Size, 10)
	}
	b = appendNumber(b, "vmDuration", a.Duration)
	b = appendNumber(b, "width", a.Width)
	b = appendNumber(b, "height", a.Height)
	return append(b, '}')
}

func appendTombstone(b []byte, r *record) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, r.m.ID, 10)
	b = append(b, `,"availability":"`...)
	b = append(b, r.avail.String()...)
	return append(b, `"}`...)
}

func appendRecipient(b []byte, p *corpus.Party, m *corpus.Message, i int) []byte {
	b = append(b, '{')
	b = appendParty(b, p)
	if m.Type == "SMS" && m.Direction == "Inbound" && len(m.To) > 1 {
		// which of a group's numbers is this mailbox's
		b = appendRaw(b, "target", strconv.FormatBool(p.Number == corpus.OwnerNumber))
	}
	if m.Direction == "Outbound" {
		status := p.Status
		if status == "" {
			status = m.Status
		}
		b = appendField(b, "messageStatus", status)
		b = appendField(b, "faxErrorCode", p.FaxError)
		b = appendField(b, "recipientId", strconv.FormatInt(m.ID+int64(i)+1, 10))
	}
	return append(b, '}')
}

func appendParty(b []byte, p *corpus.Party) []byte {
	b = appendField(b, "phoneNumber", p.Number)
	b = appendField(b, "extensionNumber", p.Extension)
	b = appendField(b, "location", p.Location)
	return appendField(b, "name", p.Name)
}

func blank(p *corpus.Party) bool { return p.Number == "" && p.Extension == "" && p.Name == "" }

func parties(r *record) []corpus.Party { return append([]corpus.Party{r.m.From}, r.m.To...) }

// appendField writes a member unless its value is empty; the comma is left
// out right after an opening brace.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = appendName(b, name)
	return appendString(b, value)
}

func appendNumber(b []byte, name string, n int) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(appendName(b, name), int64(n), 10)
}

func appendRaw(b []byte, name, value string) []byte {
	return append(appendName(b, name), value...)
}

func appendName(b []byte, name string) []byte {
	if n := len(b); n > 0 && b[n-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

func appendBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

// appendString writes a JSON string. What is not UTF-8 becomes U+FFFD, as
// encoding/json does it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			const hex = "0123456789abcdef"
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

const timeLayout = "2006-01-02T15:04:05.000Z"

func appendTime(b []byte, ms int64) []byte {
	b = append(b, '"')
	b = time.UnixMilli(ms).UTC().AppendFormat(b, timeLayout)
	return append(b, '"')
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(timeLayout) }
