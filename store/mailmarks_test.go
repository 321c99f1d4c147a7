package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// sortedMail are e-mails of two shared mailboxes with tags, owners and a status, and a voicemail
// and a label that are called the same.
func sortedMail(t *testing.T, dir string) (*Store, Account) {
	t.Helper()
	s := openTest(t, dir)
	a := mailAccount(t, s)
	said := func(id, status, owner, box string, tags ...string) Incoming {
		return email(id, testNow.Add(time.Duration(id[0])*time.Second), func(in *Incoming) {
			in.Mail.Status, in.Mail.Owner, in.Mail.Tags, in.Settled = status, owner, tags, status == "closed"
			in.Mail.Address, in.Owner = box+"@acme.example", "The "+box+" desk"
		})
	}
	takeMail(t, s, a,
		said("a", "open", "Ben Ito", "sales", "Roof", "Needs reply"),
		said("b", "open", "Ben Ito, Mary Jones", "sales", "Roof leak", "!!!"),
		said("c", "snoozed", "Mary Jones-Smith", "Sales", "urgent"),
		said("d", "closed", "Ünal Demir", "support", "URGENT", "Roof"),
		said("e", "", "", "support"),
		said("f", "open", "", "support", `say "no", 100%_`),
		Incoming{Remote: "v", Kind: Voicemail, Direction: Inbound, Time: testNow, From: Party{Name: "Roof Ltd", Number: "+15550100"}})
	if _, err := s.Act(t.Context(), Change{Verb: VerbLabel, Items: []ID{mailItem(t, s, "v").ID}, Text: "roof"}); err != nil {
		t.Fatal(err)
	}
	return s, a
}

