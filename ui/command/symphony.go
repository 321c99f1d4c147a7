package command

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/spf13/cobra"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
	adapter "switchboard/store/symphony"
)

func symphony() service {
	return service{
		name: "symphony", title: "Symphony", paths: []string{"/agent", "/pod", "/login"}, only: true,
		secrets: []string{privateKeyName},
		login:   func(a *app) *cobra.Command { return a.loginSymphony() },
		session: func(a *app, acc SignedIn) (session, error) {
			v := a.connector().vault
			if acc.Symphony == nil {
				return nil, incomplete(acc)
			}
			c, err := a.symphonyClient(acc, v, vaultKey(v, acc))
			if err != nil {
				return nil, err
			}
			return &symphonySession{Client: c, a: a, acc: acc}, nil
		},
		settings: func(r *reader, d *AccountDefaults) map[string]func(string, any) {
			return map[string]func(string, any){
				"pod_url":          r.text1(&d.BaseURL),
				"agent_url":        r.text1(&d.AgentURL),
				"key_manager_url":  r.text1(&d.KeyManagerURL),
				"session_auth_url": r.text1(&d.SessionAuthURL),
				"key_auth_url":     r.text1(&d.KeyAuthURL),
				"username":         r.text1(&d.Username),
				"private_key_file": r.text1(&d.KeyFile),
				"certificate_file": r.text1(&d.CertificateFile),
				"file_ids":         r.oneOf(&d.FileIDs, fileIDs()...),
			}
		},
	}
}

// fileIDs are the ways in which the id of a file goes into a request.
func fileIDs() []string { return []string{sym.EncodeOpaque, sym.EncodeOnce} }

// symphonyClient makes the client of an account. key is its private key.
func (a *app) symphonyClient(acc SignedIn, tokens api.TokenStore, key *lateKey) (*sym.Client, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	in := acc.Symphony
	cfg := sym.Config{
		PodURL: acc.BaseURL, AgentURL: in.AgentURL, KeyManagerURL: in.KeyManagerURL, Username: in.Username,
		SessionAuthURL: in.SessionAuthURL, KeyAuthURL: in.KeyAuthURL, EncodeFileID: in.FileIDs,
		Store: tokens, Account: acc.Key, UserAgent: userAgent(), Log: log, Retry: a.retry(),
	}
	if len(in.Certificate) > 0 {
		cfg.Certificate = &tls.Certificate{Certificate: in.Certificate, PrivateKey: key}
	} else {
		cfg.Key = key
	}
	c, err := sym.New(cfg)
	if err != nil {
		return nil, &usageError{msg: err.Error()}
	}
	return c, nil
}

// A symphonySession is an account's way to Symphony.
type symphonySession struct {
	*sym.Client
	a   *app
	acc SignedIn
}

func (s *symphonySession) mailbox() store.Service {
	return adapter.New(s.acc.Key, s.Client, adapter.WithLog(s.a.log), adapter.WithNow(s.a.env.Now))
}

func (s *symphonySession) leave(ctx context.Context) error { return s.SignOut(ctx) }

// examine asks the agent what it is, and the pod who signs in.
func (s *symphonySession) examine(ctx context.Context) []finding {
	var list []finding
	info, err := s.AgentInfo(ctx)
	if err != nil {
		list = append(list, finding{"service", broken, s.acc.Symphony.AgentURL + ": " + err.Error(), "check the network and the agent's address"})
	} else {
		list = append(list, finding{"service", fine, fmt.Sprintf("%s at %s", firstOf(info.Version, "an agent"), s.acc.Symphony.AgentURL), ""})
	}
	who, err := s.SessionInfo(ctx)
	if err != nil {
		return append(list, notSignedIn(s.acc, err))
	}
	list = append(list, finding{"account", fine, fmt.Sprintf("%s (%s), signed in as %s", s.acc.Name, s.acc.Key, firstOf(who.Username, s.acc.Symphony.Username)), ""})
	_, _, err = s.Streams(ctx, sym.StreamQuery{Limit: 1})
	if err != nil {
		return append(list, finding{"permissions", warning, "could not be checked: " + err.Error(), wayOut(err)})
	}
	return append(list, finding{"permissions", fine, "chats can be read", ""})
}
