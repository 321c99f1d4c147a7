package screen

import (
	"context"
	"io"
)

// Output runs something outside and shows what it writes in a pane, as it comes.
// The root cleans what is shown; nothing in it can do more than be read.
type Output struct {
	Title string // what runs, in words: "fax.pdf | wc -l"
	// Run runs off the loop. It stops when ctx ends, which C-c does.
	Run func(ctx context.Context, w io.Writer) error
}
