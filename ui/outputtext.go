package ui

import (
	"bytes"
	"strings"
	"sync"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Bounds of what a pane of output holds; what comes after is counted.
const (
	mostOutput     = 1 << 20 // bytes
	mostOutputLine = 2 << 10 // bytes until a line is broken
)

// outputText is what a command has written so far, as clean lines. It is
// written to by the command and read by the loop.
type outputText struct {
	mu      sync.Mutex
	lines   []string
	rest    []byte // the line not ended yet
	bytes   int
	more    int64
	changed chan struct{} // holds one word when there is news
}

func newOutputText() *outputText { return &outputText{changed: make(chan struct{}, 1)} }

// Write implements io.Writer. It never refuses: a program that writes too much
// goes on in vain.
func (t *outputText) Write(p []byte) (int, error) {
	t.mu.Lock()
	n := min(len(p), mostOutput-t.bytes)
	t.bytes += n
	t.more += int64(len(p) - n)
	t.rest = append(t.rest, p[:n]...)
	for {
		i := bytes.IndexByte(t.rest, '\n')
		switch {
		case i < 0 && len(t.rest) > mostOutputLine:
			i = mostOutputLine
			t.put(t.rest[:i])
			t.rest = t.rest[i:]
			continue
		case i < 0:
		default:
			t.put(t.rest[:i])
			t.rest = t.rest[i+1:]
			continue
		}
		break
	}
	t.mu.Unlock()
	t.news()
	return len(p), nil
}

func (t *outputText) put(line []byte) { t.lines = append(t.lines, cleanOutput(line)) }

// cleanOutput makes a line safe to draw. Of a line that was written over, as
// progress is shown, the last state stays.
func cleanOutput(line []byte) string {
	line = bytes.TrimRight(line, "\r")
	if i := bytes.LastIndexByte(line, '\r'); i >= 0 {
		line = line[i+1:]
	}
	return strings.ReplaceAll(store.Clean(tabs(string(line))), "\n", " ")
}

// tabs are blanks up to the next eighth cell.
func tabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	at := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			n := 8 - at%8
			b.WriteString(kit.Space(n))
			at += n
		}
		b.WriteString(part)
		at += kit.Width(part)
	}
	return b.String()
}

func (t *outputText) news() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// now is the lines so far with the one not ended, and the bytes left out.
func (t *outputText) now() (lines []string, more int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines = t.lines[:len(t.lines):len(t.lines)]
	if len(t.rest) > 0 {
		lines = append(lines, cleanOutput(t.rest))
	}
	return lines, t.more
}
