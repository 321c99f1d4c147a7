package emailgistics

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

// What a person and the store are told of each way in which a download can fail. Those
// that may pass are temporary, so that the queue tries again; a refusal that the mail system
// gave says nothing of the key, and a mailbox that may not be seen nothing of the message.
func TestDownloadErrors(t *testing.T) {
	type verdict struct{ temporary, gone, signedOut bool }
	for _, tt := range []struct {
		name  string
		key   []string // scopes of the key; nil: all
		fault string
		do    func(srv account, m sim.Mail, key string)
		want  verdict
		scope string
		words string
	}{
		{name: "a scope is missing", key: []string{"reporting", "messages:read"}, scope: "messages:content", words: "lacks the scope messages:content"},
		{name: "the key was deleted", do: func(srv account, _ sim.Mail, key string) { srv.DeleteKey(key) }, want: verdict{signedOut: true}, words: "API key was refused"},
		{name: "the message was moved", do: func(srv account, m sim.Mail, _ string) { srv.Move(m.Index) }, want: verdict{gone: true}, words: "moved"},
		{name: "the message was deleted", do: func(srv account, m sim.Mail, _ string) { srv.Delete(m.Index) }, want: verdict{gone: true}, words: "deleted"},
		{name: "the rate limit", fault: "429", want: verdict{temporary: true}, words: "limit"},
		{name: "the mail system fails", fault: "upstream-502", want: verdict{temporary: true}, words: "failed for the moment"},
		{name: "the mail system's 401", fault: "graph-401", want: verdict{temporary: true}, words: "the API key itself is good"},
		{name: "a bare 401 of the mail system", fault: "upstream-401", want: verdict{temporary: true}, words: "the API key itself is good"},
		{name: "the mail system's 403", fault: "graph-403", want: verdict{temporary: true}, words: "mail system"},
		{name: "the mail system's 404 for what it lists", fault: "graph-404", want: verdict{temporary: true}, words: "worth trying again"},
		{name: "an unexpected status", fault: "upstream-418", want: verdict{temporary: true}, words: "worth trying again"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := simulate(t, sim.Config{Messages: 20, Mailboxes: 1})
			scopes := tt.key
			if scopes == nil {
				scopes = []string{"reporting", "messages:read", "messages:content"}
			}
			key := srv.AddKey(1, scopes...)
			c := newClient(t, srv, key)
			if _, err := c.Mailboxes(t.Context()); err != nil {
				t.Fatal(err)
			}
			box := New("k", c, WithClock(srv.clock))
			var m sim.Mail
			for _, m = range seen(srv) {
				if slices.ContainsFunc(m.Files, func(f sim.File) bool { return f.Kind == eg.KindFile }) {
					break
				}
			}
			in, err := box.Detail(t.Context(), store.MailName{Remote: prefix + m.MessageID, MailDetail: store.MailDetail{Box: m.MailboxID}})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(in.Attachments, func(a store.Attachment) bool { return a.Kind == store.MailFile })
			if tt.do != nil {
				tt.do(srv, m, key)
				srv.clock.pass(2 * time.Minute) // that the key was good a moment ago proves nothing now
			}
			if tt.fault != "" {
				if err := srv.FailNext("downloadAttachment", tt.fault, 0, 100); err != nil {
					t.Fatal(err)
				}
			}
			_, err = box.Fetch(t.Context(), in.Attachments[i], &sink{}, "", func(string, int64) error { return nil }, nil)
			got := verdict{api.IsTemporary(err), api.IsNotFound(err), errors.Is(err, api.ErrSignedOut)}
			scope, _ := api.MissingPermission(err)
			if err == nil || got != tt.want || scope != tt.scope || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("%v\nis %+v and lacks %q, want %+v, %q, %q", err, got, scope, tt.want, tt.scope, tt.words)
			}
		})
	}
}
