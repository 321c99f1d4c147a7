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
		a := add(typePNG, "Screenshot_"+m.Created.Format("20060102-150405")+".png")
		if m.slot.like == 1 {
			m.oddPicture(a)
		}
	case mmsTwo:
		add(typeJPEG, photo)
		second := add(typeJPEG, "")
		second.Size, second.Width, second.Height = untold, 0, 0
	case mmsCard:
		add(typeCard, "contact.vcf").Size = int64(len(card(m)))
	case mmsText:
		kind := oddTexts[m.variant(len(oddTexts))]
		if kind == typeJPEG { // a screenshot that somebody renamed
			parts = append(parts, Attachment{ID: c.part(m.Index, len(parts)), Type: kindMMS, ContentType: typeJPEG, Name: photo, Size: untold})
			break
		}
		name := map[string]string{typeText: "notes.txt", typeCSV: "deliveries.csv", typeJSON: "intake-form.json", typeAMR: "voice-note.amr"}[kind]
		a := add(kind, name)
		a.Size = int64(len(c.oddFile(m, kind)))
		if kind == typeAMR {
			a.Duration = 2 + m.Index%7
		}
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

// oddPicture makes of a screenshot one of the formats that are rare. Its size is
// not told: only drawing it would tell.
func (m *Message) oddPicture(a *Attachment) {
	a.ContentType = oddPictures[m.variant(len(oddPictures))]
	switch a.ContentType {
	case typeGIF:
		a.Name, a.Width, a.Height, a.Size = "on-my-way.gif", 200, 120, untold
	case typeBMP:
		a.Name, a.Width, a.Height, a.Size = "scan.bmp", 800, 600, untold
	case typeWebP:
		a.Name, a.Width, a.Height, a.Size = "receipt.webp", 480, 640, untold
	}
}

// card is a contact in vCard 3.0 (RFC 2426), or by turns in 2.1 as older
// telephones write it.
func card(m *Message) string {
	if m.variant(2) == 1 {
		return oldCard(m)
	}
	name := m.From.Name
	if name == "" {
		name = "Caller"
	}
	name = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(name)
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\nTEL;TYPE=CELL:" + m.From.Number +
		"\r\nADR;TYPE=WORK:;;;" + strings.ReplaceAll(m.From.Location, ", ", ";") + ";;\r\nEND:VCARD\r\n"
}

func oldCard(m *Message) string {
	quoted := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if c > ' ' && c < '~' && c != '=' && c != ';' {
				b.WriteByte(c)
				continue
			}
			fmt.Fprintf(&b, "=%02X", c)
			if b.Len()%70 > 66 {
				b.WriteString("=\r\n")
			}
		}
		return b.String()
	}
	name := m.From.Name
	if name == "" {
		name = "Caller"
	}
	return "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + quoted(name) + ";;;;\r\nTEL;CELL;PREF:" + m.From.Number +
		"\r\nEND:VCARD\r\n"
}

// note is a small text file.
func (c *Corpus) note(m *Message) string {
	w := writer{rng: stream(c.seed, forPicture, uint64(m.Index)|1<<49), c: c, who: c.person(m.Index % c.people)}
	return w.text("Medications, {first}\r\n- {drug}, [once|twice] daily\r\n- {drug}\r\n- {brand} as needed\r\nAllergies: {drug}\r\nPharmacy: {biz}, {street}\r\n")
}
