package corpus

import "time"

// Content types as the service spells them.
const (
	typeWAV  = "audio/x-wav"
	typeMP3  = "audio/mpeg"
	typePDF  = "application/pdf"
	typeTIFF = "image/tiff"
	typeText = "text/plain"
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeCard = "text/vcard"
	typeGIF  = "image/gif"
	typeBMP  = "image/bmp"
	typeWebP = "image/webp"
	typeCSV  = "text/csv"
	typeJSON = "application/json"
	typeAMR  = "audio/amr"
)

// Attachment types of the service.
const (
	kindAudio      = "AudioRecording"
	kindTranscript = "AudioTranscription"
	kindDocument   = "RenderedDocument"
	kindText       = "Text"
	kindMMS        = "MmsAttachment"
)

const untold = -1 // the size of an attachment where the service does not tell it

func (c *Corpus) voicemail(m *Message, r *rng) {
	m.Type = "VoiceMail"
	m.Duration = c.voicemailSeconds(m, r)
	m.Transcription = "Completed"
	m.From = c.caller(m, r)
	m.To = []Party{owner()}
	switch m.slot.trait {
	case vmPartial:
		m.Transcription = "CompletedPartially"
	case vmFailed:
		m.Transcription = "Failed"
	case vmWaiting:
		m.Transcription = "InProgress"
	case vmTimedOut:
		m.Transcription = "TimedOut"
	case vmNone, vmHangUp:
		m.Transcription = "NotAvailable"
	case vmUnknown:
		m.Transcription = ""
	case vmPrivate:
		m.Private = true
	case vmUrgent:
		m.Priority = "High"
	}
	audio := Attachment{ID: m.ID, Type: kindAudio, ContentType: typeWAV, Size: untold, Duration: m.Duration}
	if m.mp3() {
		audio.ContentType = typeMP3
	}
	if !m.transcribed() {
		m.Attachments = []Attachment{audio}
		return
	}
	m.Attachments = []Attachment{audio, {ID: c.part(m.Index, 0), Type: kindTranscript, ContentType: typeText, Size: untold}}
}

func (m *Message) transcribed() bool {
	return m.Transcription == "Completed" || m.Transcription == "CompletedPartially"
}

// voicemailSeconds follows what desks see: half of all callers are done in
// under half a minute, a few never stop.
func (c *Corpus) voicemailSeconds(m *Message, r *rng) int {
	switch m.slot.trait {
	case vmPartial:
		return 61 + r.n(60) + r.n(60)
	case vmHangUp:
		return r.between(1, 2)
	}
	if r.percent(12) {
		return r.between(4, 9)
	}
	return 8 + r.n(26) + r.n(26)
}

func (c *Corpus) caller(m *Message, r *rng) Party {
	p := c.somebody(r)
	switch m.slot.trait {
	case knownCaller:
		p = knownPerson
	case vmBlocked:
		return Party{}
	case vmNameOnly:
		return Party{Name: p.full()}
	case vmForeign:
		a := p.party()
		a.Name = pick(r, foreignNames[m.slot.like])
		return a
	case vmHostile:
		a := p.party()
		a.Name = hostileNames[(m.Index/period+int(c.seed%8))%len(hostileNames)]
		return a
	}
	return p.party()
}

// Voice formats, by turns.
const (
	formatPCM = iota
	formatMuLaw
	formatADPCM // IMA, four bits a sample
	formatMP3   // 16 kHz
	formatMP3Low
)

func voiceFormat(m *Message) int {
	return [...]int{formatPCM, formatMP3Low, formatMuLaw, formatADPCM, formatMP3}[m.slot.nth%5]
}

func (m *Message) mp3() bool { f := voiceFormat(m); return f == formatMP3 || f == formatMP3Low }

var faxErrors = []string{"NoAnswer", "LineBusy", "NoFaxMachine", "WrongNumber", "CallFailed", "AllLinesInUse", "NotAccepted", "RenderingFailed"}

func (c *Corpus) fax(m *Message, r *rng) {
	m.Type = "Fax"
	other := c.company(r)
	if r.percent(20) {
		other = c.somebody(r)
	}
	m.Resolution = "High"
	if r.percent(35) {
		m.Resolution = "Low"
	}
	m.Pages = faxPages(m, r)
	m.From, m.To = other.party(), []Party{ownerFax()}
	m.Subject = OwnerFax
	if m.Index < c.messages {
		c.outboundFax(m, other, r)
	}
	document := Attachment{ID: m.ID, Type: kindDocument, ContentType: typePDF, Size: untold}
	if faxCoding(m) != codingPDF {
		document.ContentType = typeTIFF
	}
	if m.slot.trait == faxHostile {
		document.Name = hostileDocuments[m.Index/period%len(hostileDocuments)]
	}
	m.Attachments = []Attachment{document}
}

