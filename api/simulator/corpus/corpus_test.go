package corpus

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
)

var now = time.Date(2026, 11, 20, 16, 20, 0, 0, time.FixedZone("PST", -8*3600))

func TestSameSeedSameMessages(t *testing.T) {
	a := New(Config{Seed: 7, Messages: 1000, Now: now})
	b := New(Config{Seed: 7, Messages: 1000, Now: now})
	other := New(Config{Seed: 8, Messages: 1000, Now: now})
	differ := 0
	// Backwards, so that an order of calls that mattered would show.
	for i := 1200; i >= 0; i-- {
		m := a.Message(i)
		if !reflect.DeepEqual(m, b.Message(i)) {
			t.Fatalf("message %d differs between two corpora of the same seed", i)
		}
		if a.Transcript(m) != b.Transcript(m) {
			t.Fatalf("transcript %d differs", i)
		}
		if m.From != other.Message(i).From {
			differ++
		}
	}
	if differ < 900 {
		t.Errorf("another seed changed only %d of 1201 senders", differ)
	}
}

func TestTimesAndIDsRise(t *testing.T) {
	for _, n := range []int{0, 1, 100, 20_000, 1_000_000} {
		c := New(Config{Seed: 3, Messages: n, Now: now})
		if n > 0 && !c.Message(n-1).Created.Equal(now) {
			t.Errorf("of %d: the newest is of %v, want %v", n, c.Message(n-1).Created, now)
		}
		start := max(0, n-5000)
		before := Message{ID: -1}
		for i := start; i < n+200; i++ {
			m := c.Message(i)
			if m.ID <= before.ID || !m.Created.After(before.Created) {
				t.Fatalf("of %d: message %d (%d, %v) is not after %d, %v", n, i, m.ID, m.Created, before.ID, before.Created)
			}
			if i >= n && (!m.Created.After(now) || m.Direction != "Inbound") {
				t.Fatalf("of %d: message %d is to come, yet %s of %v", n, i, m.Direction, m.Created)
			}
			if m.Modified.Before(m.Created) || m.ID >= 1<<53 {
				t.Fatalf("of %d: message %d: modified %v, id %d", n, i, m.Modified, m.ID)
			}
			before = m
		}
	}
}

func TestOfficeHours(t *testing.T) {
	c := New(Config{Seed: 3, Messages: 12_000, Now: now})
	day := 0
	for i := range c.Len() {
		if m := c.Message(i).Created; m.Hour() >= 7 && m.Hour() < 19 && m.Weekday() != time.Sunday && m.Weekday() != time.Saturday {
			day++
		}
	}
	if day < 10_800 {
		t.Errorf("%d of 12000 messages in office hours, want nearly all", day)
	}
	if d := now.Sub(c.Message(0).Created).Hours() / 24; d < 100 || d > 180 {
		t.Errorf("12000 messages span %.0f days, want about 140", d)
	}
}

func TestFind(t *testing.T) {
	c := New(Config{Seed: 9, Messages: 500, Now: now})
	for i := range 700 {
		m := c.Message(i)
		if got, ok := c.Find(m.ID); !ok || got != i {
			t.Fatalf("Find(%d) = %d, %v; want %d", m.ID, got, ok, i)
		}
		for _, wrong := range []int64{m.ID + 1, m.ID + idScale*idStride/2} {
			if got, ok := c.Find(wrong); ok && c.Message(got).ID != wrong {
				t.Fatalf("Find(%d) found %d", wrong, c.Message(got).ID)
			}
		}
	}
	for _, id := range []int64{-1, 0, 1, 1 << 62, -1 << 63} {
		if i, ok := c.Find(id); ok {
			t.Errorf("Find(%d) = %d", id, i)
		}
	}
}

// TestMixture holds the promise that any hundred messages in a row have
// everything.
func TestMixture(t *testing.T) {
	for seed := range uint64(5) {
		for _, n := range []int{100, 1037, 100_000} {
			c := New(Config{Seed: seed, Messages: n, Now: now})
			got := map[string]int{}
			ids := map[int64]bool{}
			for i := n - 100; i < n; i++ {
				m := c.Message(i)
				count(got, c, m)
				for _, a := range m.Attachments {
					if ids[a.ID] {
						t.Fatalf("attachment id %d twice", a.ID)
					}
					ids[a.ID] = true
				}
			}
			for _, want := range mixture {
				if v := got[want.what]; v < want.least || v > want.most {
					t.Errorf("seed %d of %d: %d %s, want %d to %d", seed, n, v, want.what, want.least, want.most)
				}
			}
		}
	}
}

