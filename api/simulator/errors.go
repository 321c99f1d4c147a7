package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"switchboard/api/simulator/gateway"
)

// fault of the caller or of the service as the wire shows it: the list form
// of today with the older top-level copy of its first entry.
type apiError struct {
	status     int
	code       string
	message    string
	parameter  string
	permission string
	retryAfter time.Duration
	listOnly   bool // without the older top-level copy
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

type errorEntry struct {
	Code       string `json:"errorCode"`
	Message    string `json:"message"`
	Parameter  string `json:"parameterName,omitempty"`
	Permission string `json:"permissionName,omitempty"`
}

type errorBody struct {
	errorEntry
	Errors []errorEntry `json:"errors"`
}

func (e *apiError) body() errorBody {
	entry := errorEntry{Code: e.code, Message: e.message, Parameter: e.parameter, Permission: e.permission}
	return errorBody{errorEntry: entry, Errors: []errorEntry{entry}}
}

func badParameter(name string) *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: "CMN-101",
		message: "Parameter [" + name + "] value is invalid", parameter: name,
	}
}

func notFound(name string) *apiError {
	return &apiError{
		status: http.StatusNotFound, code: "CMN-102",
		message: "Resource for parameter [" + name + "] is not found", parameter: name,
	}
}

func badSyncToken() *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: "MSG-333",
		message: "Parameter [syncToken] is invalid: full synchronization is required", parameter: "syncToken",
	}
}

func unauthorized(code, message string) *apiError {
	return &apiError{status: http.StatusUnauthorized, code: code, message: message}
}

func missingPermission(code, name string) *apiError {
	what := "application"
	if code == "CMN-408" {
		what = "user"
	}
	return &apiError{
		status: http.StatusForbidden, code: code, permission: name,
		message: "In order to call this API endpoint, " + what + " needs to have [" + name + "] permission",
	}
}

func writeError(w http.ResponseWriter, e *apiError) {
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="simulator"`)
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.retryAfter))
	}
	if e.listOnly {
		writeJSON(w, e.status, struct {
			Errors []errorEntry `json:"errors"`
		}{e.body().Errors})
		return
	}
	writeJSON(w, e.status, e.body())
}

// seconds rounds up: a client that waits as told must not come too early.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // only our own plain structs come here
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	gateway.WriteBytes(w, status, "application/json;charset=utf-8", b)
}

// oauthError is the other envelope: RFC 6749 section 5.2 with the service's
// own codes beside it.
type oauthError struct {
	Code        string       `json:"error"`
	Description string       `json:"error_description"`
	Errors      []errorEntry `json:"errors"`
}

func writeOAuthError(w http.ResponseWriter, name, code, message string) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusBadRequest, oauthError{
		Code: name, Description: message,
		Errors: []errorEntry{{Code: code, Message: message}},
	})
}
