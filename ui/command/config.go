package command

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"switchboard/keymap"
	"switchboard/ui/hooks"
	"switchboard/ui/notify"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
	"switchboard/ui/usercommand"
)

// maxConfig is the largest config file that is read, in bytes.
const maxConfig = 1 << 20

// Config is the config file, with the shipped values where it says nothing.
type Config struct {
	File     string // where it was read from, "" when there is none
	Theme    string // auto, dark, light or plain
	Renderer string // draws PDF pages that are more than scans: auto, off, mutool, pdftoppm
	OCR      string // languages of scanned pages, as tesseract names them: "eng+deu"
	Print    string // command line that prints a file, "" the system's
	Sound    Sound
	Graphics string // how pictures are drawn: auto, kitty, sixel, ..., off
	Preset   string // of the keys: default, gmail or mutt
	SaveDir  string // where attachments are saved
	SaveName string // template of a saved file's name
	Cache    int64  // bytes of content kept on this machine at most; 0: no limit
	Region   string // two letters: how numbers without a country are read
	Sort     string // oldest or newest
	Keys     []keymap.Override
	Views    []View
	Replies  []string              // canned replies, by digit; nil: those shipped
	Callback string                // what {callback} stands for in them
	Keep     Keep                  // waiting, and what is kept of what services drop
	Commands []usercommand.Command // the person's own
	Hooks    []hooks.Hook          // what runs when something happens
	Notify   notify.Config         // how a person is told of what comes in
	Opener   map[string]string     // content type or pattern -> command line
	Aliases  map[string]string     // number or extension -> name
	Accounts map[string]AccountDefaults
}

// Sound is what recordings are played with.
type Sound struct {
	Use    string // auto, pulse, off, silent, a player's name, or a command with {rate}
	Files  string // command with {file} for what is not decoded here
	Server string // PulseAudio's address, "" the environment's
}

// View is a saved query under a digit.
type View struct {
	Key   int // 1 to 9
	Name  string
	Query string
	Wait  screen.Patience // zero: that of the inbox
	line  int
}

// AccountDefaults are what `login` takes for one service when no flag says
// otherwise, so that a team can hand out one file.
type AccountDefaults struct {
	BaseURL, MediaURL, ClientID string
	Ports                       []int

	// Of Symphony, whose BaseURL is the pod's.
	AgentURL, KeyManagerURL    string
	SessionAuthURL, KeyAuthURL string
	Username                   string
	KeyFile, CertificateFile   string
	FileIDs                    string

	// Of Emailgistics.
	Wrapped bool
	Spool   string
}

func defaultConfig() *Config {
	return &Config{
		Theme: "auto", Graphics: "auto", Renderer: "auto", Preset: "default", Region: "US", Sort: "oldest",
		SaveDir: "~/Downloads/switchboard",
		Views: []View{
			{Key: 1, Name: "Oldest unread", Query: "in:inbox is:unread"},
			{Key: 2, Name: "Mine", Query: "is:mine"},
			{Key: 3, Name: "Faxes today", Query: "in:fax on:today"},
			{Key: 4, Name: "Failed faxes", Query: "in:fax is:failed"},
			{Key: 5, Name: "Missed calls without voicemail", Query: "in:inbox is:missed"},
			{Key: 6, Name: "Texts to answer", Query: "in:text is:open is:unread"},
			{Key: 7, Name: "With a note", Query: "has:note"},
			{Key: 8, Name: "Not sent yet", Query: "is:pending"},
			{Key: 9, Name: "Trash", Query: "in:trash"},
		},
		Notify:   notify.Default(),
		Opener:   map[string]string{},
		Aliases:  map[string]string{},
		Accounts: map[string]AccountDefaults{},
	}
}

// ConfigError is a mistake in the config file, with its place.
type ConfigError struct {
	File string
	Line int    // 1-based, 0 when it cannot be told
	Key  string // dotted
	Msg  string
	Try  string // the nearest known key, or what would be right
}

func (e *ConfigError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Key != "" {
		fmt.Fprintf(&b, "%s: ", e.Key)
	}
	b.WriteString(e.Msg)
	if e.Try != "" {
		fmt.Fprintf(&b, " (%s)", e.Try)
	}
	return b.String()
}

// LoadConfig reads the config file. It may be missing, wherever it is said to be.
func LoadConfig(env Env) (*Config, error) {
	path := env.withDefaults().configFile()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return defaultConfig(), nil
	}
	if err == nil && info.IsDir() {
		return nil, &ConfigError{File: path, Msg: "is a folder, want a TOML file"}
	}
	if err == nil && info.Size() > maxConfig {
		return nil, &ConfigError{File: path, Msg: fmt.Sprintf("is larger than %d bytes", maxConfig)}
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return ParseConfig(path, string(text))
}