var mixture = []struct {
	what        string
	least, most int
}{
	{"VoiceMail", 38, 38},
	{"Fax", 20, 20},
	{"SMS", 39, 39},
	{"Pager", 3, 3},
	{"Completed", 15, 28},
	{"CompletedPartially", 5, 5},
	{"Failed", 2, 2},
	{"InProgress", 2, 2},
	{"TimedOut", 1, 1},
	{"NotAvailable", 2, 6},
	{"status not told", 1, 1},
	{"refund", 1, 1},
	{"private", 1, 1},
	{"High", 1, 1},
	{"hang-up", 2, 2},
	{"no caller", 2, 2},
	{"name only", 1, 1},
	{"5551234", 2, 4},
	{"not Latin", 4, 8},
	{typeWAV, 15, 30},
	{typeMP3, 8, 20},
	{typePDF, 12, 16},
	{typeTIFF, 6, 6},
	{typeJPEG, 7, 12},
	{typePNG, 1, 5},
	{"vmADPCM", 5, 10},
	{"vmMP3Low", 5, 10},
	{"odd picture", 0, 1},
	{"odd file", 0, 1},
	{typeCard, 1, 1},
	{"vmPCM", 8, 20},
	{"vmMuLaw", 5, 10},
	{"0 pages", 3, 3},
	{"6 pages", 1, 1},
	{"SendingFailed", 3, 3},
	{"fax error", 2, 2},
	{"Queued", 1, 1},
	{"DeliveryFailed", 1, 1},
	{"hostile file", 5, 8},
	{"hostile text", 4, 10},
	{"long text", 1, 1},
	{"nameless", 1, 1},
	{"unread", 10, 85},
}

func count(got map[string]int, c *Corpus, m Message) {
	add := func(what string, is bool) {
		if is {
			got[what]++
		}
	}
	got[m.Type]++
	got[m.Status]++
	vm := m.Type == "VoiceMail"
	if vm {
		got[m.Transcription]++
		add("status not told", m.Transcription == "")
		add("vmPCM", voiceFormat(&m) == formatPCM)
		add("vmMuLaw", voiceFormat(&m) == formatMuLaw)
		add("vmADPCM", voiceFormat(&m) == formatADPCM)
		add("vmMP3Low", voiceFormat(&m) == formatMP3Low)
	}
	add("refund", strings.Contains(strings.ToLower(c.Transcript(m)+m.Subject), "refund"))
	add("private", m.Private)
	add("High", m.Priority == "High")
	add("hang-up", vm && m.Duration < 3)
	add("no caller", vm && m.From == Party{})
	add("name only", vm && m.From.Name != "" && m.From.Number == "")
	add("5551234", strings.HasSuffix(m.From.Number, "5551234") || strings.HasSuffix(m.To[0].Number, "5551234"))
	add("not Latin", strings.ContainsFunc(m.From.Name, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }))
	add("0 pages", m.Type == "Fax" && m.Pages == 0)
	add("6 pages", m.Pages == 6)
	add("fax error", m.To[0].FaxError != "")
	odd := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	}
	add("hostile text", odd(m.Subject) || odd(m.From.Name))
	add("long text", len(m.Subject) > 3000)
	add("unread", !m.Read)
	for _, a := range m.Attachments {
		got[a.ContentType]++
		add("odd picture", a.ContentType == typeGIF || a.ContentType == typeBMP || a.ContentType == typeWebP)
		add("odd file", a.ContentType == typeCSV || a.ContentType == typeJSON || a.ContentType == typeAMR)
		add("hostile file", m.slot.trait == mmsHostile && a.Type == kindMMS || m.slot.trait == faxHostile)
		add("nameless", a.Type == kindMMS && a.Name == "" && a.Size < 0)
	}
}

