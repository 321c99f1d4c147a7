package corpus

import (
	"fmt"
	"strings"
)

// textParts are the attachments of an SMS: its text once more, and what came
// with it. Their sizes, names and dimensions are told, save for the second
// picture of mmsTwo.
func (c *Corpus) textParts(m *Message, r *rng) []Attachment {
	parts := make([]Attachment, 0, 3)
	if m.Subject != "" || m.slot.trait == plain {
		parts = append(parts, Attachment{ID: m.ID, Type: kindText, ContentType: typeText, Size: untold})
	}
	add := func(contentType, name string) *Attachment {
		a := Attachment{ID: c.part(m.Index, len(parts)), Type: kindMMS, ContentType: contentType, Name: name, Size: untold}
		switch contentType {
		case typeJPEG:
			a.Width, a.Height = 1024, 768
			if r.percent(40) {
				a.Width, a.Height = 768, 1024
			}
			a.Size = int64(jpegLeast + r.n(96<<10))
		case typePNG:
			a.Width, a.Height = 720, 1080
			a.Size = int64(pngLeast + r.n(64<<10))
		}
		parts = append(parts, a)
		return &parts[len(parts)-1]
	}
	photo := fmt.Sprintf("IMG_%04d.jpg", 1000+(m.Index*37+r.n(30))%9000)
	switch m.slot.trait {
	case mmsJPEG:
		add(typeJPEG, photo)
	case mmsPNG:
		add(typePNG, "Screenshot_"+m.Created.Format("20060102-150405")+".png")
	case mmsTwo:
		add(typeJPEG, photo)
		second := add(typeJPEG, "")
		second.Size, second.Width, second.Height = untold, 0, 0
	case mmsCard:
		add(typeCard, "contact.vcf").Size = int64(len(card(m)))
	case mmsText:
		add(typeText, "notes.txt").Size = int64(len(c.note(m)))
	case mmsHostile:
		names := hostileFiles[m.slot.like]
		name := names[m.Index/period%len(names)]
		if strings.HasSuffix(name, ".png") {
			add(typePNG, name)
			break
		}
		add(typeJPEG, name)
	}
	return parts
}

// card is a contact in vCard 3.0 (RFC 2426).
func card(m *Message) string {
	name := m.From.Name
	if name == "" {
		name = "Caller"
	}
	name = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(name)
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\nTEL;TYPE=CELL:" + m.From.Number +
		"\r\nADR;TYPE=WORK:;;;" + strings.ReplaceAll(m.From.Location, ", ", ";") + ";;\r\nEND:VCARD\r\n"
}

// note is a small text file.
func (c *Corpus) note(m *Message) string {
	w := writer{rng: stream(c.seed, forPicture, uint64(m.Index)|1<<49), c: c, who: c.person(m.Index % c.people)}
	return w.text("Medications, {first}\r\n- {drug}, [once|twice] daily\r\n- {drug}\r\n- {brand} as needed\r\nAllergies: {drug}\r\nPharmacy: {biz}, {street}\r\n")
}
