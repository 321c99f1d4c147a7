package store

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"switchboard/api"
)

// office is a service that knows business hours.
type office struct {
	*box
	own, company Hours
	err          error
}

func (o *office) Hours(context.Context) (own, company Hours, err error) {
	return o.own, o.company, o.err
}

func open9(days ...time.Weekday) (h Hours) {
	for _, d := range days {
		h.Week[d] = []HourRange{{13 * 60, 17 * 60}, {8*60 + 30, 12 * 60}}
	}
	return h
}

func TestNextWorkDay(t *testing.T) {
	thursday := time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC)
	friday, saturday := thursday.AddDate(0, 0, 1), thursday.AddDate(0, 0, 2)
	week := open9(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	broken := open9()
	broken.Week[time.Friday] = []HourRange{{600, 600}}
	for _, tt := range []struct {
		name         string
		own, company Hours
		now          time.Time
		want         string
	}{
		{"nothing known", Hours{}, Hours{}, thursday, "Fri 20 Nov 09:00"},
		{"nothing known, before a week end", Hours{}, Hours{}, friday, "Mon 23 Nov 09:00"},
		{"one's own", week, open9(time.Saturday), thursday, "Fri 20 Nov 08:30"},
		{"over a week end", week, Hours{}, friday, "Mon 23 Nov 08:30"},
		{"on a free day", week, Hours{}, saturday, "Mon 23 Nov 08:30"},
		{"before the day begins", week, Hours{}, time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC), "Tue 24 Nov 08:30"},
		{"the company's", Hours{}, open9(time.Saturday), thursday, "Sat 21 Nov 08:30"},
		{"around the clock", Hours{Always: true}, Hours{Always: true}, friday, "Mon 23 Nov 09:00"},
		{"around the clock, but the company is not", Hours{Always: true}, open9(time.Saturday), friday, "Sat 21 Nov 08:30"},
		{"the same day in a week", open9(time.Thursday), Hours{}, thursday, "Thu 26 Nov 08:30"},
		{"hours that are none", broken, Hours{}, thursday, "Fri 20 Nov 09:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &office{box: newBox("test:1:1"), own: tt.own, company: tt.company}
			b := newBench(t, t.TempDir(), o.box)
			b.Attach(o)
			if err := b.SyncFeeds(t.Context(), b.acc.ID, FeedHours); err != nil {
				t.Fatal(err)
			}
			o.err = errors.New("the line is cut") // it is known here
			got, err := b.NextWorkDay(t.Context(), b.acc.ID, tt.now)
			if err != nil || got.Format("Mon 2 Jan 15:04") != tt.want {
				t.Errorf("%s, %v, want %s", got, err, tt.want)
			}
			if any, err := b.NextWorkDay(t.Context(), 0, tt.now); err != nil || !any.Equal(got) {
				t.Errorf("of the first account: %s, %v", any, err)
			}
		})
	}
}

// blocker is a service that can turn callers away.
type blocker struct {
	*box
	list map[string]BlockedNumber
	fail []error
	told int
}

func (k *blocker) Blocked(context.Context) (out []BlockedNumber, err error) {
	for _, n := range k.list {
		out = append(out, n)
	}
	return out, nil
}

func (k *blocker) Do(_ context.Context, d Doing) (DeedDone, error) {
	k.told++
	if len(k.fail) > 0 {
		err := k.fail[0]
		if k.fail = k.fail[1:]; err != nil {
			return DeedDone{}, err
		}
	}
	var st BlockState
	if err := json.Unmarshal(d.Payload, &st); err != nil {
		return DeedDone{}, err
	}
	for _, n := range st.Numbers {
		if delete(k.list, n.Number); n.Status != BlockNone {
			k.list[n.Number] = n
		}
	}
	return DeedDone{}, nil
}

func (k *blocker) Sought(context.Context, Doing) (DeedDone, bool, error) {
	return DeedDone{}, false, nil
}

