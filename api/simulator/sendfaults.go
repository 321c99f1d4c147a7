package simulator

import (
	"io"
	"net/http"

	"switchboard/api/simulator/gateway"
)

// The faults of what cannot be repeated: sending, ring-out.
const (
	dropFault = "drop"      // reset before the body is read, nothing done
	halfFault = "half"      // reset in the middle of the body, nothing done
	lateError = "late-500"  // carried out, and answered with an internal error
	lateHang  = "late-hang" // carried out, and not answered for Config.HangFor
)

// sendFault carries out the faults of sending. It reports whether the request
// ends here.
func (s *Server) sendFault(fault string, o *op, c *call) bool {
	switch fault {
	case dropFault:
		gateway.Cut(c.w, true)
	case halfFault:
		if n := c.r.ContentLength; n > 1 {
			_, _ = io.CopyN(io.Discard, c.r.Body, n/2) // a client that gives up needs no reset
		}
		gateway.Cut(c.w, true)
	case lateError, lateHang:
		s.answer(o, &call{s: s, w: &blind{header: http.Header{}}, r: c.r})
		if fault == lateHang {
			s.pause(c.r.Context().Done(), s.cfg.HangFor)
			gateway.Cut(c.w, false)
			break
		}
		writeError(c.w, &apiError{status: http.StatusInternalServerError, code: "CMN-202", message: "Internal server error"})
	default:
		return false
	}
	return true
}

// blind takes an answer that nobody sees.
type blind struct{ header http.Header }

func (b *blind) Header() http.Header         { return b.header }
func (b *blind) Write(p []byte) (int, error) { return len(p), nil }
func (b *blind) WriteHeader(int)             {}
