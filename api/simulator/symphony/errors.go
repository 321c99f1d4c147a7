package symphony

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"switchboard/api/simulator/gateway"
)

// apiError is an error as the wire shows it: a status, and its number once more
// in a body of two fields, on all three hosts.
type apiError struct {
	status     int
	code       any // nil: the status
	message    string
	retryAfter time.Duration
}

func (e *apiError) Error() string { return strconv.Itoa(e.status) + ": " + e.message }

type wireError struct {
	Code    any    `json:"code"`
	Message string `json:"message"`
}

func refused(message string) *apiError {
	return &apiError{status: http.StatusUnauthorized, message: message}
}

func bad(message string) *apiError {
	return &apiError{status: http.StatusBadRequest, message: message}
}

func forbidden(message string) *apiError {
	return &apiError{status: http.StatusForbidden, message: message}
}

// missing is what there is no such thing of: 400 nearly everywhere, as agents
// from 20.12 on have it; before, and where the document says so, 404.
func (c *call) missing(message string) *apiError {
	if c.op.tells || c.host == "agent" && c.s.mode("missing-404") {
		return &apiError{status: http.StatusNotFound, message: message}
	}
	return bad(message)
}

// write sends an error. That of an attachment calls itself octet-stream, as the
// document has it.
func (c *call) write(w http.ResponseWriter, e *apiError) {
	kind := "application/json"
	if c.op != nil && c.op.octets {
		kind = "application/octet-stream"
	}
	if c.s.mode("error-type") {
		kind = "text/html;charset=utf-8"
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64((e.retryAfter+time.Second-1)/time.Second), 10))
	}
	body := wireError{Code: e.code, Message: e.message}
	if e.code == nil {
		body.Code = e.status
	}
	b, err := json.Marshal(body)
	if err != nil { // numbers and strings only
		b = nil
	}
	gateway.WriteBytes(w, e.status, kind, b)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)              // markup is sent as it is
	if err := e.Encode(v); err != nil { // only our own plain structs come here
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	gateway.WriteBytes(w, status, "application/json", bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// list writes a list, which is 204 without a body when it is empty.
func list[T any](w http.ResponseWriter, items []T) {
	if len(items) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeJSON(w, http.StatusOK, items)
}
