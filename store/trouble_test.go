package store

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"switchboard/api"
)

func TestWhatTroubleMeans(t *testing.T) {
	now := time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC)
	answer := func(status int, code string) error {
		return fmt.Errorf("asking: %w", &api.Error{Service: "RingCentral", Op: "syncMessages", Status: status, Code: code})
	}
	for _, tt := range []struct {
		name       string
		err        error
		permission bool
		kind       resultKind
		longest    time.Duration // before the next try
	}{
		{"no permission", answer(http.StatusForbidden, "InsufficientPermissions"), true, resultRefused, 10 * time.Minute},
		{"a token that another program has replaced", answer(http.StatusUnauthorized, "OAU-128"), false, resultRetry, 10 * time.Second},
		{"the server failed", answer(http.StatusBadGateway, ""), false, resultRetry, 10 * time.Second},
		{"signed out", fmt.Errorf("asking: %w", api.ErrSignedOut), false, resultRetry, time.Minute},
		{"no way there", &api.Error{Op: "syncMessages", Err: errors.New("connection refused")}, false, resultRetry, 10 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := isPermission(tt.err); got != tt.permission {
				t.Errorf("a matter of permission: %v", got)
			}
			if got := judge(tt.err).kind; got != tt.kind {
				t.Errorf("a change ends as %d, want %d", got, tt.kind)
			}
			if got := waitAfter(tt.err, 1, now); got > tt.longest {
				t.Errorf("tried again after %s, want at most %s", got, tt.longest)
			}
		})
	}
}
