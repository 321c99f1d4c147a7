package uitest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/store"
	"switchboard/ui/preview/pdf"
)

// unreadFax finds an unread fax with so many pages at least, the newest of its
// sender, and goes to it.
func (d *Desk) unreadFax(t *testing.T, pages int) store.Item {
	t.Helper()
	d.Press("g f")
	d.See(" Fax ")
	for _, it := range d.all(t, "in:fax is:unread") {
		query := "number:" + it.Who.Number + " in:fax"
		same := d.all(t, query)
		if it.Pages < pages || it.Direction != store.Inbound || len(same) != 1 {
			continue
		}
		d.Press("/")
		d.Free(query)
		d.Press("Enter")
		d.See("1 of 1")
		return it
	}
	t.Fatal("no such fax")
	return store.Item{}
}

// Who stays with a fax sees it, and it stays unread until they page through it.
func TestPreviewAtRest(t *testing.T) {
	d := Open(t, Config{Now: noon, Rest: time.Millisecond})
	d.See("Inbox", "oldest first")
	it := d.unreadFax(t, 2)
	d.See("page 1 of", "⣿")
	if d.item(t, it.ID).Read {
		t.Error("looking marked it read")
	}
	d.Press("Space")
	d.See("page 2 of", "open, read")
	d.atService(t, it, true, "Alive")
	d.Press("Enter Enter")
	d.Until("the page over all panes", func(s string) bool {
		return strings.HasPrefix(s, " Fax from") && strings.Contains(s, "page 2 of") && !strings.Contains(s, "Search")
	})
	d.Press("Left")
	d.See("page 1 of")
	d.Press("?")
	d.See("Keys")
	d.Press("Esc")
	d.Gone("Keys")
	d.Press("q")
	d.See("Search number", "page 1 of")
	d.Press("q q")
	d.See(" Fax ")
}

// With room for one pane Space opens the message at its first page, and pages on
// from there.
func TestPreviewInOnePane(t *testing.T) {
	d := Open(t, Config{Now: noon, Width: 80, Height: 24})
	d.See("Inbox", "oldest first")
	it := d.unreadFax(t, 2)
	d.Press("Space")
	d.See("Fax from", "page 1 of", "⠉")
	d.Press("Space")
	d.See("page 2 of")
	d.atService(t, it, true, "Alive")
	d.Press("q")
	d.See("Search number")
}

// What is resting nowhere fetches nothing.
func TestPassingByFetchesNothing(t *testing.T) {
	d := Open(t, Config{Now: noon, Rest: time.Hour})
	d.See("Inbox", "oldest first")
	d.Press("g v j j j j j j j j")
	d.See("9 of")
	for _, it := range d.all(t, "in:voicemail") {
		for _, a := range it.Attachments {
			if a.State == store.Kept && !a.IsText() {
				t.Errorf("%s was fetched", it.ID)
			}
		}
	}
	if jobs := d.Store.Jobs(); len(jobs) > 0 {
		t.Errorf("%d downloads", len(jobs))
	}
}

// Pages are saved as a PDF, turned and stamped as they were looked at.
func TestPickedPagesAreSaved(t *testing.T) {
	d := Open(t, Config{Now: noon, Rest: time.Millisecond})
	d.See("Inbox", "oldest first")
	d.unreadFax(t, 2)
	d.See("page 1 of")
	d.Press("] , a")
	d.See("Stamp on page 1")
	d.Press("Enter , p")
	d.See("Save pages of")
	d.Free("1")
	d.Press("Enter")
	d.See("Saved ")
	names, err := filepath.Glob(filepath.Join(d.SaveDir, "*_pages.pdf"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	doc, err := pdf.Open(t.Context(), names[0], pdf.Options{Renderer: "off"})
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	page, err := doc.Page(t.Context(), 0)
	if err != nil || doc.Len() != 1 {
		t.Fatal(doc.Len(), err)
	}
	if w, h := page.Size(); w <= h {
		t.Errorf("the page is %v by %v inches: it was turned", w, h)
	}
	spans, err := doc.Words(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	words := ""
	for _, s := range spans {
		words += s.Text + " "
	}
	if !strings.Contains(words, "19 Nov 2026 15:00 ann@desk") {
		t.Errorf("the stamp is not among its words: %q", words)
	}
}

// Keys pressed ahead of the message they are about are not lost.
func TestPagesOverAllPressedAhead(t *testing.T) {
	d := Open(t, Config{Now: noon, Rest: time.Millisecond})
	d.See("Inbox", "oldest first")
	d.Press("g f n Enter Enter")
	d.Until("the page over all panes", func(s string) bool {
		return strings.HasPrefix(s, " Fax from") && strings.Contains(s, "page 1 of") && !strings.Contains(s, "newest first")
	})
}

// A page that is turned is turned the next time, too, even if it was turned as
// soon as it came.
func TestTurnsAreRemembered(t *testing.T) {
	d := Open(t, Config{Now: noon, Rest: time.Millisecond})
	d.See("Inbox", "oldest first")
	it := d.unreadFax(t, 2)
	d.See("page 1 of", "⣿")
	d.Press("]")
	key := ""
	d.Eventually("the turn is kept", func() bool {
		for _, a := range files(d.item(t, it.ID)) {
			if a.SHA256 == "" {
				continue
			}
			key = "turn:" + a.SHA256
			if b, err := d.Store.Recall(t.Context(), key); err == nil && string(b) == `{"0":1}` {
				return true
			}
		}
		return false
	})
}
