package screen

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
)

// TriageStore is what handing over, snoozing, labelling and blocking ask of the store.
type TriageStore interface {
	NextWorkDay(ctx context.Context, account int64, now time.Time) (time.Time, error)
	LabelsInUse(ctx context.Context) ([]store.LabelUse, error)
	LabelsOf(ctx context.Context, items []store.ID) ([]store.LabelUse, error)
	Colleagues(ctx context.Context) ([]store.Colleague, error)
	Callers(ctx context.Context, items []store.ID) ([]store.Caller, error)
	BlockCallers(ctx context.Context, items []store.ID, block bool) (store.Op, error)
	BlockAnonymous(ctx context.Context, account int64, yes bool) (store.Op, error)
	BlockNumber(ctx context.Context, account int64, numbers ...string) (store.Op, error)
	UnblockNumber(ctx context.Context, account int64, numbers ...string) (store.Op, error)
	IsBlocked(ctx context.Context, account int64, number string) (bool, error)
}

// Option is a line one can pick.
type Option struct {
	Label  string
	Detail string // dim, at the right
	Sign   string // before the label, such as whether it is set
	Value  any    // for whoever asked
}

// Picker is a list to pick from, with a line to type into above it.
type Picker struct {
	Title string
	Hint  string // what can be typed, and which keys do what
	// Options are what fits what is typed, best first.
	Options func(text string) []Option
	// None is what stands in an empty list.
	None string
	// Digits has 1 to 9 pick a line at once, as long as nothing is typed.
	Digits bool
	// Enter takes what is picked, nil where nothing fits, and what was typed. An error
	// keeps the list open and is shown.
	Enter func(o *Option, text string) (tea.Cmd, error)
	// Tab takes what is picked and closes the list; nil: Tab completes what is typed.
	Tab func(o *Option, text string) (tea.Cmd, error)
	// Toggle sets what is picked or takes it off, and leaves the list open: Space and
	// Tab do that where it is not nil.
	Toggle func(o Option)
}