func blocking(t *testing.T) (*bench, *blocker) {
	k := &blocker{box: newBox("test:1:1"), list: map[string]BlockedNumber{"+15550188": {Number: "+15550188", Status: BlockAllowed, Label: "Courier"}}}
	k.fill(3, time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), time.Minute)
	b := newBench(t, t.TempDir(), k.box)
	b.Attach(k)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := b.SyncFeeds(t.Context(), b.acc.ID, FeedBlocked); err != nil {
		t.Fatal(err)
	}
	return b, k
}

func (b *bench) blocked(number string) bool {
	b.t.Helper()
	yes, err := b.IsBlocked(b.t.Context(), b.acc.ID, number)
	if err != nil {
		b.t.Fatal(err)
	}
	return yes
}

func TestBlock(t *testing.T) {
	b, k := blocking(t)
	op := must[Op](t)(b.BlockCallers(t.Context(), b.ids("1000", "1001"), true))
	equal(t, "words", op.Words, "Blocked +15550100 (Ana Lima)")
	equal(t, "shown at once", b.blocked("+15550100"), true)
	equal(t, "at the service", len(k.list), 1)
	b.flushAll()
	equal(t, "label", k.list["+15550100"], BlockedNumber{Number: "+15550100", Status: BlockBlocked, Label: "Ana Lima"})
	if again := must[Op](t)(b.BlockNumber(t.Context(), b.acc.ID, "+15550100")); again.ID != 0 || again.Undoable {
		t.Errorf("blocked twice: %+v", again)
	}
	callers, err := b.Callers(t.Context(), b.ids("1000", "1001"))
	if err != nil || len(callers) != 1 || callers[0].Items != 2 || callers[0].Status != BlockBlocked || !callers[0].Outside() {
		t.Errorf("%+v, %v", callers, err)
	}
	b.undo()
	equal(t, "taken back", b.blocked("+15550100"), false)
	b.flushAll()
	equal(t, "at the service", len(k.list), 1)
	b.redo()
	b.flushAll()
	equal(t, "done again", k.list["+15550100"].Status, BlockBlocked)

	// What was allowed is allowed again.
	must[Op](t)(b.BlockNumber(t.Context(), b.acc.ID, "+1 555 0188"))
	b.flushAll()
	equal(t, "blocked", k.list["+15550188"].Status, BlockBlocked)
	b.undo()
	b.flushAll()
	equal(t, "as before", k.list["+15550188"], BlockedNumber{Number: "+15550188", Status: BlockAllowed, Label: "Courier"})

	// All who withhold their number.
	op = must[Op](t)(b.BlockAnonymous(t.Context(), b.acc.ID, true))
	equal(t, "words", op.Words, "Blocked everybody who withholds their number")
	b.flushAll()
	equal(t, "at the service", k.list[""].Status, BlockBlocked)
	b.undo()
	b.flushAll()
	equal(t, "at the service", k.list[""].Status, BlockNone)
}

func TestBlockRefusedAndOffline(t *testing.T) {
	b, k := blocking(t)
	for _, bad := range []string{"", "104", "Anonymous"} {
		if _, err := b.BlockNumber(t.Context(), b.acc.ID, bad); err == nil {
			t.Errorf("%q can be blocked", bad)
		}
	}
	k.fail = []error{forbidden}
	must[Op](t)(b.BlockNumber(t.Context(), b.acc.ID, "+15550100"))
	_ = b.Flush(t.Context())
	equal(t, "after it was refused", b.blocked("+15550100"), false)
	equal(t, "notices", len(b.notices()), 1)

	// Taken back before it was sent, nothing is sent; the list that comes meanwhile does
	// not hide what is on its way.
	k.told = 0
	must[Op](t)(b.BlockNumber(t.Context(), b.acc.ID, "+15550101"))
	if err := b.SyncFeeds(t.Context(), b.acc.ID, FeedBlocked); err != nil {
		t.Fatal(err)
	}
	equal(t, "still shown", b.blocked("+15550101"), true)
	b.undo()
	equal(t, "taken back", b.blocked("+15550101"), false)
	b.flushAll()
	equal(t, "told the service", k.told, 0)

	// An answer that is lost: it is said again.
	k.fail = []error{&api.Error{Service: "Test", Op: "block", Unknown: true, Err: errors.New("reset")}}
	must[Op](t)(b.BlockNumber(t.Context(), b.acc.ID, "+15550102"))
	_ = b.Flush(t.Context())
	b.pass(time.Hour)
	b.flushAll()
	equal(t, "at the service", k.list["+15550102"].Status, BlockBlocked)
}

