package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/emailgistics"
	"switchboard/api/simulator/gateway"
	"switchboard/api/simulator/symphony"
)

// Config says what to serve. Its zero value is an empty mailbox on free
// loopback ports without rate limits, faults or arrivals.
type Config struct {
	Listen      string           // platform host, "127.0.0.1:0" when empty; loopback only
	MediaListen string           // media host, the same
	Messages    int              // messages in the mailbox at the start
	Calls       int              // calls of the extension's log at the start; 0: those since the oldest message; negative: none
	Contacts    int              // of the address book; 0: as many as fit the messages; negative: none
	Directory   int              // entries of the company directory; 0: 60
	Chats       int              // of team messaging; 0: 24, or the two that all accounts have when there are no messages; negative: none
	Posts       int              // of all chats together at the start; 0: 40 for each; negative: none
	Seed        uint64           // same seed, same data and same faults
	Now         func() time.Time // nil: time.Now
	RateLimits  bool             // false: a budget nobody can exhaust
	Limits      map[string]Limit // by group (Light, Medium, Heavy, Auth); missing ones take the documented default
	Shared      map[string]int   // mailboxes of other extensions the user may read: how many messages, by extension number
	Retention   int              // days the account keeps voicemails and faxes, as its settings say; 0: the user may not read them
	Faults      Faults           // how often which fault happens
	Arrivals    time.Duration    // mean time between new messages; 0: none
	Traffic     time.Duration    // mean time between live calls; 0: none
	TokenTTL    time.Duration    // life of an access token; 0: one hour
	Latency     time.Duration    // added before each answer
	PushLife    time.Duration    // of a push session; 0: 24 hours
	Log         *slog.Logger     // nil: silent

	// Listener makes what a host ("platform", "media" or "control") listens on; nil: TCP
	// on this machine. Its address goes into URLs.
	Listener func(host string) net.Listener

	RedirectURIs []string      // registered with the client; nil: DefaultRedirectURIs
	HangFor      time.Duration // how long the fault "hang" keeps a request; 0: 30 s
	SlowFor      time.Duration // how long the fault "slow" spreads an answer over; 0: 1 s

	SymphonyStreams  int    // of the Symphony account; 0: no Symphony is served
	SymphonyMessages int    // in all of them; 0: 40 for each; negative: none
	SymphonyKeyDir   string // where the account's key file is written; "": a folder that Close removes

	EmailgisticsMessages  int           // of all its mailboxes; 0: no Emailgistics is served; negative: there are none yet
	EmailgisticsMailboxes int           // 0: three
	EmailgisticsReport    time.Duration // how long a report runs; 0: a second and more
}

// DefaultRedirectURIs are the loopback addresses registered with the
// simulated client application when Config names none.
func DefaultRedirectURIs() []string {
	uris := []string{"http://localhost:5000/oauth2callback"}
	for port := 53682; port <= 53684; port++ {
		uris = append(uris,
			fmt.Sprintf("http://localhost:%d/oauth2callback", port),
			fmt.Sprintf("http://127.0.0.1:%d/oauth2callback", port))
	}
	return uris
}

// Server is a running simulator. Its methods are safe for concurrent use.
type Server struct {
	cfg Config
	now func() time.Time
	log *slog.Logger

	platform, media, control *host

	corpus  *corpus.Corpus
	box     *mailbox
	others  extensions // mailboxes of other extensions
	calls   *callLog
	book    *book
	present *presences
	teams   *teamBox
	events  feed
	push    *pushHub
	auth    *authority
	limits  *limiter
	faults  *gateway.Dice
	rings   *ringOuts
	desk
	journal *gateway.Journal[RequestLog]
	services

	offline, limited atomic.Bool
	denied           denials
	serial           atomic.Uint64
	buffers          sync.Pool // *[]byte, for whole answers

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	busy   gateway.Gate
	once   sync.Once
	closed error
}

// host is one listener with its server.
type host struct {
	url    string
	server *http.Server
	lis    net.Listener
}

// Start listens and serves until ctx ends or Close is called.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.Faults.check(); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	if cfg.Messages < 0 {
		return nil, fmt.Errorf("simulator: %d messages: must not be negative", cfg.Messages)
	}
	cfg.fill()
	s := &Server{cfg: cfg, now: cfg.Now, log: cfg.Log, journal: newJournal(gateway.JournalSize)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.corpus = corpus.New(corpus.Config{Seed: cfg.Seed, Messages: cfg.Messages, Now: cfg.Now()})
	s.push = newPushHub(cfg.Seed, cfg.PushLife)
	s.push.setRates(cfg.Faults)
	s.box = newMailbox(s.corpus, cfg.Now)
	s.people()
	s.newTeams()
	s.auth = newAuthority(cfg)
	s.limits = newLimiter(cfg.RateLimits, cfg.Limits)
	s.faults = gateway.NewDice(cfg.Seed, faultNames(), chance, cfg.Faults)
	s.rings = newRingOuts(cfg.Now)
	if err := s.listen(); err != nil {
		s.cancel()
		return nil, err
	}
	if err := s.shareAll(); err != nil {
		s.closeListeners()
		s.cancel()
		return nil, err
	}
	s.newDesk()
	if err := s.startServices(); err != nil {
		s.closeListeners()
		s.cancel()
		return nil, errors.Join(err, s.closeServices())
	}
	s.serve()
	return s, nil
}

