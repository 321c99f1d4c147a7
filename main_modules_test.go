package main

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// version is what go.mod requires of a module, "" where it does not.
func version(t *testing.T, module string) string {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(module) + ` (v\S+)`).FindSubmatch(mod)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// TestSQLiteAndLibcMatch: the translated SQLite runs only on the C library it was
// translated with, and Go's choice of versions does not know that. Who moves one
// looks up the other in modernc.org/sqlite's own go.mod and writes both here.
func TestSQLiteAndLibcMatch(t *testing.T) {
	if s, l := version(t, "modernc.org/sqlite"), version(t, "modernc.org/libc"); s != "v1.60.1" || l != "v1.77.1" {
		t.Errorf("modernc.org/sqlite %s with modernc.org/libc %s: want v1.60.1 with v1.77.1", s, l)
	}
}

// TestQuickStart: go-runewidth before v0.0.28 spends 30 ms on every start.
func TestQuickStart(t *testing.T) {
	v := version(t, "github.com/mattn/go-runewidth")
	m := regexp.MustCompile(`^v0\.0\.(\d+)$`).FindStringSubmatch(v)
	if m == nil {
		return // a new series
	}
	if n, err := strconv.Atoi(m[1]); err != nil || n < 28 {
		t.Errorf("github.com/mattn/go-runewidth %s is slow to start: want v0.0.28 or later", v)
	}
}
