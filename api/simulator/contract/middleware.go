package contract

import (
	"io"
	"net/http"
)

// Middleware checks everything that next is asked and answers. Answers are
// passed on as they are written; of content only the kind is looked at.
func (c *Checker) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.allowed(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		sent, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "contract: read the request: "+err.Error(), http.StatusBadRequest)
			return
		}
		in := c.request(r, sent)
		r.Body = body(sent)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if in == nil {
			return
		}
		res := &http.Response{StatusCode: rec.status, Header: w.Header().Clone(), Body: body(rec.body)}
		if err := c.response(in, res); err != nil {
			c.t.Error(err)
		}
	})
}

// recorder keeps a copy of what goes by.
type recorder struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if len(r.body)+len(b) <= maxBody {
		r.body = append(r.body, b...)
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
