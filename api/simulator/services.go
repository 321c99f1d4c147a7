package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"switchboard/api/simulator/emailgistics"
	"switchboard/api/simulator/symphony"
)

// services are the others beside RingCentral, each nil without messages of its
// own. They have its clock and its files, so that some of those are the same in
// all services.
type services struct {
	symphony *symphony.Server
	mail     *emailgistics.Server
}

// What stands before the names of a service's faults in Faults.
const (
	symphonyPrefix = "symphony-"
	mailPrefix     = "emailgistics-"
)

// Symphony is the simulated pod with its agent and key manager; nil when
// Config.SymphonyStreams is 0.
func (s *Server) Symphony() *symphony.Server { return s.symphony }

// Emailgistics is the simulated Emailgistics; nil when Config.EmailgisticsMessages is 0.
func (s *Server) Emailgistics() *emailgistics.Server { return s.mail }

func (s *Server) startServices() error {
	c := &s.cfg
	if c.SymphonyStreams > 0 {
		messages := c.SymphonyMessages
		if messages == 0 {
			messages = 40 * c.SymphonyStreams
		}
		made, err := symphony.Start(s.ctx, symphony.Config{
			Listener: c.Listener, Seed: c.Seed, Streams: c.SymphonyStreams, Messages: max(messages, 0), Now: c.Now,
			Faults: c.Faults.of(symphonyPrefix), Log: c.Log, Traffic: c.Traffic, Files: s.corpus,
			KeyDir: c.SymphonyKeyDir, HangFor: c.HangFor, LateFor: c.SlowFor,
		})
		if err != nil {
			return fmt.Errorf("simulator: %w", err)
		}
		s.symphony = made
	}
	if c.EmailgisticsMessages != 0 {
		made, err := emailgistics.Start(s.ctx, emailgistics.Config{
			Listener: c.Listener, Seed: c.Seed, Messages: max(c.EmailgisticsMessages, 0), Mailboxes: c.EmailgisticsMailboxes, Now: c.Now,
			Faults: c.Faults.of(mailPrefix), Log: c.Log, Traffic: c.Traffic, Files: s.corpus, Limits: c.RateLimits, HangFor: c.HangFor,
			ReportFor: c.EmailgisticsReport,
		})
		if err != nil {
			return fmt.Errorf("simulator: %w", err)
		}
		s.mail = made
	}
	return nil
}

func (s *Server) closeServices() error {
	var errs []error
	if s.symphony != nil {
		errs = append(errs, s.symphony.Close())
	}
	if s.mail != nil {
		errs = append(errs, s.mail.Close())
	}
	return errors.Join(errs...)
}

func (s *Server) describeServices(d *Description) {
	if s.symphony != nil {
		at := s.symphony.Description()
		d.Symphony = &at
	}
	if s.mail != nil {
		at := s.mail.Description()
		d.Emailgistics = &at
	}
}

// of gives the faults of one service, by their own names.
func (f Faults) of(prefix string) map[string]float64 {
	own := map[string]float64{}
	for name, rate := range f {
		if short, ok := strings.CutPrefix(name, prefix); ok {
			own[short] = rate
		}
	}
	return own
}

// isServiceFault reports whether the name is that of a fault of another service.
func isServiceFault(name string) bool {
	if short, ok := strings.CutPrefix(name, symphonyPrefix); ok {
		return slices.Contains(symphony.FaultNames(), short)
	}
	short, ok := strings.CutPrefix(name, mailPrefix)
	return ok && slices.Contains(emailgistics.FaultNames(), short)
}

// serviceFaults names the faults of the other services, for who mistyped one.
func serviceFaults() string {
	return ", " + symphonyPrefix + " before " + strings.Join(symphony.FaultNames(), ", ") +
		", " + mailPrefix + " before " + strings.Join(emailgistics.FaultNames(), ", ")
}

func (s *Server) setServiceFaults(f Faults) error {
	var errs []error
	if s.symphony != nil {
		errs = append(errs, s.symphony.SetFaults(f.of(symphonyPrefix)))
	}
	if s.mail != nil {
		errs = append(errs, s.mail.SetFaults(f.of(mailPrefix)))
	}
	return errors.Join(errs...)
}

// failService orders a fault of another service.
func (s *Server) failService(op, fault string, skip, count int) error {
	if short, ok := strings.CutPrefix(fault, symphonyPrefix); ok && s.symphony != nil {
		return s.symphony.FailNext(op, short, skip, count)
	}
	if short, ok := strings.CutPrefix(fault, mailPrefix); ok && s.mail != nil {
		return s.mail.FailNext(op, short, skip, count)
	}
	return fmt.Errorf("simulator: fault %q: the service does not run", fault)
}

