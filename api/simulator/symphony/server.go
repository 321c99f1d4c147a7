package symphony

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/gateway"
)

// Config says what to serve. Its zero value is an account with no streams on
// free loopback ports, whose agent wants a key manager token.
type Config struct {
	// Listener makes what a host ("pod", "agent", "keymanager", "elsewhere", and with
	// Certificates "podcert" and "kmcert") listens on; nil: TCP on this machine.
	Listener func(host string) net.Listener

	Seed     uint64             // same seed, same data and same faults
	Streams  int                // the account is in
	Messages int                // of all streams together, nearly
	Now      func() time.Time   // nil: time.Now
	Faults   map[string]float64 // how often which fault happens, see FaultNames
	Log      *slog.Logger       // nil: silent
	Traffic  time.Duration      // mean time between messages of others; 0: none
	Files    *corpus.Corpus     // whose attachments the messages have; nil: a corpus of its own

	AgentVersion  string // what the agent calls itself, "Agent-25.8.1-3" when empty
	SKD           bool   // sessions can use simplified key delivery: no key manager token from agent 24.12 on
	Certificates  bool   // client certificates are taken, too
	ContentExport bool   // the account may export content: it reads streams that it is not in

	Username string          // of the service account, "front.desk" when empty
	Key      *rsa.PrivateKey // of the service account; nil: one made for this process
	KeyDir   string          // where the key file is written; "": a folder that Close removes

	TokenTTL   time.Duration // life of a session; 0: one hour
	Poll       time.Duration // how long reading a datafeed waits for something; 0: 30 s
	Redeliver  time.Duration // when events come back that were not acknowledged; 0: 30 s
	HangFor    time.Duration // how long the fault "hang" keeps a request; 0: 30 s
	LateFor    time.Duration // how long the faults "late" and "slow" take; 0: 1 s
	RedirectTo string        // where the fault "redirect" sends; "": a host of its own, see Server.Leaks
}

// Server is a running simulator. Its methods are safe for concurrent use.
type Server struct {
	cfg Config
	now func() time.Time
	log *slog.Logger

	pod, agent, keyManager, elsewhere *host
	podCert, kmCert                   *host // with Certificates

	key     *rsa.PrivateKey
	keyFile string
	madeDir string // to be removed
	certs   *certificates

	data    *data
	gate    *authority
	feeds   *feeds
	present *presences
	faults  *gateway.Dice
	journal *gateway.Journal[RequestLog]
	offline atomic.Bool
	leaks   atomic.Int64
	strays  atomic.Int64
	serial  atomic.Uint64

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	busy   gateway.Gate
	once   sync.Once
	closed error
}

// host is one listener with its server.
type host struct {
	name, url string
	server    *http.Server
	lis       net.Listener
}

// Start listens and serves until ctx ends or Close is called.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := checkFaults(cfg.Faults); err != nil {
		return nil, fmt.Errorf("symphony simulator: %w", err)
	}
	if cfg.Streams < 0 || cfg.Messages < 0 {
		return nil, fmt.Errorf("symphony simulator: %d streams and %d messages: must not be negative", cfg.Streams, cfg.Messages)
	}
	cfg.fill()
	s := &Server{cfg: cfg, now: cfg.Now, log: cfg.Log, journal: newJournal(gateway.JournalSize), key: cfg.Key}
	s.ctx, s.cancel = context.WithCancel(ctx)
	if err := s.prepare(); err != nil {
		s.cancel()
		s.closeListeners()
		return nil, errors.Join(err, s.removeKeys())
	}
	s.serve()
	return s, nil
}