func foundMail(t *testing.T, s *Store, query string) (names string) {
	t.Helper()
	q := mustQuery(t, query)
	w, err := s.Window(t.Context(), q, OldestFirst, FromStart, 0, 50)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, r := range w.Rows {
		it, err := s.Item(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		names += it.Remote[len(it.Remote)-1:]
	}
	// The same from the end, from the middle, by id and counted.
	last, err := s.Window(t.Context(), q, NewestFirst, FromStart, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(last.Rows)
	ids, err := s.IDs(t.Context(), q, OldestFirst, 50)
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := s.Count(t.Context(), q, 50)
	if err != nil || n != len(w.Rows) || len(ids) != n || len(last.Rows) != n {
		t.Fatalf("%s: %d rows, %d from the end, %d ids, counted %d (%v)", query, len(w.Rows), len(last.Rows), len(ids), n, err)
	}
	for i, r := range w.Rows {
		mid, err := s.Window(t.Context(), q, OldestFirst, r.ID, 1, 1)
		if err != nil || !slices.ContainsFunc(mid.Rows, func(m Row) bool { return m.ID == r.ID }) || ids[i] != r.ID || last.Rows[i].ID != r.ID {
			t.Fatalf("%s: row %d is %s, %s by id, %s from the end (%v)", query, i, r.ID, ids[i], last.Rows[i].ID, err)
		}
	}
	return names
}

func TestFindByTagOwnerAndStatus(t *testing.T) {
	s, _ := sortedMail(t, t.TempDir())
	for query, want := range map[string]string{
		"tag:roof": "abd", `tag:"Roof"`: "ad", `tag:"roof"`: "ad", "tag:leak": "b", "tag:roof-leak": "b", `tag:"roof leak"`: "b", "tag:oof": "",
		"tag:urgent": "cd", "tag:Urg": "cd", "tag:needs": "a", "tag:!!!": "b", `tag:"!!!"`: "b", "tag:???": "", "tag:100%_": "f", "tag:zz": "",
		"owner:ben": "ab", "owner:mary": "bc", `owner:"Mary Jones"`: "b", `owner:"mary jones-smith"`: "c", "owner:jones-s": "c", "owner:unal": "d",
		`owner:"Ben Ito, Mary Jones"`: "b", "owner:ito-mary": "b", `owner:"ben"`: "",
		"status:open": "abf", "status:snoozed": "c", "status:CLOSED": "d", "status:open,closed": "abdf",
		"-status:open in:email": "cde", "-tag:roof in:email": "cef", "-tag:roof,urgent in:email": "ef", "-owner:nobody in:email": "abcdef", "-owner:nobody tag:roof": "abd",
		"tag:roof tag:urgent": "d", "tag:roof,urgent": "abcd", "tag:roof owner:ben status:open": "ab", `tag:"roof" status:closed`: "d", "tag:zz,urgent": "cd",
		"tag:roof is:open": "ab", "status:open is:open": "abf", "status:closed is:done": "d", "status:closed is:open": "", "tag:roof is:unread": "ab",
		"has:tag": "abcdf", "has:owner": "abcd", "-has:owner in:email": "ef", "-has:owner status:open": "f",
		"label:roof": "v", "tag:roof label:roof": "", "roof in:voicemail": "v", "invoice tag:roof": "abd", "in tag:roof": "", "tag:leak in": "b", "status:open in": "abf", "tag:leak status:open in": "b", "-tag:leak in:email in": "acdef", "mailbox:sales@acme.example in": "abc", "tag:roof in": "abd", "invoice -tag:roof": "cef",
		"mailbox:sales@acme.example": "abc", "mailbox:SALES@acme.example tag:roof": "ab", "-mailbox:sales@acme.example": "vdef", "mailbox:sales@acme.exampl": "",
		"mailbox:sales@acme.example,support@acme.example": "abcdef", "mailbox:sales": "abc", "mailbox:sales@acme.example,201": "abc", "mailbox:desk": "abcdef",
		"tag:roof after:2026-11-21": "abd", "tag:roof before:2026-11-21": "", "tag:roof in:all": "abd", "tag:roof id:mail:a": "a",
	} {
		if got := foundMail(t, s, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	if id, err := s.NextUnread(t.Context(), mustQuery(t, "tag:roof"), OldestFirst, FromStart, true); err != nil || id != mailItem(t, s, "mail:a").ID {
		t.Errorf("the next unread one is %s, %v", id, err)
	}
}

// What a service takes back is not found any more, and neither is what belongs to an account
// that was removed.
func TestTagsFollowTheService(t *testing.T) {
	s, a := sortedMail(t, t.TempDir())
	takeMail(t, s, a, email("a", testNow.Add('a'*time.Second), func(in *Incoming) {
		in.Mail.Status, in.Mail.Owner, in.Mail.Tags, in.Settled = "closed", "Mary Jones", []string{"Paid"}, true
	}))
	for query, want := range map[string]string{"tag:roof": "bd", "tag:paid": "a", "owner:ben": "b", `owner:"mary jones"`: "ab", "status:open": "bf", "status:closed": "ad"} {
		if got := foundMail(t, s, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	if err := s.DropAccount(t.Context(), a.Key); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"mail_words", "mail_marks"} {
		var n int
		if err := s.w.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d rows of an account that was removed (%v)", table, n, err)
		}
	}
}

// An owner is told by name, and found by the address the mailbox has of that person.
func TestOwnerByAddress(t *testing.T) {
	s, a := sortedMail(t, t.TempDir())
	boxes := `[{"id":"b1","name":"Sales","users":[{"id":"u1","name":"Mary Jones","email":"Mary@acme.example","active":true}]}]`
	if _, err := s.w.Exec(`INSERT INTO feeds (account, name, cursor) VALUES (?, ?, ?)`, a.ID, FeedBoxes, boxes); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"owner:mary@acme.example": "b", "owner:ben@acme.example": ""} {
		if got := foundMail(t, s, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

// A database from before, and one that was damaged, are as good to look in.
func TestTagsOfOlderDatabase(t *testing.T) {
	s, _ := sortedMail(t, t.TempDir())
	if _, err := s.w.Exec(`INSERT INTO mails (item, account, detail) VALUES (1, 1, '{"tags":"no list"}'), (2, 1, '{damaged'), (3, 1, '[]')`); err != nil {
		t.Fatalf("a damaged row: %v", err)
	}
	for _, undo := range []string{"DROP TRIGGER mails_marked", "DROP TRIGGER mails_remarked", "DROP TRIGGER mails_unmarked", "DROP VIEW mail_said", "DROP TABLE mail_marks", "DROP TABLE mail_words"} {
		if _, err := s.w.Exec(undo); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.w.Exec(markTables); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"tag:roof": "abd", "owner:mary": "bc", "status:open": "abf", "mailbox:support@acme.example": "def"} {
		if got := foundMail(t, s, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

// A condition that very many fit is looked for on the way along the list, which gives the
// same as looking its e-mails up.
func TestManyMarks(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	for i := range 2 {
		batch := make([]Incoming, 0, fewMarks)
		for j := range fewMarks {
			batch = append(batch, email(fmt.Sprint(i, "-", j), testNow.Add(time.Duration(i*fewMarks+j)*time.Second), func(in *Incoming) {
				in.Mail.Tags = []string{[]string{"Red", "Reddish"}[i], []string{"even", "odd"}[j%2]}
			}))
		}
		takeMail(t, s, a, batch...)
	}
	for query, want := range map[string]int{"tag:red": 2 * fewMarks, `tag:"red"`: fewMarks, "tag:red tag:odd": fewMarks, "tag:red tag:even tag:reddish": fewMarks / 2, "tag:even,odd -tag:reddish": fewMarks} {
		if n, _, err := s.Count(t.Context(), mustQuery(t, query), 3*fewMarks); err != nil || n != want {
			t.Errorf("%s finds %d, want %d (%v)", query, n, want, err)
		}
	}
}

// A damaged database is made anew, and what it had is found there as before.
func TestTagsOfRebuiltDatabase(t *testing.T) {
	dir := t.TempDir()
	s, _ := sortedMail(t, dir)
	var page int64 // on which the words of e-mails begin
	if err := s.w.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = 'mail_marks_word'`).Scan(&page); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, dbName)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[(page-1)*pageSize : page*pageSize])
	for name, content := range map[string][]byte{file: b, file + suspectSuffix: nil} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s = openTest(t, dir); s.Recovered() == "" {
		t.Fatal("the damage was not found")
	}
	for query, want := range map[string]string{"tag:roof": "abd", "owner:mary": "bc", "status:open": "abf", "mailbox:support@acme.example": "def"} {
		if got := foundMail(t, s, query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

// BenchmarkFindMail looks for e-mails among many; label: is the word to compare with.
func BenchmarkFindMail(b *testing.B) {
	n := large(100_000)
	s := openTest(b, b.TempDir())
	a, err := s.PutAccount(b.Context(), Account{Key: "emailgistics:mail.example:acme", Service: "emailgistics", Name: "acme", Since: testNow})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < n; i += 1000 {
		var page []Incoming
		for j := i; j < i+1000; j++ {
			page = append(page, email(fmt.Sprint(j), testNow.Add(time.Duration(j)*time.Second), func(in *Incoming) {
				in.Mail.Owner, in.Mail.Status = fmt.Sprint("Person ", j%40), []string{"open", "closed"}[j%2]
				if in.Mail.Tags = []string{"Often"}; j%(n/10) == 0 {
					in.Mail.Tags = append(in.Mail.Tags, "Seldom")
				}
			}))
		}
		if _, err := s.Apply(b.Context(), a.ID, page); err != nil {
			b.Fatal(err)
		}
	}
	for _, query := range []string{
		"label:seldom", "claim:mary", "in:email is:unread", "tag:seldom", `tag:"often"`, `tag:"nothing"`, "tag:of,sel", "tag:seldom is:unread", "owner:person", `owner:"person 7"`,
		"status:open", "status:closed tag:often", "-has:owner in:email", "has:owner", "-tag:often in:email", "mailbox:support@acme.example", "invoice tag:seldom",
	} {
		q := mustQuery(b, query)
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Window(b.Context(), q, OldestFirst, FirstID(testNow.Add(time.Duration(n/2)*time.Second)), 50, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