// TestHostileClasses sees that each kind of attack is there, whatever variant.
func TestHostileClasses(t *testing.T) {
	signs := []string{"\x1b[\x1b]\x9b", "\u202e\u2066\u202d", "\r\n\b", "\x1b]", "\u200b\u0335\U000E0068", ""}
	c := New(Config{Seed: 1, Messages: 2000, Now: now})
	for start := 0; start < c.Len(); start += period {
		texts, files := map[uint8]string{}, map[uint8]string{}
		for i := start; i < start+period; i++ {
			switch m := c.Message(i); m.slot.trait {
			case smsHostile:
				texts[m.slot.like] = m.Subject
			case mmsHostile:
				files[m.slot.like] = m.Attachments[len(m.Attachments)-1].Name
			}
		}
		for class, any := range signs {
			if any == "" {
				if len(texts[uint8(class)]) < 3000 {
					t.Errorf("from %d: class %d is short", start, class)
				}
			} else if !strings.ContainsAny(texts[uint8(class)], any) {
				t.Errorf("from %d: class %d is %q", start, class, texts[uint8(class)])
			}
		}
		if len(files) != len(hostileFiles) || !strings.ContainsAny(files[0], `/\`) || len(files[2]) < 255 {
			t.Errorf("from %d: files %q", start, files)
		}
	}
}

// TestQueue: the desk has read most of what is old and little of what is new.
func TestQueue(t *testing.T) {
	for _, n := range []int{100, 10_000} {
		c := New(Config{Seed: 6, Messages: n, Now: now})
		old, fresh := 0, 0
		for i := range n + n/10 {
			switch m := c.Message(i); {
			case m.Read:
			case i < n*7/10:
				old++
			case i < n:
				fresh++
			}
		}
		if old > n*4/100 || fresh < n*13/100 || fresh > n*28/100 {
			t.Errorf("of %d: %d old and %d new ones unread", n, old, fresh)
		}
	}
}

func TestConversationsKeepTheirParty(t *testing.T) {
	c := New(Config{Seed: 4, Messages: 3000, Now: now})
	with := map[int64]string{}
	outbound := 0
	for i := range c.Len() {
		m := c.Message(i)
		if m.Type != "SMS" {
			continue
		}
		other := m.From.Number
		if m.Direction == "Outbound" {
			other = m.To[0].Number
			outbound++
			if !m.Read || m.From.Number != OwnerNumber {
				t.Fatalf("message %d: sent, yet %+v", i, m)
			}
		}
		if m.ConversationID <= 1<<53 {
			t.Fatalf("conversation %d fits a float64", m.ConversationID)
		}
		if w, ok := with[m.ConversationID]; ok && w != other {
			t.Fatalf("conversation %d is with %s and %s", m.ConversationID, w, other)
		}
		with[m.ConversationID] = other
	}
	if len(with) < 100 || outbound < 100 {
		t.Errorf("%d conversations, %d texts sent", len(with), outbound)
	}
}

func TestNumbersAreFictional(t *testing.T) {
	c := New(Config{Seed: 2, Messages: 1_000_000, Now: now})
	seen := map[string]bool{}
	for k := range c.people {
		p := c.person(k)
		if len(p.number) != 12 || p.number[5:10] != "55501" {
			t.Fatalf("%s is not fictional", p.number)
		}
		if seen[p.number] {
			t.Fatalf("%s twice", p.number)
		}
		seen[p.number] = true
	}
}

// TestSizes reads every attachment of a few hundred messages, whole and from
// the middle.
func TestSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	t.Parallel()
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	drawn := 100 // drawing takes time
	if testing.Short() {
		drawn = 40
	}
	for i := range 400 {
		m := c.Message(i)
		for _, a := range m.Attachments {
			if i >= drawn && (a.Type == kindDocument || a.ContentType == typeJPEG || a.ContentType == typePNG) {
				continue
			}
			body, ok := c.Content(m, a.ID)
			if !ok || body.Type != a.ContentType || body.ETag == "" || body.ETag[0] != '"' {
				t.Fatalf("message %d, attachment %d: %+v, %v", i, a.ID, body, ok)
			}
			if a.Size >= 0 && a.Size != body.Size {
				t.Errorf("message %d, %s %q: told %d bytes, has %d", i, a.ContentType, a.Name, a.Size, body.Size)
			}
			checkReader(t, body)
		}
		if _, ok := c.Content(m, -5); ok {
			t.Fatal("content of an attachment that is not there")
		}
	}
}

func checkReader(t *testing.T, b Body) {
	t.Helper()
	whole, err := io.ReadAll(b.Open())
	if err != nil || int64(len(whole)) != b.Size {
		t.Fatalf("%s: read %d bytes, %v; want %d", b.Type, len(whole), err, b.Size)
	}
	r := b.Open()
	at := b.Size * 3 / 7
	if n, err := r.Seek(at-b.Size, io.SeekEnd); n != at || err != nil {
		t.Fatalf("%s: seek gave %d, %v; want %d", b.Type, n, err, at)
	}
	rest, err := io.ReadAll(io.LimitReader(r, 4999))
	if err != nil || !bytes.Equal(rest, whole[at:min(at+4999, b.Size)]) {
		t.Fatalf("%s: other bytes from %d on (%v)", b.Type, at, err)
	}
}
