package emailgistics

import (
	"net/http"
	"strconv"
)

// apiError is an error in the service's own envelope, or, with graph, one of the
// mail system passed on as it came.
type apiError struct {
	status     int
	code       string
	message    string
	retryAfter int // seconds
	graph      bool
}

func badRequest(message string) *apiError {
	return &apiError{status: http.StatusBadRequest, code: "400", message: message}
}

func unauthorized() *apiError {
	return &apiError{status: http.StatusUnauthorized, code: "401", message: "API key is missing, malformed, or expired."}
}

func missingScope(scope string) *apiError {
	return &apiError{status: http.StatusForbidden, code: "403", message: "The API key is missing the required scope: " + scope}
}

func notFound(message string) *apiError {
	return &apiError{status: http.StatusNotFound, code: "404", message: message}
}

func tooMany(message string, after int) *apiError {
	return &apiError{status: http.StatusTooManyRequests, code: "429", message: message, retryAfter: after}
}

func internal() *apiError {
	return &apiError{status: http.StatusInternalServerError, code: "500", message: "An unexpected error occurred. Please try again."}
}

// upstream is what the mail system says, by the fault's name.
func upstream(fault string) *apiError {
	graph := fault[0] == 'g'
	switch fault {
	case "upstream-401", "graph-401":
		return &apiError{graph: graph, status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: "Access token validation failure."}
	case "upstream-403", "graph-403":
		return &apiError{graph: graph, status: http.StatusForbidden, code: "ErrorAccessDenied", message: "Access is denied. Check credentials and try again."}
	case "upstream-404", "graph-404":
		return &apiError{graph: graph, status: http.StatusNotFound, code: "ErrorItemNotFound", message: "The specified object was not found in the store."}
	case "upstream-502":
		return &apiError{status: http.StatusBadGateway, code: "502", message: "The mail server did not answer."}
	case "upstream-418":
		return &apiError{status: http.StatusTeapot, code: "418", message: "Unexpected upstream status."}
	}
	return nil
}

// fail answers with the error. In the service's own envelope the mail system's
// code does not show.
func (c *call) fail(e *apiError) {
	if e.retryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	inner := map[string]any{"code": e.code, "message": e.message}
	if e.graph {
		inner["innerError"] = map[string]string{"date": stamp(c.s.cfg.Now())}
		writeJSON(c.w, e.status, map[string]any{"error": inner})
		return
	}
	if _, err := strconv.Atoi(e.code); err != nil {
		inner["code"] = strconv.Itoa(e.status)
	}
	origin := map[string]any{"href": c.s.url + c.r.URL.EscapedPath(), "method": c.r.Method}
	if c.r.Method == http.MethodPost && len(c.origin) > 0 {
		origin["body"] = c.origin
	}
	writeJSON(c.w, e.status, map[string]any{"_links": map[string]any{"origin": origin}, "status": "error", "error": inner})
}
