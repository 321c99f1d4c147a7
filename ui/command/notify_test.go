package command

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/ui/notify"
)

func TestConfigOfNotifications(t *testing.T) {
	c, err := ParseConfig("c.toml", `
[notify]
bell = true
title = false
desktop = "auto"
command = "notify-send -- {title} {text}"
content = "who"
kinds = ["voicemail", "call"]
quiet = ["mon-fri 18:00-08:00", "sat sun"]
repeat = "5 min"
loss = false
grace = "30 s"

[notify.mailbox]
"Sales*" = ["fax"]
Night = []
`)
	if err != nil {
		t.Fatal(err)
	}
	n := c.Notify
	if !n.Bell || n.Title || n.Desktop != "auto" || n.Content != notify.ContentWho || n.Loss || n.Repeat != 5*time.Minute || n.Grace != 30*time.Second {
		t.Errorf("%+v", n)
	}
	if !slices.Equal(n.Command, []string{"notify-send", "--", "{title}", "{text}"}) || !slices.Equal(n.Kinds, []string{"voicemail", "call"}) || len(n.Quiet) != 2 {
		t.Errorf("%+v", n)
	}
	if night, ok := n.Mailboxes["Night"]; !ok || night == nil || len(night) != 0 || !slices.Equal(n.Mailboxes["Sales*"], []string{"fax"}) {
		t.Errorf("%+v", n.Mailboxes)
	}
	if c, err = ParseConfig("c.toml", "[notify]\nquiet = \"22:00-07:00\"\nrepeat = 0\ngrace = 0"); err != nil || len(c.Notify.Quiet) != 1 || c.Notify.Grace != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	for text, hint := range map[string]string{
		"bell = 1":            "true or false",
		"desktop = \"osc8\"":  "osc9",
		"content = \"all\"":   "none",
		"kinds = \"fax\"":     "a list of texts",
		"kinds = [\"faxes\"]": "fax",
		"quiet = \"nights\"":  "not a day",
		"quiet = [\"22:00\"]": "22:00-07:00",
		"repeat = \"often\"":  "5 min",
		"repeat = \"5 s\"":    "too short",
		"command = \"'x\"":    "notify-send",
		"mailbox = 1":         "a table",
		"mailbox = 2":         "a table",
		"bel = true":          "did you mean bell?",
	} {
		_, err := ParseConfig("c.toml", "[notify]\n"+text)
		var ce *ConfigError
		if !errors.As(err, &ce) || !strings.Contains(err.Error(), hint) || ce.Line != 2 {
			t.Errorf("%s: %v, want a word of %q in line 2", text, err, hint)
		}
	}
}

func TestDoctorTellsHowNewsAreTold(t *testing.T) {
	check := func(config string, env map[string]string) finding {
		t.Helper()
		c, err := ParseConfig("c", "[notify]\n"+config)
		if err != nil {
			t.Fatal(err)
		}
		a := &app{cfg: c, env: Env{Getenv: func(k string) string { return env[k] }}}
		return a.checkNotify()
	}
	for _, tt := range []struct {
		config, env, state string
		words              []string
	}{
		{"", "", fine, []string{"the count in the title"}},
		{"title = false", "", fine, []string{"none"}},
		{"", "TERM=xterm-kitty", fine, []string{"title", "kitty"}},
		{"bell = true\ndesktop = \"auto\"", "TERM=foot", fine, []string{"the bell", "osc777 of foot"}},
		{"desktop = \"auto\"", "TERM=linux", warning, []string{"not known", "notify-send"}},
		{"desktop = \"osc9\"", "TMUX=/x", fine, []string{"osc9", "allow-passthrough"}},
		{"command = \"no-such-program-here {text}\"", "", warning, []string{"not found"}},
	} {
		name, value, _ := strings.Cut(tt.env, "=")
		f := check(tt.config, map[string]string{name: value})
		for _, w := range tt.words {
			if !strings.Contains(f.Text+" | "+f.Try, w) {
				t.Errorf("%q in %q: %+v, want %q", tt.config, tt.env, f, w)
			}
		}
		if f.State != tt.state {
			t.Errorf("%q in %q: %+v, want %s", tt.config, tt.env, f, tt.state)
		}
	}
}
