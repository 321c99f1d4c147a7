package emailgistics

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
	"switchboard/api/simulator/gateway"
)

// Config says what to serve. Its zero value is an account with three mailboxes,
// no messages and no faults, on a free loopback port.
type Config struct {
	// Listener makes what the host "emailgistics" listens on; nil: TCP on this
	// machine. Its address goes into links.
	Listener  func(host string) net.Listener
	Seed      uint64 // same seed, same data and same faults
	Messages  int    // of all mailboxes together at the start
	Mailboxes int    // on the first key's allowlist; 0: three
	Now       func() time.Time
	Faults    map[string]float64 // how often which fault happens, see FaultNames
	Log       *slog.Logger
	// Files is the corpus whose attachments' contents the messages' have; nil: one
	// of its own. Given another simulator's, some files are the same in both.
	Files   *corpus.Corpus
	Traffic time.Duration // mean time between messages that come in; 0: none
	// ReportFor is how long a report runs, by Now; 0: three seconds for each ten thousand
	// messages it looks at, one at least.
	ReportFor time.Duration
	// Limits turns on the account's 100 requests a minute; the three reports at a
	// time always hold.
	Limits  bool
	Wrapped bool          // only reports whose body is inside {"parameters":…} are understood
	HangFor time.Duration // how long the fault "hang" keeps a request; 0: 30 s
}

// Description is how to reach the service and sign in to it.
type Description struct {
	BaseURL string `json:"base_url"`
	APIKey  string `json:"api_key"`
}

// Server is a running simulator. Its methods are safe for concurrent use.
type Server struct {
	cfg  Config
	url  string
	http *http.Server
	lis  net.Listener
	log  *slog.Logger
	data *account

	keys    keyring
	reports runs
	faults  *gateway.Dice
	limits  limiter
	journal *gateway.Journal[RequestLog]

	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	busy    gateway.Gate
	offline atomic.Bool
	once    sync.Once
	closed  error
}

// Start listens and serves until ctx ends or Close is called.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := checkFaults(cfg.Faults); err != nil {
		return nil, fmt.Errorf("emailgistics simulator: %w", err)
	}
	if cfg.Messages < 0 || cfg.Mailboxes < 0 {
		return nil, fmt.Errorf("emailgistics simulator: %d messages, %d mailboxes: must not be negative", cfg.Messages, cfg.Mailboxes)
	}
	cfg.fill()
	s := &Server{cfg: cfg, log: cfg.Log, journal: newJournal(gateway.JournalSize)}
	if cfg.Files == nil {
		cfg.Files = corpus.New(corpus.Config{Seed: cfg.Seed, Messages: ownFiles, Now: cfg.Now()})
	}
	s.data = newAccount(cfg, newShelf(cfg.Files))
	s.keys.setup(cfg.Seed, cfg.Mailboxes)
	s.faults = gateway.NewDice(cfg.Seed, FaultNames(), chance, cfg.Faults)
	if err := s.listen(ctx); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.serve()
	return s, nil
}

func (c *Config) fill() {
	if c.Mailboxes == 0 {
		c.Mailboxes = 3
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.HangFor <= 0 {
		c.HangFor = 30 * time.Second
	}
}

// listen accepts loopback only: the data is invented, but faults can be ordered.
func (s *Server) listen(ctx context.Context) error {
	if s.cfg.Listener != nil {
		s.lis = s.cfg.Listener("emailgistics")
	} else {
		lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("emailgistics simulator: listen: %w", err)
		}
		s.lis = lis
	}
	s.url = "http://" + s.lis.Addr().String()
	return nil
}

func (s *Server) serve() {
	s.http = &http.Server{
		Handler:           s.busy.Guard(s.handler()),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2*time.Minute + s.cfg.HangFor,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.wg.Go(func() {
		if err := s.http.Serve(s.lis); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("simulator stopped serving", "url", s.url, "error", err)
		}
	})
	if s.cfg.Traffic > 0 {
		s.wg.Go(s.traffic)
	}
	context.AfterFunc(s.ctx, func() { _ = s.Close() }) // also runs, to no effect, after Close
}

// Close ends every connection, including those a fault keeps hanging, and waits
// for the server's goroutines.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel()
		s.closed = s.http.Close()
		s.wg.Wait()
		s.busy.Close()
	})
	return s.closed
}

// Description tells how to reach the server.
func (s *Server) Description() Description {
	return Description{BaseURL: s.url, APIKey: s.keys.main}
}
