package simulator

import (
	"net/http"
	"time"

	"switchboard/api/simulator/gateway"
)

// before carries out the faults that keep a request from being done. It
// reports whether the request ends here.
func (s *Server) before(fault, token string, c *call) bool {
	switch fault {
	case "429":
		h := c.w.Header() // a limit of its own, not the group's
		for _, name := range []string{"Group", "Limit", "Remaining", "Window"} {
			h.Del("X-Rate-Limit-" + name)
		}
		writeError(c.w, tooMany(time.Second))
	case "500":
		writeError(c.w, &apiError{
			status: http.StatusInternalServerError, code: "CMN-202", message: "Internal server error",
		})
	case "503":
		writeError(c.w, &apiError{
			status: http.StatusServiceUnavailable, code: "CMN-201",
			message: "Service temporary unavailable", retryAfter: time.Second,
		})
	case "html":
		gateway.BadGateway(c.w)
	case "hang":
		s.pause(c.r.Context().Done(), s.cfg.HangFor)
		gateway.Cut(c.w, false)
	case "expire":
		s.auth.expire(token)
		writeError(c.w, tokenExpired())
	default:
		return false
	}
	return true
}