// outboundFax turns the message into one that was sent, where the schedule has
// it so.
func (c *Corpus) outboundFax(m *Message, other person, r *rng) {
	switch m.slot.trait {
	case faxSent, faxFailed, faxQueued:
		m.Direction, m.Subject = "Outbound", ""
		m.From, m.To = ownerFax(), []Party{other.party()}
		m.CoverText = pick(r, coverTexts)
	}
	switch m.slot.trait {
	case faxSent:
		m.Status = "Sent"
	case faxQueued:
		m.Status, m.Pages = "Queued", 0
	case faxFailed:
		m.Status, m.Pages = "SendingFailed", 0
		m.To[0].FaxError = faxErrors[(m.Index/period*2+int(m.slot.like))%len(faxErrors)]
		if r.percent(25) {
			second := c.company(r).party()
			second.Status = "Sent"
			m.To = append(m.To, second)
		}
	}
	if m.Direction == "Outbound" {
		m.To[0].Status = m.Status
	}
}

func faxPages(m *Message, r *rng) int {
	if m.slot.trait == faxLong {
		return 6
	}
	return [...]int{1, 1, 1, 2, 2, 2, 3, 3, 4, 5}[r.n(10)]
}

// rendered is how many pages the document of a fax has, told or not.
func (m *Message) rendered() int {
	if m.Pages > 0 {
		return m.Pages
	}
	return 1 + int(m.slot.like)
}

func (c *Corpus) sms(m *Message, r *rng) {
	m.Type = "SMS"
	t := c.threads[m.slot.nth]
	thread := stream(c.seed, forThread, uint64(m.Index/period)<<8|uint64(t.thread))
	other := c.somebody(&thread)
	if m.slot.trait == knownCaller {
		other = knownPerson
	}
	talk := pick(&thread, dialogues)
	line := int(t.line) % len(talk)
	later := m.Index >= c.messages
	for later && talk[line][0] == '>' { // what is still to come, comes in
		line = (line + 1) % len(talk)
	}
	text := talk[line]
	outbound := text[0] == '>'
	words := writer{rng: thread, c: c, who: other}
	m.Subject = words.text(text[1:])
	switch m.slot.trait {
	case smsHostile:
		outbound, m.Subject = false, hostileTexts[m.slot.like][m.Index/period%len(hostileTexts[m.slot.like])]
	case smsForeign:
		outbound, m.Subject = false, pick(r, foreignTexts)
	case smsEmojiOnly:
		outbound, m.Subject = false, pick(r, emojiTexts)
	case smsFailed, smsGroup:
		outbound = !later
	case mmsJPEG, mmsPNG, mmsTwo, mmsCard, mmsText, mmsHostile:
		outbound, m.Subject = false, pick(r, pictureTexts)
	}
	tag := stream(c.seed, forTag, hashNumber(other.number))
	m.ConversationID = int64(tag.next()>>2 | 1<<61)
	party := other.party()
	m.From, m.To = party, []Party{owner()}
	m.To[0].Extension, m.To[0].Status = "", ""
	if outbound {
		c.outboundText(m, party, r)
	}
	m.Attachments = c.textParts(m, r)
}

func (c *Corpus) outboundText(m *Message, to Party, r *rng) {
	m.Direction, m.Status = "Outbound", "Delivered"
	m.From, m.To = m.To[0], []Party{to}
	switch m.slot.trait {
	case smsFailed:
		m.Status, m.DeliveryError = "DeliveryFailed", pick(r, []string{"SMS-UP-410", "SMS-CAR-413", "SMS-UP-430"})
		if m.slot.like == 1 {
			m.Status, m.DeliveryError = "SendingFailed", "SMS-RC-500"
		}
	case smsGroup:
		m.Status = "Sent"
		for range r.between(1, 4) {
			m.To = append(m.To, c.somebody(r).party())
		}
	}
}

func (c *Corpus) pager(m *Message, r *rng) {
	m.Type = "Pager"
	other := pick(r, colleagues)
	words := writer{rng: stream(c.seed, forThread, uint64(m.Index)|1<<40), c: c, who: c.somebody(r)}
	m.Subject = words.text(pick(r, pagerTexts))
	tag := stream(c.seed, forTag, uint64(other.Extension[2]))
	m.ConversationID = int64(tag.next()>>2 | 1<<61)
	m.From, m.To = other, []Party{{Name: OwnerName, Extension: OwnerExtension}}
	if m.slot.like == 2 && m.Index < c.messages {
		m.From, m.To = m.To[0], []Party{m.From}
		m.Direction, m.Status = "Outbound", "Sent"
	}
	m.Attachments = []Attachment{{ID: m.ID, Type: kindText, ContentType: typeText, Size: untold}}
}

// office is the zone of spoken and printed times.
func (c *Corpus) office(t time.Time) time.Time { return t.In(c.now.Location()) }
