package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// cards reads contact cards as an import does.
func cards(t testing.TB, text string) (cs []Contact, shorts []string) {
	t.Helper()
	r := newCardReader(strings.NewReader(text))
	for {
		fields, err := r.next()
		if errors.Is(err, io.EOF) {
			return cs, shorts
		}
		if err != nil {
			continue
		}
		c, short, err := parseCard(fields, "US")
		if err == nil {
			cs = append(cs, c)
		}
		shorts = append(shorts, short...)
	}
}

// As programs write them.
func TestParseCard(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{
			"Outlook, 2.1", "BEGIN:VCARD\r\nVERSION:2.1\r\nN;LANGUAGE=en-us;CHARSET=Windows-1252:M\xfcller;J\xf6rg\r\nFN;CHARSET=Windows-1252:J\xf6rg M\xfcller\r\nORG:Acme;Sales\r\nTITLE:Clerk\r\n" +
				"TEL;WORK;VOICE:(650) 555-0101\r\nTEL;HOME;VOICE:650-555-0102\r\nTEL;CELL;VOICE:+1 650 555 0103\r\nTEL;WORK;FAX:650-555-0104\r\n" +
				"ADR;WORK;PREF;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:;;1 K=C3=B6nig=\r\nstr.;Berlin;;10115;Germany\r\nEMAIL;PREF;INTERNET:jm@example.com\r\nBDAY:19850228\r\n" +
				"PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQEA\r\n AQABAAD\r\n\r\nEND:VCARD\r\n",
			"Jörg||Müller|Acme, Sales|Clerk|mobile +16505550103,business +16505550101,home +16505550102,business fax +16505550104|jm@example.com|1 Königstr., Berlin 10115, Germany|1985-02-28|",
		},
		{
			"Apple, 3.0", "BEGIN:VCARD\nVERSION:3.0\nN:Lima;Ana;Maria;;\nFN:Ana Maria Lima\nNICKNAME:Aninha\nitem1.TEL;type=pref:650 555 0111\nitem1.X-ABLabel:Desk\n" +
				"TEL;type=CELL;type=VOICE;type=pref:+351 912 345 678\nTEL;type=IPHONE:6505550112\nEMAIL;type=INTERNET;type=HOME:a@example.com\nNOTE:one\\ntwo\\, three\\; four \n with a fold\nURL;type=pref:https://example.com\nEND:VCARD\n",
			"Ana|Maria|Lima|||mobile +16505550111,other +351912345678,callback +16505550112|a@example.com||" + "|one\ntwo, three; four with a fold",
		},
		{
			"Google, 3.0, no N", "BEGIN:VCARD\nVERSION:3.0\nFN:Bob van der Berg\nTEL;TYPE=HOME:(415) 555-0100\nTEL;TYPE=HOME:(415) 555-0101\nTEL;TYPE=MAIN:415.555.0102\nEND:VCARD\n",
			"Bob van der||Berg|||home +14155550100,home 2 +14155550101,company +14155550102||||",
		},
		{
			"4.0", "BEGIN:VCARD\nVERSION:4.0\nKIND:individual\nN:Fujii;Akira;;;\nTEL;VALUE=uri;TYPE=\"voice,work\";PREF=1:tel:+81-3-5555-0100\nADR;LABEL=\"x;y: z\":;;1 Chome;Tokyo;;100;Japan\nBDAY:--0228\nEND:VCARD\n",
			"Akira||Fujii|||business +81355550100||1 Chome, Tokyo 100, Japan||",
		},
		{"a firm", "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Acme Ltd\nTEL:+16505550100\nEND:VCARD\n", "|||Acme Ltd||mobile +16505550100||||"},
		{"escapes", "BEGIN:VCARD\nVERSION:3.0\nN:O\\;Neil\\\\;Jo\\, Ann\x1b[31m;;;\nEND:VCARD\n", "Jo, Ann||O;Neil\\|||||||"},
		{"another in it", "BEGIN:VCARD\nVERSION:2.1\nN:A;B\nBEGIN:VCARD\nN:C;D\nEND:VCARD\n", "D||C|||||||"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cs, _ := cards(t, tt.text)
			if len(cs) != 1 {
				t.Fatalf("%d cards", len(cs))
			}
			c := cs[0]
			var ns []string
			for _, n := range c.Numbers {
				ns = append(ns, n.Kind+" "+n.Number)
			}
			got := strings.Join([]string{
				c.First, c.Middle, c.Last, c.Company, c.Job, strings.Join(ns, ","), strings.Join(c.Emails, ","), strings.Join(c.Address, ","), c.Birthday, c.Notes,
			}, "|")
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What is exported and imported again is the same.
func TestCardRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	words := []string{"Ana", "Müller", "O'Neil; Sons", `back\slash`, "comma, inc.", "陳大文", "a long name that goes on and on and on so that the line has to be folded in the middle of Ünïcödé", "Zoë"}
	word := func() string {
		if rng.IntN(3) == 0 {
			return ""
		}
		return words[rng.IntN(len(words))]
	}
	s := openTest(t, t.TempDir())
	for i := range 300 {
		c := Contact{
			First: word(), Middle: word(), Last: word(), Nick: word(), Company: word(), Job: word(), Source: Personal,
			Web: []string{"", "https://example.com/a;b,c"}[rng.IntN(2)], Birthday: []string{"", "1985-02-28"}[rng.IntN(2)],
			Notes: []string{"", "one\ntwo; three, four\\", strings.Repeat("Lorem ipsum ü ", 40)}[rng.IntN(3)],
		}
		for _, k := range NumberKinds() {
			if rng.IntN(3) == 0 {
				c.Numbers = append(c.Numbers, PhoneNumber{k, fmt.Sprintf("+1650%07d", rng.IntN(9_999_999))})
			}
		}
		for range rng.IntN(4) {
			c.Emails = append(c.Emails, fmt.Sprintf("p%d@example.com", rng.IntN(1_000_000)))
		}
		for _, k := range postalKinds {
			if rng.IntN(3) == 0 {
				c.Postal = append(c.Postal, Postal{Kind: k, Street: "1 Main; St", City: "Austin", State: "TX", Zip: fmt.Sprint(10000 + rng.IntN(9999)), Country: word()})
			}
		}
		if err := s.checkContact(&c); err != nil {
			continue // of nothing
		}
		// One of a kind comes back as the first of that kind.
		c.Numbers = slices.DeleteFunc(c.Numbers, func(n PhoneNumber) bool { return n.Kind == NumberBusiness2 || n.Kind == NumberHome2 })
		if len(c.Numbers) == 0 {
			c.Numbers = nil
		}
		var b bytes.Buffer
		if err := writeCard(&b, &c); err != nil {
			t.Fatal(err)
		}
		for l := range strings.SplitSeq(b.String(), "\r\n") {
			if len(l) > 75 || !utf8.ValidString(l) {
				t.Fatalf("a line of %d bytes: %q", len(l), l)
			}
		}
		cs, shorts := cards(t, b.String())
		if len(cs) != 1 || len(shorts) > 0 {
			t.Fatalf("%d: %d cards, %q\n%s", i, len(cs), shorts, b.String())
		}
		got := cs[0]
		if c.First+c.Middle+c.Last == "" { // then it takes part of the name to be one
			got.First, got.Last, got.Name = "", "", c.Name
		}
		if !reflect.DeepEqual(got, c) {
			t.Fatalf("%d:\n got %+v\nwant %+v\n%s", i, got, c, b.String())
		}
	}
}

func TestImport(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	takePeople(t, s, a, Personal, []IncomingContact{{Contact: Contact{Remote: "1", First: "Ana", Last: "Lima", Numbers: []PhoneNumber{{"mobile", "+16505550101"}}}}})
	card := func(lines ...string) string {
		return "BEGIN:VCARD\nVERSION:3.0\n" + strings.Join(lines, "\n") + "\nEND:VCARD\n"
	}
	text := card("N:Lima;Ana;;;", "TEL;TYPE=WORK:(650) 555-0101") + // there already
		card("N:Lima;Ana;;;", "TEL:+16505550109") + // another of the name
		card("FN:Bob", "TEL;TYPE=CELL:650 555 0102", "EMAIL:not an address") +
		card("FN:Bob", "TEL;TYPE=CELL:+1 650 555 0102") + // twice in the file
		card("NOTE:nobody") +
		card("FN:Crowd", strings.Repeat("TEL;TYPE=HOME:+165055501", 1)+"03", "TEL;TYPE=HOME:+16505550104", "TEL;TYPE=HOME:+16505550105", "TEL;TYPE=HOME:+16505550106") +
		card("FN:Bomb", "NOTE:"+strings.Repeat("x", 20<<10), "NOTE:"+strings.Repeat("x\n ", 200_000)) +
		"BEGIN:VCARD\nFN:Cut off"
	rep, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Cards != 8 || rep.Added != 4 || rep.Known != 2 {
		t.Errorf("%+v", rep)
	}
	equal(t, "refused", rep.Refused, []ImportProblem{{5, "", "it has no name, company, number or e-mail address"}, {8, "", "it has no end"}})
	equal(t, "short", rep.Short, []ImportProblem{{3, "Bob", "“not an address” is not an e-mail address"}, {6, "Crowd", "no room for the number +16505550106"}})
	again, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(text))
	if err != nil || again.Added != 0 || again.Known != 6 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if op, err := s.Undo(t.Context()); err != nil || op.Words != "Taken back: added 4 contacts" {
		t.Fatalf("%+v, %v", op, err)
	}
	var b bytes.Buffer
	if n, err := s.ExportVCards(t.Context(), ContactQuery{}, &b); err != nil || n != 1 || strings.Count(b.String(), "END:VCARD") != 1 {
		t.Errorf("%d, %v\n%s", n, err, b.String())
	}
	if _, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader("hello")); err == nil || !strings.Contains(err.Error(), "no contact card") {
		t.Error(err)
	}
}

