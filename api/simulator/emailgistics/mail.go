package emailgistics

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Mail is a message as the server has it, for tests to compare with.
type Mail struct {
	Index                                        int // 0 is the oldest
	MessageID, InternetMessageID, ConversationID string
	MailboxID, MailboxEmail                      string
	Received, Replied, Closed                    time.Time // zero: not
	Status                                       string    // open, snoozed, closed
	From                                         Address
	To, Cc                                       []Address
	Subject                                      string
	HasAttachments                               bool // inline pictures do not count
	Files                                        []File

	box    int
	owners []user
	tags   []tag
}

// Address is a sender or a recipient.
type Address struct{ Name, Address string }

// File is an attachment.
type File struct {
	ID, Name, ContentType, Kind string
	Size                        int64 // as the list tells it: more than the content has
	Inline                      bool

	place place
	form  int // of Content-Disposition
}

// mail computes message i, without the sizes of its files, which may have to be drawn.
func (a *account) mail(i int) Mail {
	x := mix(a.seed ^ uint64(i)<<3 ^ 1)
	a.mu.RLock()
	version, set := a.version[i], a.status[i]
	a.mu.RUnlock()
	m := Mail{Index: i, MessageID: a.messageID(i, version), box: a.boxOf(i), Received: a.time(i)}
	box := &a.boxes[m.box]
	m.MailboxID, m.MailboxEmail = box.id, box.email
	c := a.clock.Contact(int(mix(x) % 400))
	m.From = Address{Name: strings.TrimSpace(c.First + " " + c.Last), Address: c.Email}
	if m.From.Name == "" {
		m.From.Name = c.Company
	}
	if m.From.Address == "" {
		m.From.Address = mailAddress(m.From.Name, "mail"+strconv.Itoa(int(x>>8%9))+".example")
	}
	m.To = []Address{{Name: box.name, Address: box.email}}
	if x>>13%6 == 0 {
		m.Cc = []Address{{Name: box.users[0].name, Address: box.users[0].email}}
	}
	m.InternetMessageID = fmt.Sprintf("<%016x.%08x@%s>", mix(x^7), uint32(i), "mail.example")
	m.ConversationID = conversation(mix(a.seed ^ uint64(i/3)))
	m.Subject = a.subject(i, x)
	a.fate(&m, x, set)
	m.Files = a.list(i, m.MessageID)
	for _, f := range m.Files {
		m.HasAttachments = m.HasAttachments || !f.Inline
	}
	return m
}

// boxOf is the mailbox of message i: the first has most, one in 25 is hidden.
func (a *account) boxOf(i int) int {
	x := mix(a.seed ^ uint64(i)<<3 ^ 2)
	last := len(a.boxes) - 1
	if x%25 == 0 {
		return last
	}
	n := int(x >> 16 % uint64(last+1))
	if n >= last {
		n = 0
	}
	return n
}

// conversation writes an id as Emailgistics does: nine letters and digits.
func conversation(x uint64) string {
	s := strings.ToUpper(strconv.FormatUint(x, 36))
	return (s + "000000000")[:9]
}

// fate is what became of a message: old ones are closed, most were answered.
func (a *account) fate(m *Mail, x uint64, set string) {
	box := &a.boxes[m.box]
	m.Status = "open"
	switch left := a.len() - m.Index; {
	case set != "":
		m.Status = set
	case left > 40+int(x>>20%60):
		m.Status = "closed"
	case x>>24%9 == 0:
		m.Status = "snoozed"
	}
	if m.Status == "closed" {
		m.Replied = m.Received.Add(time.Duration(5+x>>28%600) * time.Minute)
		m.Closed = m.Replied.Add(time.Duration(1+x>>32%900) * time.Minute)
	}
	if m.Status == "closed" || x>>36%3 > 0 {
		m.owners = []user{box.users[x>>38%uint64(len(box.users))]}
	}
	for n, t := range box.tags {
		if x>>(40+2*n)%8 == 0 {
			m.tags = append(m.tags, t)
		}
	}
}

