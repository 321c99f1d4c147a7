package uitest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator/corpus"
	"switchboard/store"
	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf"
	"switchboard/ui/preview/tiff"
)

// A shelf is a service that has files and nothing else.
type shelf struct {
	store.Service
	key   string
	files map[string][]byte
}

func (s shelf) Key() string { return s.key }

func (s shelf) Fetch(_ context.Context, a store.Attachment, sink api.Sink, _ string,
	keep func(string, int64) error, _ func(done, total int64),
) (api.Downloaded, error) {
	body := s.files[a.Remote]
	got := api.Downloaded{Bytes: int64(len(body)), ContentType: a.Type}
	if err := keep("", got.Bytes); err != nil {
		return got, err
	}
	_, err := sink.Write(body)
	return got, err //nolint:wrapcheck // the store's own
}

// stocked is a machine whose queue begins with a text message, and then has
// one message for each of the files, all of them on this machine: read, or the
// files' unread.
func stocked(b *testing.B, read bool, files ...store.Attachment) (m *machine, bodies map[string][]byte) {
	b.Helper()
	m = syncedMachine(b, 1)
	s := m.opened()
	defer closed(b, s)
	accounts, err := s.Accounts(b.Context())
	if err != nil || len(accounts) != 1 {
		b.Fatal(len(accounts), err)
	}
	bodies = map[string][]byte{}
	at := time.Now().Add(-300 * 24 * time.Hour)
	in := []store.Incoming{{Remote: "first", Kind: store.SMS, Direction: store.Inbound, Time: at, Modified: at, From: store.Party{Name: "Ann Lee"}, Text: "nothing to see"}}
	for i, f := range files {
		bodies[f.Remote] = body(b, f)
		f.Size = int64(len(bodies[f.Remote]))
		at := at.Add(time.Duration(i+1) * time.Minute)
		msg := store.Incoming{
			Remote: "of " + f.Remote, Kind: store.Fax, Direction: store.Inbound, Time: at, Modified: at, Pages: f.Width,
			From: store.Party{Name: "Bob Ray"}, Attachments: []store.Attachment{f},
		}
		if f.Kind == store.AudioRecording {
			msg.Kind, msg.Duration, msg.Pages = store.Voicemail, f.Duration, 0
		}
		in = append(in, msg)
	}
	s.Attach(shelf{key: accounts[0].Key, files: bodies})
	got, err := s.Apply(b.Context(), accounts[0].ID, in)
	if err != nil || got.New != len(in) {
		b.Fatal(got, err)
	}
	for i := range in { // read elsewhere: nothing of that is to show while pages are turned
		in[i].Read, in[i].Modified = read || i == 0, in[i].Time.Add(time.Hour)
	}
	if _, err := s.Apply(b.Context(), accounts[0].ID, in); err != nil {
		b.Fatal(err)
	}
	for _, id := range got.IDs {
		it, err := s.Item(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		for _, a := range it.Attachments {
			if _, err := s.FetchNow(b.Context(), a, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	return m, bodies
}

// scan is a scanned fax of so many pages, and of the type "application/pdf" or
// "image/tiff".
func scan(typ string, pages int) store.Attachment {
	return store.Attachment{Remote: typ, Kind: store.RenderedDocument, Type: typ, Width: pages}
}

// voice is a recording of a minute.
func voice() store.Attachment {
	return store.Attachment{Remote: "voice", Kind: store.AudioRecording, Type: "audio/x-wav", Duration: time.Minute}
}

func body(b *testing.B, f store.Attachment) []byte {
	b.Helper()
	if f.Kind == store.AudioRecording {
		c := corpus.New(corpus.Config{Now: noon()})
		return whole(b, c.Sound(1, int(f.Duration/time.Second)))
	}
	data := tiffOf(scannedPages(b), f.Width)
	if f.Type == "image/tiff" {
		return data
	}
	doc, err := tiff.Open(bytes.NewReader(data), int64(len(data)), tiff.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	sheets := make([]pdf.Sheet, f.Width)
	for i := range sheets {
		sheets[i] = pdf.Sheet{Doc: doc, Page: i}
	}
	var out bytes.Buffer
	if err := pdf.Write(b.Context(), &out, sheets, pdf.Meta{}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func whole(b *testing.B, c corpus.Body) []byte {
	b.Helper()
	data, err := io.ReadAll(c.Open())
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// scannedPages is pages of the simulator's faxes of 204 by 196 dots an inch,
// with the dirt that scanners add.
func scannedPages(b *testing.B) (pages []*paper.Bitmap) {
	b.Helper()
	const enough = 24
	c := corpus.New(corpus.Config{Messages: 4000, Now: noon()})
	for i := 0; i < c.Len() && len(pages) < enough; i++ {
		m := c.Message(i)
		for _, a := range m.Attachments {
			if a.ContentType != "image/tiff" {
				continue
			}
			made, ok := c.Content(m, a.ID)
			if !ok {
				continue
			}
			data := whole(b, made)
			doc, err := tiff.Open(bytes.NewReader(data), int64(len(data)), tiff.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			for n := range doc.Len() {
				p, err := doc.Page(b.Context(), n)
				if bits, ok := p.Image.(*paper.Bitmap); err == nil && ok && p.YRes == 196 {
					pages = append(pages, bits)
				}
			}
		}
	}
	if len(pages) < enough {
		b.Fatalf("the simulator has %d such pages", len(pages))
	}
	return pages
}

// tiffOf is a TIFF of n pages by T.6, those given again and again. The fields are
// tag, type and value of TIFF 6.0.
func tiffOf(pages []*paper.Bitmap, n int) []byte {
	le := binary.LittleEndian
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4 // where the offset of the next page goes
	for i := range n {
		p := pages[i%len(pages)]
		strip := len(out)
		out = append(out, fax.Encode(p)...)
		size := len(out) - strip
		out = append(out, make([]byte, len(out)&1)...)
		res := len(out)
		for _, v := range []uint32{204, 1, 196, 1} {
			out = le.AppendUint32(out, v)
		}
		le.PutUint32(out[link:], uint32(len(out)))
		fields := []struct{ tag, typ, value int }{
			{256, 4, p.W},
			{257, 4, p.H},
			{258, 3, 1},
			{259, 3, 4},
			{262, 3, 0},
			{273, 4, strip},
			{278, 4, p.H},
			{279, 4, size},
			{282, 5, res},
			{283, 5, res + 8},
			{296, 3, 2},
		}
		out = le.AppendUint16(out, uint16(len(fields)))
		for _, f := range fields {
			out = le.AppendUint16(out, uint16(f.tag))
			out = le.AppendUint16(out, uint16(f.typ))
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, uint32(f.value))
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}
