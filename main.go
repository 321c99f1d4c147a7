// Switchboard works through voicemail, fax and text messages from the
// keyboard, in a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"switchboard/ui/command"
)

func main() { os.Exit(run()) }

// run exists so that deferred calls happen before the process ends.
func run() int {
	// A closed pipe shall be an error of the write, not the end of the process:
	// changes may be under way.
	// (Ignoring the signal instead would pass on to the programs started.)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the program at once, should the first hang.
	context.AfterFunc(ctx, stop)
	return command.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, command.Env{})
}