func TestHandingOver(t *testing.T) {
	b := synced(t, 3)
	op := must[Op](t)(b.Act(t.Context(), Change{Verb: VerbClaim, Who: "Ben Ode", Items: b.ids("1000"), Note: "asks for you"}))
	equal(t, "words", op.Words, "Handed the voicemail from Ana Lima to Ben Ode, with a note")
	it := must[Item](t)(b.Item(t.Context(), b.id("1000")))
	equal(t, "claim and note", []string{it.Claim, it.NoteList[0].Text}, []string{"Ben Ode", "asks for you"})
	equal(t, "words of taking over", must[Op](t)(b.Act(t.Context(), Change{Verb: VerbClaim, Items: b.ids("1000")})).Words,
		"Claimed the voicemail from Ana Lima, which Ben Ode had")
	b.undo()
	b.undo()
	it = must[Item](t)(b.Item(t.Context(), b.id("1000")))
	equal(t, "taken back", []any{it.Claim, len(it.NoteList)}, []any{"", 0})
	b.redo()
	it = must[Item](t)(b.Item(t.Context(), b.id("1000")))
	equal(t, "done again", []any{it.Claim, len(it.NoteList)}, []any{"Ben Ode", 1})
	if _, err := b.Act(t.Context(), Change{Verb: VerbRead, Items: b.ids("1000"), Note: "x"}); err == nil {
		t.Error("a note went with a change of the service")
	}
	people, err := b.Colleagues(t.Context())
	if err != nil || len(people) < 2 || !people[0].Worked {
		t.Errorf("%+v, %v", people, err)
	}
	// Handed to the name of one's own account, it is one's own.
	must[Op](t)(b.Act(t.Context(), Change{Verb: VerbClaim, Who: "Support", Items: b.ids("1001")}))
	q, err := ParseQuery("is:mine", b.now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := b.IDs(t.Context(), q, OldestFirst, 10)
	if err != nil || len(ids) != 1 || ids[0] != b.id("1001") {
		t.Errorf("mine are %v, %v", ids, err)
	}
}

func TestLabelsAtOnce(t *testing.T) {
	b := synced(t, 3)
	labels := func(remote string) []string {
		return must[Item](t)(b.Item(t.Context(), b.id(remote))).Labels
	}
	must[Op](t)(b.Act(t.Context(), Change{Verb: VerbLabel, Text: "Old", Items: b.ids("1000")}))
	op := must[Op](t)(b.Act(t.Context(), Change{Verb: VerbLabels, Text: "Urgent -old billing", Items: b.ids("1000", "1001")}))
	equal(t, "words", op.Words, "Labelled 2 voicemails billing, urgent; took off old")
	equal(t, "labels", labels("1000"), []string{"billing", "urgent"})
	equal(t, "labels", labels("1001"), []string{"billing", "urgent"})
	uses, err := b.LabelsInUse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "in use", uses, []LabelUse{{"billing", 2}, {"urgent", 2}})
	b.undo()
	equal(t, "taken back", labels("1000"), []string{"old"})
	equal(t, "taken back", len(labels("1001")), 0)
	b.redo()
	equal(t, "done again", labels("1000"), []string{"billing", "urgent"})
	if _, err := b.Act(t.Context(), Change{Verb: VerbLabels, Text: " - ", Items: b.ids("1000")}); err == nil {
		t.Error("no label at all was taken")
	}
	of := must[[]LabelUse](t)(b.LabelsOf(t.Context(), b.ids("1000", "1002")))
	equal(t, "of some", of, []LabelUse{{"billing", 1}, {"urgent", 1}})
}