func (c *Config) fill() {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.MediaListen == "" {
		c.MediaListen = "127.0.0.1:0"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.PushLife <= 0 {
		c.PushLife = pushLife
	}
	if c.TokenTTL <= 0 {
		c.TokenTTL = time.Hour
	}
	if c.RedirectURIs == nil {
		c.RedirectURIs = DefaultRedirectURIs()
	}
	if c.HangFor <= 0 {
		c.HangFor = 30 * time.Second
	}
	if c.SlowFor <= 0 {
		c.SlowFor = time.Second
	}
}

func (s *Server) listen() error {
	hosts := []struct {
		to      **host
		name    string
		addr    string
		handler func() http.Handler
	}{
		{&s.platform, "platform", s.cfg.Listen, s.platformHandler},
		{&s.media, "media", s.cfg.MediaListen, s.mediaHandler},
		{&s.control, "control", controlAddr(s.cfg.Listen), s.controlHandler},
	}
	for _, h := range hosts {
		made, err := s.open(h.name, h.addr)
		if err != nil {
			s.closeListeners()
			return err
		}
		*h.to = made
	}
	for _, h := range hosts { // after all of them: handlers name each other's URLs
		(*h.to).server.Handler = s.busy.Guard(h.handler())
	}
	return nil
}

// open listens on loopback only: the data is invented, but a control endpoint
// without a password has no business on a network.
func (s *Server) open(name, addr string) (*host, error) {
	if s.cfg.Listener != nil {
		return s.hostOn(s.cfg.Listener(name)), nil
	}
	lis, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("simulator: listen for the %s host: %w", name, err)
	}
	tcp, ok := lis.Addr().(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() {
		return nil, errors.Join(
			fmt.Errorf("simulator: listen for the %s host on %q: only loopback addresses are served", name, addr),
			lis.Close(),
		)
	}
	return s.hostOn(lis), nil
}

func (s *Server) hostOn(lis net.Listener) *host {
	srv := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2*time.Minute + s.cfg.HangFor + s.cfg.SlowFor + s.cfg.Latency, // content moves it on
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return &host{url: "http://" + lis.Addr().String(), server: srv, lis: lis}
}

func controlAddr(listen string) string {
	name, _, err := net.SplitHostPort(listen)
	if err != nil {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort(name, "0")
}

func (s *Server) serve() {
	for _, h := range []*host{s.platform, s.media, s.control} {
		s.wg.Go(func() {
			if err := h.server.Serve(h.lis); !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("simulator stopped serving", "url", h.url, "error", err)
			}
		})
	}
	s.wg.Go(s.settling)
	s.wg.Go(s.ringing)
	if s.cfg.Arrivals > 0 {
		s.wg.Go(s.arrivals)
	}
	if s.cfg.Traffic > 0 {
		s.wg.Go(s.traffic)
		s.wg.Go(s.chatter)
	}
	context.AfterFunc(s.ctx, func() { _ = s.Close() }) // also runs, to no effect, after Close
}

// Close ends every connection, including those a fault keeps hanging, and
// waits for the server's goroutines.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel()
		var errs []error
		for _, h := range []*host{s.platform, s.media, s.control} {
			if h != nil {
				errs = append(errs, h.server.Close())
			}
		}
		errs = append(errs, s.closeServices())
		s.wg.Wait()
		s.busy.Close()
		s.closed = errors.Join(errs...)
	})
	return s.closed
}

func (s *Server) closeListeners() {
	for _, h := range []*host{s.platform, s.media, s.control} {
		if h != nil {
			_ = h.lis.Close() // nothing was served yet
		}
	}
}

// Description is what `switchboard simulate` prints: where the services are
// and how to sign in to them.
type Description struct {
	RingCentral  *RingCentral              `json:"ringcentral,omitempty"`
	Symphony     *symphony.Description     `json:"symphony,omitempty"`
	Emailgistics *emailgistics.Description `json:"emailgistics,omitempty"`
	ControlURL   string                    `json:"control_url"`
}

// RingCentral are the addresses and credentials of the simulated account.
type RingCentral struct {
	BaseURL      string   `json:"base_url"`
	MediaURL     string   `json:"media_url"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	JWT          string   `json:"jwt"`
	RedirectURIs []string `json:"redirect_uris"`
}

// Description tells how to reach the server.
func (s *Server) Description() Description {
	d := Description{
		RingCentral: &RingCentral{
			BaseURL: s.platform.url, MediaURL: s.media.url,
			ClientID: clientID, ClientSecret: clientSecret, JWT: s.auth.jwt,
			RedirectURIs: s.auth.redirects(),
		},
		ControlURL: s.control.url,
	}
	s.describeServices(&d)
	return d
}
