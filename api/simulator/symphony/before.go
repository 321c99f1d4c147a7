package symphony

import (
	"net/http"
	"time"

	"switchboard/api/simulator/gateway"
)

// before carries out the faults that keep a request from being done. It
// reports whether the request ends here.
func (s *Server) before(fault string, c *call) bool {
	answer := func(e *apiError) bool {
		c.write(c.w, e)
		return true
	}
	switch fault {
	case "429":
		return answer(&apiError{status: http.StatusTooManyRequests, message: "Too many requests", retryAfter: time.Second})
	case "throttle-400":
		return answer(&apiError{status: http.StatusBadRequest, message: "Too many requests", retryAfter: time.Second})
	case "500":
		return answer(&apiError{status: http.StatusInternalServerError, message: "Internal server error"})
	case "503":
		return answer(&apiError{status: http.StatusServiceUnavailable, message: "Service unavailable", retryAfter: time.Second})
	case "html":
		gateway.BadGateway(c.w)
		return true
	case "401":
		return answer(refused("Invalid session"))
	case "expire":
		s.gate.end(c.r.Header.Get(sessionHeader))
		return false // admit refuses it
	case "redirect":
		to := s.cfg.RedirectTo
		if to == "" {
			to = s.elsewhere.url
		}
		c.w.Header().Set("Location", to+c.r.URL.RequestURI())
		c.w.WriteHeader(http.StatusFound)
		return true
	case "hang":
		s.pause(c, s.cfg.HangFor)
		gateway.Cut(c.w, false)
		return true
	case "late":
		return !s.pause(c, s.cfg.LateFor) // then as if nothing had been
	}
	return false
}

// breaker makes the writer that carries out a fault, nil when the fault is none
// of an answer's.
func (s *Server) breaker(fault string, w *gateway.Writer) *gateway.Breaker {
	switch fault {
	case "reset", "truncate", "slow", "badjson", "badlength":
		return &gateway.Breaker{To: w, Fault: fault, Slow: s.cfg.LateFor, Done: s.ctx.Done()}
	}
	return nil
}
