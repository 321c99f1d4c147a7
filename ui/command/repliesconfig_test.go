package command

import (
	"strings"
	"testing"
)

func TestRepliesConfig(t *testing.T) {
	c, err := ParseConfig("c.toml", `
[replies]
callback = "before 17:00"
2 = "two\nlines {number}"
1 = "Hello {name}, {callback}"
`)
	if err != nil || len(c.Replies) != 2 || c.Replies[0] != "Hello {name}, {callback}" || c.Replies[1] != "two\nlines {number}" || c.Callback != "before 17:00" {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err := ParseConfig("c.toml", ""); err != nil || c.Replies != nil {
		t.Fatal(c.Replies, err)
	}
	for text, want := range map[string]string{
		"1 = 5":                "want a text",
		"1 = ' '":              "is empty",
		"1 = \"a\\u001b[31m\"": "cannot be sent",
		"1 = \"a\\u202eb\"":    "cannot be sent",
		"0 = 'a'":              "unknown key",
		"2 = 'a'":              "there is no 1 before it",
		"1 = 'a'\n3 = 'c'":     "there is no 2 before it",
		"1 = 'Hello {nobody}'": "filled in by nobody",
		"callback = 7":         "want a text",
		"1 = '" + strings.Repeat("x", 1001) + "'": "longer than 1000",
	} {
		if _, err := ParseConfig("c.toml", "[replies]\n"+text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := ParseConfig("c.toml", "replies = 1"); err == nil {
		t.Error("a number is taken")
	}
}
