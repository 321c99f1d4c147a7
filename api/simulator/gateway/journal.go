package gateway

import (
	"net/http"
	"slices"
	"sync"
)

// JournalSize is how many requests the journal of a simulator keeps.
const JournalSize = 20_000

// Journal keeps the last requests in a ring. R is what is kept of one.
type Journal[R any] struct {
	mu     sync.Mutex
	size   int
	status func(*R) *int
	total  int
	ring   []R
}

// NewJournal makes a journal of the last size requests; status is where a
// request's status stands.
func NewJournal[R any](size int, status func(*R) *int) *Journal[R] {
	return &Journal[R]{size: size, status: status}
}

// Add keeps a request and returns its number.
func (j *Journal[R]) Add(r R) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.total
	j.total++
	if len(j.ring) < j.size {
		j.ring = append(j.ring, r)
	} else {
		j.ring[n%j.size] = r
	}
	return n
}

// Answered sets the status of a request, if it is still kept.
func (j *Journal[R]) Answered(number, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.total-number <= j.size {
		*j.status(&j.ring[number%j.size]) = status
	}
}

// List lists the requests kept, oldest first; nil when there was none.
func (j *Journal[R]) List() []R {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.total % max(len(j.ring), 1)
	return slices.Concat(j.ring[oldest:], j.ring[:oldest])
}

// Total counts all requests, kept or not.
func (j *Journal[R]) Total() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.total
}

// Open keeps a request and makes the writer that notes its answer.
func (j *Journal[R]) Open(w http.ResponseWriter, r R) *Writer {
	number := j.Add(r)
	return &Writer{ResponseWriter: w, answered: func(status int) { j.Answered(number, status) }}
}

// Writer notes in the journal what is answered.
type Writer struct {
	http.ResponseWriter
	answered func(status int)
	noted    bool
}

func (w *Writer) note(status int) {
	if !w.noted {
		w.noted = true
		w.answered(status)
	}
}

// WriteHeader implements [http.ResponseWriter].
func (w *Writer) WriteHeader(status int) {
	w.note(status)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *Writer) Write(b []byte) (int, error) {
	w.note(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap serves [http.ResponseController].
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