func (c *Config) fill() {
	set := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	set(&c.TokenTTL, time.Hour)
	set(&c.Poll, 30*time.Second)
	set(&c.Redeliver, 30*time.Second)
	set(&c.HangFor, 30*time.Second)
	set(&c.LateFor, time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.AgentVersion == "" {
		c.AgentVersion = "Agent-25.8.1-3"
	}
	if c.Username == "" {
		c.Username = "front.desk"
	}
}

func (s *Server) prepare() error {
	if s.key == nil {
		key, err := processKey()
		if err != nil {
			return fmt.Errorf("symphony simulator: make the service account's key: %w", err)
		}
		s.key = key
	}
	s.data = newData(&s.cfg)
	s.gate = newAuthority(&s.cfg, &s.key.PublicKey)
	s.feeds = newFeeds(&s.cfg)
	s.present = newPresences(s.data, s.now)
	s.faults = gateway.NewDice(s.cfg.Seed, requestFaults(), chance, s.cfg.Faults)
	if err := s.writeKeys(); err != nil {
		return err
	}
	return s.listen()
}

// writeKeys puts the private key where Description says.
func (s *Server) writeKeys() error {
	dir := s.cfg.KeyDir
	if dir == "" {
		made, err := os.MkdirTemp("", "switchboard-symphony-")
		if err != nil {
			return fmt.Errorf("symphony simulator: make a folder for the key: %w", err)
		}
		dir, s.madeDir = made, made
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("symphony simulator: make the folder for the key: %w", err)
	}
	s.keyFile = filepath.Join(dir, s.cfg.Username+".pem")
	if err := os.WriteFile(s.keyFile, s.PrivateKey(), 0o600); err != nil {
		return fmt.Errorf("symphony simulator: write the key: %w", err)
	}
	if !s.cfg.Certificates {
		return nil
	}
	certs, err := newCertificates(dir, s.cfg.Username, s.key)
	if err != nil {
		return fmt.Errorf("symphony simulator: %w", err)
	}
	s.certs = certs
	return nil
}

func (s *Server) removeKeys() error {
	if s.madeDir == "" {
		return nil
	}
	return os.RemoveAll(s.madeDir)
}

func (s *Server) hosts() []*host {
	all := []*host{s.pod, s.agent, s.keyManager, s.elsewhere, s.podCert, s.kmCert}
	return slices.DeleteFunc(all, func(h *host) bool { return h == nil })
}

func (s *Server) listen() error {
	type wanted struct {
		to      **host
		name    string
		handler func() http.Handler
	}
	list := []wanted{
		{&s.pod, "pod", s.podHandler},
		{&s.agent, "agent", s.agentHandler},
		{&s.keyManager, "keymanager", s.keyManagerHandler},
		{&s.elsewhere, "elsewhere", s.elsewhereHandler},
	}
	if s.certs != nil {
		list = append(list, wanted{&s.podCert, "podcert", s.podCertHandler}, wanted{&s.kmCert, "kmcert", s.kmCertHandler})
	}
	for _, w := range list {
		made, err := s.open(w.name)
		if err != nil {
			return err
		}
		*w.to = made
	}
	for _, w := range list { // after all of them: handlers name each other's URLs
		(*w.to).server.Handler = s.busy.Guard(w.handler())
	}
	return nil
}

// open listens on loopback only: what is served is invented, but its control
// has no business on a network.
func (s *Server) open(name string) (*host, error) {
	var lis net.Listener
	if s.cfg.Listener != nil {
		lis = s.cfg.Listener(name)
	} else {
		var err error
		if lis, err = (&net.ListenConfig{}).Listen(s.ctx, "tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("symphony simulator: listen for the %s host: %w", name, err)
		}
	}
	h := &host{name: name, lis: lis, url: "http://" + lis.Addr().String()}
	h.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2*time.Minute + s.cfg.HangFor + s.cfg.LateFor + s.cfg.Poll, // content moves it on
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if s.certs != nil && (name == "podcert" || name == "kmcert") {
		h.url = "https://" + lis.Addr().String()
		h.server.TLSConfig = s.certs.server.Clone()
		h.server.Protocols = new(http.Protocols) // no other version: faults take connections over
		h.server.Protocols.SetHTTP1(true)
	}
	return h, nil
}

func (s *Server) serve() {
	for _, h := range s.hosts() {
		s.wg.Go(func() {
			serve := h.server.Serve
			if h.server.TLSConfig != nil {
				serve = func(l net.Listener) error { return h.server.ServeTLS(l, "", "") }
			}
			if err := serve(h.lis); !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("symphony simulator stopped serving", "host", h.name, "error", err)
			}
		})
	}
	if s.cfg.Traffic > 0 {
		s.wg.Go(s.traffic)
	}
	context.AfterFunc(s.ctx, func() { _ = s.Close() }) // also runs, to no effect, after Close
}