// controlServices serves what can be done to the other services:
//
//	GET  /symphony/requests       the last requests to the pod, the agent and the key manager
//	GET  /symphony/state          what it holds
//	POST /symphony/say            {"stream":"","text":"…","mention":false,"hashtag":"","forward":"","files":[{"name","type","data"}]}: somebody says it now
//	POST /symphony/event          {"type":"…","payload":{}}: an event of any type
//	POST /symphony/expire-tokens  sessions end; signing in again helps
//	POST /symphony/refuse         {"on":true}: signing in fails
//	POST /symphony/drop-feeds     datafeeds vanish
//	POST /symphony/offline        {"on":true}: every connection is reset
//
//	GET  /emailgistics/requests        the last requests
//	POST /emailgistics/arrive          {"count":3}: messages come in now
//	POST /emailgistics/delivery        {"message":-1}: what the webhook tells of it; -1 is the newest
//	POST /emailgistics/finish-reports  the reports that run come to their end
//	POST /emailgistics/forget-reports  results are as if over 24 hours old
//	POST /emailgistics/offline         {"on":true}: every connection is reset
func (s *Server) controlServices(handle func(string, func(*http.Request) (any, error))) {
	s.controlMail(handle)
	if s.cfg.SymphonyStreams <= 0 {
		return
	}
	handle("GET /symphony/requests", func(*http.Request) (any, error) { return s.symphony.Requests(), nil })
	handle("GET /symphony/state", func(*http.Request) (any, error) { return s.symphony.Snapshot(), nil })
	handle("POST /symphony/say", s.controlSay)
	handle("POST /symphony/event", s.controlSymphonyEvent)
	handle("POST /symphony/expire-tokens", s.controlDo(func() { s.symphony.ExpireTokens() }))
	handle("POST /symphony/drop-feeds", s.controlDo(func() { s.symphony.DropFeeds() }))
	handle("POST /symphony/refuse", s.controlSwitch(func(on bool) { s.symphony.RefuseSignIn(on) }))
	handle("POST /symphony/offline", s.controlSwitch(func(on bool) { s.symphony.Offline(on) }))
}

func (s *Server) controlMail(handle func(string, func(*http.Request) (any, error))) {
	if s.cfg.EmailgisticsMessages == 0 {
		return
	}
	handle("GET /emailgistics/requests", func(*http.Request) (any, error) { return s.mail.Requests(), nil })
	handle("POST /emailgistics/arrive", func(r *http.Request) (any, error) {
		req := struct {
			Count int `json:"count"`
		}{Count: 1}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		if req.Count < 0 || req.Count > 100_000 {
			return nil, fmt.Errorf("count %d: must be 0 to 100000", req.Count)
		}
		return struct {
			First int `json:"first"`
		}{s.mail.Arrive(req.Count)}, nil
	})
	handle("POST /emailgistics/delivery", func(r *http.Request) (any, error) {
		var req struct {
			Message int `json:"message"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		if n := s.mail.Len(); req.Message >= n || req.Message < -n {
			return nil, fmt.Errorf("there are %d messages: %w", n, errNoSuch)
		}
		return json.RawMessage(s.mail.Delivery(req.Message)), nil
	})
	handle("POST /emailgistics/finish-reports", s.controlDo(func() { s.mail.FinishReports() }))
	handle("POST /emailgistics/forget-reports", s.controlDo(func() { s.mail.ForgetReports() }))
	handle("POST /emailgistics/offline", s.controlSwitch(func(on bool) { s.mail.Offline(on) }))
}

func (s *Server) controlSay(r *http.Request) (any, error) {
	var say symphony.Saying
	if err := decodeControl(r, &say); err != nil {
		return nil, err
	}
	id, err := s.symphony.Post(say)
	if err != nil {
		return nil, err
	}
	return struct {
		ID string `json:"id"`
	}{id}, nil
}

func (s *Server) controlSymphonyEvent(r *http.Request) (any, error) {
	var req struct {
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := decodeControl(r, &req); err != nil {
		return nil, err
	}
	if req.Type == "" || len(req.Payload) == 0 {
		return nil, errors.New("an event needs a type and a payload")
	}
	s.symphony.Event(req.Type, string(req.Payload))
	return done{true}, nil
}