// subject is what a message is about.
func (a *account) subject(i int, x uint64) string {
	if i%50 == 17 {
		return hostileSubjects()[i/50%len(hostileSubjects())]
	}
	number := 10_000 + int(x>>10%90_000)
	who := a.clock.Contact(int(mix(x^3) % 300)).Last
	switch x >> 6 % 15 {
	case 0:
		return fmt.Sprintf("Invoice %d", number)
	case 1:
		return fmt.Sprintf("Re: Invoice %d", number)
	case 2:
		return "Referral for " + who
	case 3:
		return fmt.Sprintf("Claim %d: documents you asked for", number)
	case 4:
		return "Lab results, " + who
	case 5:
		return fmt.Sprintf("FW: Order %d has shipped", number)
	case 6:
		return "Appointment request (" + who + ")"
	}
	plain := [...]string{
		"Prior authorization form", "Scanned records", "Question about my statement", "Change of address",
		"Fotos für die Akte – Müller", "Kopie van de factuur", "書類を送付いたします", "",
	}
	return plain[x>>6%15-7]
}

// body is the text of a message, which only a webhook tells.
func (a *account) body(i int) string {
	for n := i; n < i+40; n++ {
		if t := a.clock.Transcript(a.clock.Message(n)); t != "" {
			return t + "\n\nSent from my phone"
		}
	}
	return "Please see the attached file."
}

func hostileSubjects() []string {
	return []string{
		"\x1b]0;pwned\x07Invoice\x1b[2J attached", "pay \u202e$01\u202c now", "Re: \r\nBcc: everybody@example.invalid",
		strings.Repeat("urgent ", 300), "<b>bold</b> & <script>alert(1)</script>", "\u200b\u200b",
	}
}

// list is what is attached to message i, without sizes.
func (a *account) list(i int, messageID string) []File {
	x := mix(a.seed ^ uint64(i)<<3 ^ 5)
	counts := [16]int{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 5}
	n := counts[x%16]
	if i%97 == 41 {
		n = 24
	}
	out := make([]File, 0, n)
	for k := range n {
		y := mix(x ^ uint64(k)<<32)
		f := File{ID: a.fileID(messageID, k), Kind: "fileAttachment"}
		var ext string
		f.place, f.ContentType, ext = a.files.take(y >> 8)
		f.Name, f.form = fileName(y>>16, ext, i, k)
		switch share := y % 100; {
		case share < 4:
			f.Kind, f.ContentType, f.Name = "referenceAttachment", "", "Shared folder "+strconv.Itoa(int(y>>40%90))
		case share < 8:
			f.Kind, f.ContentType, f.Name = "itemAttachment", "", "Original message"
		case share == 8:
			f.Kind, f.ContentType = "loopAttachment", ""
		case share < 20 && strings.HasPrefix(f.ContentType, "image/"):
			f.Inline, f.Name, f.form = true, fmt.Sprintf("image%03d%s", k+1, ext), 0
		}
		out = append(out, f)
	}
	return out
}

// fileID begins as its message's does and tells which file it is at the end.
func (a *account) fileID(messageID string, k int) string {
	var b [14]byte
	h := mix(a.seed)
	for _, r := range messageID {
		h = mix(h ^ uint64(r))
	}
	binary.BigEndian.PutUint64(b[:8], mix(h^uint64(k)))
	binary.BigEndian.PutUint32(b[8:], uint32(k))
	return "AAMkADk5" + base64.URLEncoding.EncodeToString(b[:])
}

// listed is the size that the mail system tells: with what it keeps around the
// content, and by estimate.
func (a *account) listed(f *File) int64 {
	if f.Kind != "fileAttachment" {
		return 0
	}
	return a.files.told(f.place, f.ContentType) + 237 + int64(len(f.Name))
}

// Mail returns message i as it is now; a negative one counts from the newest.
func (s *Server) Mail(i int) Mail {
	if i < 0 {
		i += s.data.len()
	}
	m := s.data.mail(i)
	for k := range m.Files {
		m.Files[k].Size = s.data.listed(&m.Files[k])
	}
	return m
}

// Len is how many messages there are, those of the hidden mailbox and deleted ones included.
func (s *Server) Len() int { return s.data.len() }