// The address book takes no more than the service keeps, and says so of each.
func TestImportFull(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	takePeople(t, s, a, Personal, people(maxBook-1, Personal, 1))
	text := "BEGIN:VCARD\nFN:One\nEND:VCARD\nBEGIN:VCARD\nFN:Two\nEND:VCARD\n"
	rep, err := s.ImportVCards(t.Context(), a.ID, strings.NewReader(text))
	if err != nil || rep.Added != 1 || len(rep.Refused) != 1 || rep.Refused[0].Card != 2 || !strings.Contains(rep.Refused[0].Why, "10,000") {
		t.Errorf("%+v, %v", rep, err)
	}
}

// Whatever is in a file of cards, reading ends, what comes of it is clean and within
// bounds, and it can be written and read again.
func FuzzCards(f *testing.F) {
	for _, s := range []string{
		"BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE:=C3=\n=BC;x\nEND:VCARD", "BEGIN:VCARD\nTEL;TYPE=\"a\\\"b:1\nEND:VCARD\nBEGIN:VCARD",
		"begin:vcard\r\nFN;CHARSET=utf-7:+AGE-\r\nADR:;;;;;;;;;;;;\r\nend:vcard", "BEGIN:VCARD\nPHOTO:\n \n \nNOTE:\x1b]0;x\a\u202e\nFN:a\nEND:VCARD", "\ufeffBEGIN:VCARD\nN:;;;;\nBDAY:x\nEND:VCARD",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cs, _ := cards(t, text)
		for _, c := range cs {
			for _, v := range []string{c.First, c.Middle, c.Last, c.Nick, c.Name, c.Company, c.Job, c.Web} {
				if v != CleanLine(v) || len(v) > 800 {
					t.Fatalf("not clean: %q", v)
				}
			}
			if c.Notes != Clean(c.Notes) || len(c.Numbers) > 12 || len(c.Emails) > 3 || len(c.Postal) > 3 {
				t.Fatalf("%+v", c)
			}
			var b bytes.Buffer
			if err := writeCard(&b, &c); err != nil {
				t.Fatal(err)
			}
			if again, _ := cards(t, b.String()); len(again) != 1 {
				t.Fatalf("written and read: %d cards\n%s", len(again), b.String())
			}
		}
	})
}