// ParseConfig reads the text of a config file. Every error is a *ConfigError.
func ParseConfig(file, text string) (*Config, error) {
	raw := map[string]any{}
	if _, err := toml.Decode(text, &raw); err != nil {
		return nil, tomlError(file, err)
	}
	c := defaultConfig()
	c.File = file
	r := &reader{file: file, text: text}
	r.table(raw, "", map[string]func(string, any){
		"theme":     r.oneOf(&c.Theme, "auto", "dark", "light", "plain"),
		"graphics":  r.oneOf(&c.Graphics, graphics.Names()...),
		"preset":    r.oneOf(&c.Preset, "default", "gmail", "mutt"),
		"sort":      r.oneOf(&c.Sort, "oldest", "newest"),
		"save_dir":  r.text1(&c.SaveDir),
		"save_name": r.text1(&c.SaveName),
		"cache":     r.size(&c.Cache),
		"renderer":  r.oneOf(&c.Renderer, "auto", "off", "mutool", "pdftoppm"),
		"ocr":       r.text1(&c.OCR),
		"print":     r.text1(&c.Print),
		"sound":     func(key string, v any) { c.readSound(r, key, v) },
		"region":    func(key string, v any) { c.readRegion(r, key, v) },
		"keys":      func(key string, v any) { c.readKeys(r, key, v) },
		"view":      func(key string, v any) { c.readViews(r, key, v) },
		"notify":    func(key string, v any) { c.readNotify(r, key, v) },
		"commands":  func(key string, v any) { c.readCommands(r, key, v) },
		"hooks":     func(key string, v any) { c.readHooks(r, key, v) },
		"replies":   func(key string, v any) { c.readReplies(r, key, v) },
		"inbox":     func(key string, v any) { c.readInbox(r, key, v) },
		"archive":   func(key string, v any) { c.readArchive(r, key, v) },
		"retention": func(key string, v any) { c.readRetention(r, key, v) },
		"opener":    func(key string, v any) { c.readOpener(r, key, v) },
		"alias":     func(key string, v any) { c.readAliases(r, key, v) },
		"account":   func(key string, v any) { c.readAccounts(r, key, v) },
	})
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

func tomlError(file string, err error) error {
	var p toml.ParseError
	if errors.As(err, &p) {
		return &ConfigError{File: file, Line: p.Position.Line, Key: p.LastKey, Msg: p.Message}
	}
	return &ConfigError{File: file, Msg: strings.TrimPrefix(err.Error(), "toml: ")}
}

func (c *Config) readRegion(r *reader, key string, v any) {
	r.text1(&c.Region)(key, v)
	c.Region = strings.ToUpper(c.Region)
	if len(c.Region) != 2 || strings.Trim(c.Region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		r.failf(key, "want two letters such as \"US\"", "%q is not a country", c.Region)
	}
}

func (c *Config) readSound(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [sound]", v)
		return
	}
	r.table(t, key, map[string]func(string, any){
		"use":    r.text1(&c.Sound.Use),
		"files":  r.text1(&c.Sound.Files),
		"server": r.text1(&c.Sound.Server),
	})
}

// readKeys takes [keys.<scope>] tables of key = action. Whether scope, key
// and action exist is for keymap to say; it gets the line to say it with.
func (c *Config) readKeys(r *reader, key string, v any) {
	scopes, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "tables such as [keys.list]", v)
		return
	}
	for _, scope := range sortedKeys(scopes) {
		at := key + "." + scope
		binds, ok := scopes[scope].(map[string]any)
		if !ok {
			r.wrong(at, "a table [keys."+scope+"] of key = \"action\"", scopes[scope])
			return
		}
		for _, k := range sortedKeys(binds) {
			var action string
			r.text1(&action)(at+"."+k, binds[k])
			line := r.line(at + "." + k)
			c.Keys = append(c.Keys, keymap.Override{Scope: scope, Key: k, Action: action, Line: line, File: r.file})
		}
	}
	sort.SliceStable(c.Keys, func(i, j int) bool { return c.Keys[i].Line < c.Keys[j].Line })
}

func (c *Config) readViews(r *reader, key string, v any) {
	list, ok := v.([]map[string]any)
	if !ok {
		r.wrong(key, "[[view]] tables", v)
		return
	}
	seen := map[int]bool{}
	for i, t := range list {
		view := View{line: r.nthTable("[["+key+"]]", i)}
		r.base = view.line
		var n int64
		r.table(t, key, map[string]func(string, any){
			"key":   r.number(&n, 1, 9),
			"name":  r.text1(&view.Name),
			"query": r.text1(&view.Query),
			"warn":  r.patience(&view.Wait.Warn),
			"late":  r.patience(&view.Wait.Late),
		})
		view.Key = int(n)
		switch {
		case r.err != nil:
		case n == 0:
			r.failf(key, "add key = 1 to 9", "a view without a key")
		case seen[view.Key]:
			r.failf(key+".key", "", "%d is taken by an earlier view", view.Key)
		}
		if r.base = 0; r.err != nil {
			return
		}
		r.checkPatience(key, view.Wait)
		if view.Name == "" {
			view.Name = view.Query
		}
		seen[view.Key] = true
		c.setView(view)
	}
}

// setView puts a view in the place of the shipped one with its key.
func (c *Config) setView(v View) {
	for i := range c.Views {
		if c.Views[i].Key == v.Key {
			c.Views[i] = v
			return
		}
	}
	c.Views = append(c.Views, v)
}

func (c *Config) readOpener(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table of \"content/type\" = \"command\"", v)
		return
	}
	for _, k := range sortedKeys(t) {
		var s string
		r.text1(&s)(key+"."+k, t[k])
		if !strings.Contains(k, "/") && k != "default" {
			r.failf(key+"."+k, `want a content type such as "audio/*", or "default"`, "not a content type")
		} else if _, err := splitCommand(s); err != nil {
			r.failf(key+"."+k, "", "%v", err)
		}
		c.Opener[strings.ToLower(k)] = s
	}
}

func (c *Config) readAccounts(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table such as [account.ringcentral]", v)
		return
	}
	known := map[string]func(string, any){}
	for _, s := range services() {
		known[s.name] = func(at string, v any) {
			sub, ok := v.(map[string]any)
			if !ok {
				r.wrong(at, "a table", v)
				return
			}
			var d AccountDefaults
			r.table(sub, at, s.settings(r, &d))
			c.Accounts[s.name] = d
		}
	}
	r.table(t, key, known)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
