package screen

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/theme"
)

// PresenceSign is one cell that tells how somebody stands (store.Presence.Rank) without
// colour: the character is the meaning, the role only helps. A rank of which nothing is
// known is a blank.
func PresenceSign(rank int, s *theme.Styles) (string, theme.Set) {
	switch rank {
	case 0:
		return "●", s.Good
	case 1:
		return "◖", s.Accent
	case 2:
		return "◐", s.Warn
	case 3:
		return "⊘", s.Bad
	case 4:
		return "○", s.Dim
	case 5:
		return "·", s.Dim
	}
	return " ", s.Dim
}

// PresenceLegend is what the signs mean, for the help.
func PresenceLegend() [][2]string {
	return [][2]string{
		{"●", "available"},
		{"◖", "on the telephone"},
		{"◐", "busy"},
		{"⊘", "do not disturb"},
		{"○", "offline"},
	}
}

// Presence is the sign of somebody by extension number, or the service's id of the
// extension: one cell, a blank where nothing is known. It may be asked for every row of
// every frame.
func (e *Env) Presence(extension string) (string, theme.Set) {
	if rank, ok := e.Signs[extension]; ok && extension != "" {
		return PresenceSign(rank, e.Styles)
	}
	return " ", e.Styles.Dim
}

// Beside is the same for right after a name: the sign only where it is known how somebody
// stands, else "".
func (e *Env) Beside(extension string) (string, theme.Set) {
	if rank, ok := e.Signs[extension]; ok && extension != "" && PresenceWord(rank) != "" {
		return PresenceSign(rank, e.Styles)
	}
	return "", e.Styles.Dim
}

// Direct is whom a message in the chats is for.
type Direct struct {
	Account int64
	Person  string // the service's id
	Name    string
}

// PresenceStore is what screens ask about who is there.
type PresenceStore interface {
	PresenceBoard(ctx context.Context) (store.PresenceBoard, error)
	PresenceSigns(ctx context.Context) (map[string]int, error)
	Connections(ctx context.Context, account int64) ([]store.Connection, error)
	Watchable(ctx context.Context, account int64) ([]store.WatchChange, error)
	SetPresence(ctx context.Context, account int64, c store.PresenceChange) (store.Op, error)
	ToggleDND(ctx context.Context, account int64) (store.Op, error)
	SetQueue(ctx context.Context, account int64, queue string, takes bool) (store.Op, error)
	Feeds() []store.FeedStatus
	WatchPerson(ctx context.Context, account int64, w store.WatchChange) (store.Op, error)
}

// There is how somebody stands, as what follows an extension: the sign and a word; "" where
// nothing is known.
func (e *Env) There(extension string) string {
	rank, ok := e.Signs[extension]
	if !ok || PresenceWord(rank) == "" {
		return ""
	}
	sign, _ := PresenceSign(rank, e.Styles)
	return " " + sign + " " + PresenceWord(rank)
}

// Both is two commands as one; either may be nil.
func Both(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

// PresenceWord is a rank in a word or two.
func PresenceWord(rank int) string {
	for _, l := range []struct {
		rank int
		word string
	}{{0, "available"}, {1, "on the telephone"}, {2, "busy"}, {3, "do not disturb"}, {4, "offline"}} {
		if l.rank == rank {
			return l.word
		}
	}
	return ""
}