// Close ends every connection, waits for the server's goroutines, and removes
// the folder that it made for the key.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel()
		var errs []error
		for _, h := range s.hosts() {
			errs = append(errs, h.server.Close())
		}
		s.wg.Wait()
		s.busy.Close()
		s.closed = errors.Join(append(errs, s.removeKeys())...)
	})
	return s.closed
}

func (s *Server) closeListeners() {
	for _, h := range s.hosts() {
		_ = h.lis.Close() // nothing was served yet
	}
}

// Description tells how to reach the server and how to sign in to it.
type Description struct {
	PodURL         string `json:"pod_url"`
	AgentURL       string `json:"agent_url"`
	KeyManagerURL  string `json:"key_manager_url"`
	Username       string `json:"username"`
	PrivateKeyFile string `json:"private_key_file"`

	// With Config.Certificates only.
	SessionAuthURL     string `json:"session_auth_url,omitempty"`
	KeyAuthURL         string `json:"key_auth_url,omitempty"`
	CertificateFile    string `json:"certificate_file,omitempty"`
	CertificateKeyFile string `json:"certificate_key_file,omitempty"`
	CAFile             string `json:"ca_file,omitempty"`
}

// Description tells how to reach the server.
func (s *Server) Description() Description {
	d := Description{
		PodURL: s.pod.url, AgentURL: s.agent.url, KeyManagerURL: s.keyManager.url,
		Username: s.cfg.Username, PrivateKeyFile: s.keyFile,
	}
	if s.certs != nil {
		d.SessionAuthURL, d.KeyAuthURL = s.podCert.url, s.kmCert.url
		d.CertificateFile, d.CertificateKeyFile, d.CAFile = s.certs.certFile, s.keyFile, s.certs.caFile
	}
	return d
}

// SetFault makes a fault happen so often, 0 to 1, to the requests it applies
// to. The faults that are ways of the service hold whenever the rate is not 0.
func (s *Server) SetFault(name string, rate float64) error {
	if err := checkFaults(map[string]float64{name: rate}); err != nil {
		return fmt.Errorf("symphony simulator: %w", err)
	}
	s.faults.SetRate(name, rate)
	return nil
}

// SetFaults replaces all rates.
func (s *Server) SetFaults(rates map[string]float64) error {
	if err := checkFaults(rates); err != nil {
		return fmt.Errorf("symphony simulator: %w", err)
	}
	s.faults.Replace(rates)
	return nil
}

// FailNext makes the next count requests of the operation (any when op is "")
// meet the fault for certain, after letting skip of them pass. Operations are
// named as in Requests.
func (s *Server) FailNext(op, fault string, skip, count int) error {
	if err := checkFaults(map[string]float64{fault: 1}); err != nil {
		return fmt.Errorf("symphony simulator: %w", err)
	}
	s.faults.Order(gateway.Order{Op: op, Fault: fault, Skip: skip, Count: max(count, 1)})
	return nil
}

// Snapshot is what the server holds.
type Snapshot struct {
	Time           time.Time `json:"time"`
	Streams        int       `json:"streams"`
	Said           int       `json:"said"` // since the start
	Requests       int       `json:"requests"`
	SignIns        int       `json:"signIns"`
	Feeds          int       `json:"feeds"`
	Unacknowledged int       `json:"unacknowledged"`
	Leaks          int       `json:"leaks"`
	ShownOnline    int       `json:"shownOnline"`
}

// Snapshot counts what the server holds.
func (s *Server) Snapshot() Snapshot {
	snap := Snapshot{
		Time: s.now(), Streams: s.cfg.Streams, Feeds: s.Feeds(), Unacknowledged: s.Unacknowledged(), Leaks: s.Leaks(), ShownOnline: s.ShownOnline(),
	}
	snap.SignIns, _ = s.SignIns()
	snap.Requests = s.journal.Total()
	s.data.mu.RLock()
	defer s.data.mu.RUnlock()
	for _, late := range s.data.late {
		snap.Said += len(late)
	}
	return snap
}

// Offline makes every request end in a reset connection.
func (s *Server) Offline(on bool) { s.offline.Store(on) }

// Leaks counts the tokens that came to the host the fault "redirect" sends to:
// a client must never bring one there.
func (s *Server) Leaks() int { return int(s.leaks.Load()) }

// Strays counts the requests that came to that host at all.
func (s *Server) Strays() int { return int(s.strays.Load()) }
