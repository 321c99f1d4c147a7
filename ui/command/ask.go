package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/charmbracelet/x/term"
)

// errNobody says that there is no terminal at which a person could be asked.
var errNobody = errors.New("there is no terminal to ask at")

// askSecret asks the person for something that must not show on the screen.
func (a *app) askSecret(ctx context.Context, prompt string) (string, error) {
	if a.env.Ask != nil {
		return a.env.Ask(prompt)
	}
	f, ok := a.in.(*os.File)
	if !ok || !a.env.Terminal(a.in) {
		return "", errNobody
	}
	state, err := term.GetState(f.Fd())
	if err != nil {
		return "", errNobody
	}
	fmt.Fprint(a.errw, prompt)
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(f.Fd())
		done <- answer{text, err}
	}()
	select {
	case got := <-done:
		fmt.Fprintln(a.errw)
		return string(got.text), got.err
	case <-ctx.Done(): // reading cannot be called off, but the terminal must show letters again
		_ = term.Restore(f.Fd(), state)
		fmt.Fprintln(a.errw)
		return "", ctx.Err()
	}
}
