package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"switchboard/api"
)

// What a person is told of trouble names no host, no operation and no protocol.
func TestReason(t *testing.T) {
	wrap := func(err error) error {
		return fmt.Errorf("looking for new messages: %w", &api.Error{Op: "syncMessages", Err: &url.Error{Op: "Get", URL: "http://127.0.0.1:1/x", Err: err}})
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"nothing", nil, ""},
		{"refused", wrap(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), "the service cannot be reached (connection refused)"},
		{"no name", wrap(&net.OpError{Op: "dial", Err: &net.DNSError{Name: "platform", Err: "no such host"}}), "the service cannot be found; is there a network?"},
		{"timeout", wrap(context.DeadlineExceeded), "no answer in time"},
		{"trouble there", fmt.Errorf("x: %w", &api.Error{Op: "syncMessages", Status: 503}), "the service is in trouble (503)"},
		{"signed out", fmt.Errorf("x: %w", api.ErrSignedOut), "you are signed out"},
		{"anything else", errors.New("a \x1b[31mfault\r\nof ours"), "a fault of ours"},
	} {
		if got := Reason(c.err); !strings.EqualFold(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
