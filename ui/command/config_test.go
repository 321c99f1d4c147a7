package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

func TestConfig(t *testing.T) {
	c, err := ParseConfig("c.toml", `
theme = "dark"
preset = "mutt"
save_dir = "~/faxes"
save_name = "{date}_{id}"
region = "gb"
sort = "newest"

[keys.list]
"C-n" = "down"
v = "none"

[[view]]
key = 3
name = "Long ones"
query = "in:voicemail dur:>60"

[opener]
"audio/*" = "mpv --no-video '{}'"

[account.ringcentral]
base_url = "https://platform.devtest.ringcentral.com"
client_id = "abc"
ports = [5000, 5001]
`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Theme != "dark" || c.Preset != "mutt" || c.SaveDir != "~/faxes" || c.Region != "GB" || c.Sort != "newest" {
		t.Errorf("settings: %+v", c)
	}
	if len(c.Keys) != 2 || c.Keys[0].Line != 10 || c.Keys[0].Key != "C-n" || c.Keys[0].Scope != "list" || c.Keys[1].Action != "none" || c.Keys[1].Line != 11 {
		t.Errorf("keys: %+v", c.Keys)
	}
	if v := c.Views[2]; v.Key != 3 || v.Name != "Long ones" || v.line != 13 || len(c.Views) != 9 {
		t.Errorf("view 3: %+v of %d", v, len(c.Views))
	}
	if a := c.Accounts["ringcentral"]; a.ClientID != "abc" || len(a.Ports) != 2 {
		t.Errorf("account: %+v", a)
	}
}

func TestConfigOfFiles(t *testing.T) {
	c, err := ParseConfig("c.toml", `graphics = "sixel"
cache = "2 GB"
renderer = "off"
ocr = "eng+deu"
print = "lp -d desk {}"

[sound]
use = "silent"
files = "vlc {file}"
server = "tcp:desk"
`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Graphics != "sixel" || c.Cache != 2e9 || c.Renderer != "off" || c.OCR != "eng+deu" || c.Print != "lp -d desk {}" {
		t.Errorf("got %+v", c)
	}
	if c.Sound != (Sound{Use: "silent", Files: "vlc {file}", Server: "tcp:desk"}) {
		t.Errorf("sound: %+v", c.Sound)
	}
	for text, hint := range map[string]string{
		"renderer = \"ghostscript\"": "mutool", "graphics = \"sixels\"": "sixel", "sound = 3": "[sound]", "[sound]\nplayer = \"mpv\"": "known: files",
		"cache = 5": "a text in quotes", "cache = \"much\"": "not a size",
	} {
		if _, err := ParseConfig("c.toml", text); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v, want a word of %q", text, err, hint)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		want       []string
	}{
		{"unknown key", "theme = \"dark\"\nthem = \"x\"", 2, []string{"them", "did you mean theme?"}},
		{"unknown key far off", "zzzzzzz = 1", 1, []string{"zzzzzzz", "known:"}},
		{"wrong type", "\n\ntheme = 3", 3, []string{"theme", "a text in quotes", "a whole number"}},
		{"wrong value", "theme = \"drak\"", 1, []string{"drak", `did you mean "dark"?`}},
		{"wrong preset", "preset = \"emacs\"", 1, []string{"emacs", "default, gmail, mutt"}},
		{"syntax", "theme = \n", 1, nil},
		{"syntax later", "theme = \"dark\"\n[keys = 1", 2, nil},
		{"duplicate", "theme = \"dark\"\ntheme = \"light\"", 2, nil},
		{"keys is no table", "keys = 1", 1, []string{"keys"}},
		{"scope is no table", "[keys]\nlist = \"down\"", 2, []string{"keys.list", "table"}},
		{"key of a number", "[keys.list]\n\"j\" = 5", 2, []string{"keys.list.j", "text in quotes"}},
		{"view is one table", "[view]\nkey = 1", 1, []string{"view", "[[view]]"}},
		{"view without key", "[[view]]\nname = \"x\"", 1, []string{"view", "without a key"}},
		{"view key too big", "[[view]]\nkey = 10", 2, []string{"view.key", "1 to 9"}},
		{"view twice", "[[view]]\nkey = 1\n[[view]]\nkey = 1", 4, []string{"view.key", "taken"}},
		{"second view's typo", "[[view]]\nkey = 1\nquery = \"a\"\n[[view]]\nkey = 2\nqery = \"b\"", 6, []string{"view.qery", "did you mean query?"}},
		{"view of a text key", "[[view]]\nkey = \"one\"", 2, []string{"view.key", "whole number"}},
		{"opener for no type", "[opener]\naudio = \"mpv\"", 2, []string{"opener.audio", "audio/*"}},
		{"opener quote", "[opener]\n\"audio/*\" = \"mpv 'x\"", 2, []string{"quote"}},
		{"opener empty", "[opener]\n\"audio/*\" = \"\"", 2, []string{"no program"}},
		{"service", "[account.ringcentrl]\nclient_id = \"x\"", 1, []string{"account.ringcentrl", "ringcentral"}},
		{"secret in config", "[account.ringcentral]\nclient_secret = \"x\"", 2, []string{"account.ringcentral.client_secret", "unknown key"}},
		{"port", "[account.ringcentral]\nports = [99999]", 2, []string{"ports", "65535"}},
		{"region", "region = \"Germany\"", 1, []string{"region", "two letters"}},
		{"controls", "save_dir = \"a\\u001bb\"", 1, []string{"control"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseConfig("dir/c.toml", tt.text)
			var ce *ConfigError
			if !errors.As(err, &ce) {
				t.Fatalf("error %v, want a *ConfigError", err)
			}
			if ce.Line != tt.line {
				t.Errorf("line %d, want %d (%v)", ce.Line, tt.line, err)
			}
			for _, w := range append(tt.want, "dir/c.toml") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestConfigFile(t *testing.T) {
	dir := t.TempDir()
	env := func(file string) Env {
		return Env{Getenv: func(k string) string {
			if k == "SWITCHBOARD_CONFIG" {
				return file
			}
			return ""
		}}
	}
	if _, err := LoadConfig(env(filepath.Join(dir, "none.toml"))); err != nil {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := LoadConfig(env(dir)); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	big := filepath.Join(dir, "big.toml")
	if err := os.WriteFile(big, make([]byte, maxConfig+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadConfig(env(big)); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a big file: %v", err)
	}
}

func TestShippedViews(t *testing.T) {
	seen := map[int]bool{}
	for _, v := range defaultConfig().Views {
		if _, err := store.ParseQuery(v.Query, time.Now(), time.UTC); err != nil {
			t.Errorf("view %d: %v", v.Key, err)
		}
		if seen[v.Key] || v.Key < 1 || v.Key > 9 || v.Name == "" {
			t.Errorf("view %+v", v)
		}
		seen[v.Key] = true
	}
}

func TestSplitCommand(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"mpv {}", []string{"mpv", "{}"}},
		{`  "my player"  --x='a b' `, []string{"my player", "--x=a b"}},
		{`a "" b`, []string{"a", "", "b"}},
		{"a; rm -rf $HOME", []string{"a;", "rm", "-rf", "$HOME"}},
	}
	for _, tt := range tests {
		got, err := splitCommand(tt.in)
		if err != nil || strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("splitCommand(%q) = %q, %v", tt.in, got, err)
		}
	}
	for _, bad := range []string{"", "  ", `"open`, `""`} {
		if _, err := splitCommand(bad); err == nil {
			t.Errorf("splitCommand(%q) gave no error", bad)
		}
	}
	if got := fillPath([]string{"x", "--f={}", "y"}, "/p q"); strings.Join(got, "|") != "x|--f=/p q|y" {
		t.Errorf("fillPath: %q", got)
	}
	if got := fillPath([]string{"x"}, "/p"); strings.Join(got, "|") != "x|/p" {
		t.Errorf("fillPath: %q", got)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"list", "login", "logout", "show", "save", "verify", "completion"}
	for word, want := range map[string]string{
		"lsit": "list", "lits": "list", "logn": "login", "shwo": "show", "complete": "completion", "xyzzy": "", "verfy": "verify",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	for _, s := range []string{
		"", "theme = \"dark\"", "[keys.list]\n\"g g\" = \"top\"", "[[view]]\nkey = 1\nquery = \"in:fax\"",
		"[opener]\n\"a/*\" = \"x {}\"", "[account.ringcentral]\nports = [1]", "theme = '''\n[x]\n'''", "a.b.c = 1", "view = [1, 2]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConfig("c", text)
		if err != nil {
			var ce *ConfigError
			if !errors.As(err, &ce) || c != nil {
				t.Fatalf("error %T %v, config %v", err, err, c)
			}
			if ce.Line < 0 || ce.Line > strings.Count(text, "\n")+1 {
				t.Fatalf("line %d of %d: %v", ce.Line, strings.Count(text, "\n")+1, err)
			}
			return
		}
		if c.Theme == "" || len(c.Region) != 2 || c.Sort == "" || len(c.Views) > 9 {
			t.Fatalf("%+v", c)
		}
	})
}
