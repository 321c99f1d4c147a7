package command

import (
	"slices"
	"strings"
	"testing"
)

// The mailboxes of a key are listed with their users and tags, and what is in one, has a tag,
// is assigned to somebody or stands somehow at the service is found.
func TestMailboxesOfServices(t *testing.T) {
	w, d := trio(t)
	keys := w.signInAll(d)
	w.ok("sync", "--once")
	out := w.ok("mailboxes", "--json").out
	if strings.Contains(out, "null") {
		t.Errorf("null in %s", out)
	}
	var b boxJSON
	for _, m := range decode[[]mailboxJSON](t, out) {
		switch {
		case m.Key != keys["emailgistics"] && len(m.Boxes) != 0:
			t.Errorf("%s has mailboxes: %+v", m.Key, m.Boxes)
		case m.Key == keys["emailgistics"] && len(m.Boxes) != 1:
			t.Fatalf("%+v", m.Boxes)
		case m.Key == keys["emailgistics"]:
			b = m.Boxes[0]
		}
	}
	holiday := slices.IndexFunc(b.Tags, func(t boxTagJSON) bool { return t.Name == "Holiday" })
	if b.ID == "" || !b.Active || b.TimeZone == "" || len(b.Users) == 0 || b.Users[0].Name == "" || !b.Users[0].Active || holiday < 0 || b.Tags[holiday].Active || b.Tags[holiday].Color == "" {
		t.Fatalf("%+v", b)
	}
	text := w.ok("mailboxes").out
	for _, want := range []string{
		"  mailbox\t" + b.Name + "\t" + b.Email + "\tactive\t" + b.TimeZone + "\n",
		"    user\t" + b.Users[0].Name + "\t" + b.Users[0].Email + "\tactive\n", "    tag\tHoliday\t" + b.Tags[holiday].Color + "\tinactive\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	all := w.list("in:email", "--limit", "100")
	if got := w.list("mailbox:"+b.Email, "--limit", "100"); len(all) != 8 || len(got) != len(all) {
		t.Errorf("%d e-mails, %d in the mailbox", len(all), len(got))
	}
	finds := map[string]func(m *mailJSON) bool{}
	for _, it := range all {
		finds["status:"+it.Mail.Status] = func(m *mailJSON) bool { return m.Status == it.Mail.Status }
		if it.Mail.Owner != "" {
			finds[`owner:"`+it.Mail.Owner+`"`] = func(m *mailJSON) bool { return m.Owner == it.Mail.Owner }
		}
		for _, tag := range it.Mail.Tags {
			finds[`tag:"`+tag+`"`] = func(m *mailJSON) bool { return slices.Contains(m.Tags, tag) }
		}
	}
	if len(finds) < 5 {
		t.Errorf("only %d queries", len(finds))
	}
	for query, fits := range finds {
		want := slices.DeleteFunc(slices.Clone(all), func(it itemJSON) bool { return !fits(it.Mail) })
		if got := w.list(query, "--limit", "100"); len(got) != len(want) {
			t.Errorf("%s: %d, want %d", query, len(got), len(want))
		}
	}
	one := all[0]
	shown := w.ok("show", one.ID).out
	if !strings.Contains(shown, one.Mail.Status) || !strings.Contains(shown, one.Mail.Owner) || !strings.Contains(shown, strings.Join(one.Mail.Tags, ", ")) {
		t.Errorf("%+v is not in %s", one.Mail, shown)
	}
	if again := decode[itemJSON](t, w.ok("show", one.ID, "--json").out); again.Mail.Owner != one.Mail.Owner || !slices.Equal(again.Mail.Tags, one.Mail.Tags) || again.Mail.Status != one.Mail.Status {
		t.Errorf("%+v, want %+v", again.Mail, one.Mail)
	}
	if r := w.run("list", "status:done"); r.code != exitUsage || !strings.Contains(r.err, "is:done") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	if out := w.ok("__complete", "list", "sta").out; !strings.Contains(out, "status:open") {
		t.Errorf("completion: %s", out)
	}
}
