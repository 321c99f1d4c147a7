package attachments

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// shelf is a store with one message, whose files were seen elsewhere too.
type shelf struct {
	screen.Store
	item store.Item
	seen map[int64][]store.Seen
}

func (s *shelf) Item(context.Context, store.ID) (store.Item, error) { return s.item, nil }

func (s *shelf) SameContent(_ context.Context, attachment int64) ([]store.Seen, error) {
	return s.seen[attachment], nil
}

func (s *shelf) WhyBare(context.Context, store.ID) (string, error) { return "", nil }

// stand is what a pane asks of the root, noted down.
type stand struct {
	screen.Host
	said, query, title string
	prompt             screen.Prompt
}

func (s *stand) Say(text string)         { s.said = text }
func (s *stand) Prompt(p screen.Prompt)  { s.prompt = p }
func (s *stand) Go(screen.Place) tea.Cmd { return nil }
func (s *stand) Show(query, title string) tea.Cmd {
	s.query, s.title = query, title
	return nil
}

func now() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) }

func pane(t *testing.T, s *shelf) (*Model, *stand) {
	t.Helper()
	host := &stand{}
	env := &screen.Env{
		Ctx: t.Context(), Store: s, Host: host, Styles: theme.New(true, true), Keys: keymap.Default(), Now: now, Location: time.UTC,
		Template: "{name}", SaveDir: "/saved", Log: slog.New(slog.DiscardHandler),
		Services: map[int64]string{1: "ringcentral", 2: "symphony", 3: "emailgistics"},
	}
	m := New(env)
	cmd := m.Follow(s.item.Row, true, true)
	for cmd != nil {
		cmd = m.Update(cmd())
	}
	return m, host
}

func row(account int64, kind store.Kind, who string, ago time.Duration) store.Row {
	at := now().Add(-ago)
	return store.Row{ID: store.FirstID(at), Account: account, Kind: kind, Direction: store.Inbound, Time: at, Who: store.Party{Name: who}, Mailbox: "Desk"}
}

func kept(id int64, name, sum string) store.Attachment {
	return store.Attachment{ID: id, Kind: store.PostedFile, Name: name, Type: "application/pdf", Size: -1, Bytes: 2048, State: store.Kept, SHA256: strings.Repeat(sum, 64)}
}

func (m *Model) text(w, h int) string { return ansi.Strip(strings.Join(m.View(w, h, true), "\n")) }

func TestSameContentIsShownOnce(t *testing.T) {
	s := &shelf{item: store.Item{Row: row(2, store.Post, "Ana Lima", time.Minute)}, seen: map[int64][]store.Seen{}}
	s.item.Attachments = []store.Attachment{kept(1, "deed.pdf", "a"), kept(2, "copy of deed.pdf", "a"), kept(3, "map.pdf", "b"), {ID: 4, Name: "later.pdf", Kind: store.PostedFile, Size: 1000}}
	for i := range s.item.Attachments {
		s.item.Attachments[i].Item = s.item.ID
	}
	for i := range 6 {
		p := store.Seen{Attachment: int64(10 + i), Name: "scan.pdf", Row: row(3, store.Email, "Ben Ode", time.Duration(i+1)*time.Hour), Service: "emailgistics"}
		if i == 1 {
			p.Row.Account, p.Row.Kind, p.Service, p.Chat = 2, store.Post, "symphony", "Deals"
		}
		s.seen[1] = append(s.seen[1], p)
	}
	s.seen[1] = append(s.seen[1], store.Seen{Attachment: 2, Name: "copy of deed.pdf", Row: s.item.Row, Service: "symphony"})
	m, host := pane(t, s)
	out := m.text(90, 30)
	for _, want := range []string{
		"deed.pdf", "map.pdf", "= the same as copy of deed.pdf of this message", "= e-mail from Ben Ode, 14:00, Emailgistics: scan.pdf",
		"= post from Ben Ode in Deals, 13:00, Symphony: scan.pdf", "= and 3 more; % lists them",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the pane lacks %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "sha256"); n != 2 {
		t.Errorf("%d contents are listed, want 2:\n%s", n, out)
	}
	if _, ok := m.Do(keymap.SameFile); !ok || strings.Count(host.query, ",") != 6 || !strings.HasPrefix(host.query, "id:"+s.item.ID.String()) || host.title != "Messages with deed.pdf" {
		t.Errorf("it shows %q, %q", host.query, host.title)
	}
	// The next content, and one that is not here.
	m.Do(keymap.Down)
	if out = m.text(90, 30); strings.Contains(out, "= ") {
		t.Errorf("another content was seen where the first was:\n%s", out)
	}
	for _, want := range []string{"This file was seen in no other message", "What is in a file is known once it is on this machine"} {
		if m.Do(keymap.SameFile); host.said != want {
			t.Errorf("it says %q, want %q", host.said, want)
		}
		m.Do(keymap.Down)
	}
}

// The number in the name a file is saved under is its place among all files of the
// message, listed or not.
func TestNumberOfAFoldedFile(t *testing.T) {
	s := &shelf{item: store.Item{Row: row(2, store.Post, "Ana Lima", time.Minute)}}
	s.item.Attachments = []store.Attachment{kept(1, "a", "a"), kept(2, "b", "a"), kept(3, "c", "b")}
	m, _ := pane(t, s)
	if got := []int{m.number(1), m.number(3)}; !slices.Equal(got, []int{1, 3}) {
		t.Errorf("numbers %v", got)
	}
	// The cursor on what is folded away once its content is known stays with its content.
	m.at = 2
	m.settle()
	if m.at != 1 {
		t.Errorf("the cursor is on %d", m.at)
	}
}

// The stage keeps its room however often a content was seen, and no line is too long.
func TestSeenAtEverySize(t *testing.T) {
	s := &shelf{item: store.Item{Row: row(2, store.Post, "Ana Lima", time.Minute)}, seen: map[int64][]store.Seen{}}
	s.item.Attachments = []store.Attachment{kept(1, "deed.pdf", "a"), kept(2, "b.pdf", "a")}
	for range 20 {
		s.seen[1] = append(s.seen[1], store.Seen{Name: strings.Repeat("長", 80), Row: row(3, store.Email, strings.Repeat("x", 200), time.Hour)})
	}
	m, _ := pane(t, s)
	for _, size := range [][2]int{{1, 1}, {3, 4}, {20, 5}, {40, 12}, {80, 24}, {200, 60}} {
		lines := m.View(size[0], size[1], true)
		if len(lines) != size[1] {
			t.Errorf("%v: %d lines", size, len(lines))
		}
		for _, l := range lines {
			if n := ansi.StringWidth(l); n != size[0] {
				t.Errorf("%v: a line of %d cells: %q", size, n, l)
			}
		}
	}
	if also := m.alsoLines(80, mostAlso(20)); len(also) > 5 {
		t.Errorf("%d lines are about where it was seen", len(also))
	}
}
