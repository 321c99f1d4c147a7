package uitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
	"switchboard/ui/command"
)

// The tests that kill, starve or run two programs at once need processes. The
// test binary is one: with commandsVar set it is the real program, and runs the
// command lines that the variable lists, one after the other.
const (
	commandsVar = "SWITCHBOARD_TEST_COMMANDS" // JSON: [["sync","--once"],["done","..."]]
	aheadVar    = "SWITCHBOARD_TEST_AHEAD"    // how far its clock is ahead, a duration
	fileSizeVar = "SWITCHBOARD_TEST_FILESIZE" // the largest file it may write, bytes
)

func TestMain(m *testing.M) {
	if text := os.Getenv(commandsVar); text != "" {
		os.Exit(program(text))
	}
	os.Exit(m.Run())
}

func program(text string) int {
	var lines [][]string
	if err := json.Unmarshal([]byte(text), &lines); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	if err := limitFileSize(os.Getenv(fileSizeVar)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	env := command.Env{Retry: api.Retry{Attempts: 3, Initial: time.Millisecond, Max: 5 * time.Millisecond}, Poll: 5 * time.Millisecond}
	if ahead, err := time.ParseDuration(os.Getenv(aheadVar)); err == nil {
		env.Now = func() time.Time { return time.Now().Add(ahead) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, args := range lines {
		if code := command.Main(ctx, args, os.Stdin, os.Stdout, os.Stderr, env); code != 0 {
			return code
		}
	}
	return 0
}

// A machine is a person's computer with the real program on it and a service
// that is reached over HTTP.
type machine struct {
	t      testing.TB
	sim    *simulator.Server
	dir    string // data
	save   string
	config string
	vars   []string
	ahead  time.Duration
}

func newMachine(t testing.TB, c simulator.Config) *machine {
	t.Helper()
	m := &machine{t: t, dir: filepath.Join(t.TempDir(), "data"), save: filepath.Join(t.TempDir(), "saved")}
	m.config = filepath.Join(t.TempDir(), "config.toml")
	m.write(m.config, fmt.Sprintf("save_dir = %q\n", m.save))
	if c.Calls == 0 {
		c.Calls = -1 // these tests are about messages, and missed calls stand between them
	}
	sim, err := simulator.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	m.sim = sim
	return m
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) signIn() {
	m.t.Helper()
	rc := m.sim.Description().RingCentral
	secret, jwt := filepath.Join(m.t.TempDir(), "secret"), filepath.Join(m.t.TempDir(), "jwt")
	m.write(secret, rc.ClientSecret)
	m.write(jwt, rc.JWT)
	m.ok("login", "ringcentral", "--base-url", rc.BaseURL, "--media-url", rc.MediaURL,
		"--client-id", rc.ClientID, "--client-secret-file", secret, "--jwt-file", jwt)
}

// forgetJWT leaves the program with its refresh token only, as after signing in
// with a browser.
func (m *machine) forgetJWT() {
	m.t.Helper()
	path := filepath.Join(m.dir, "tokens.json")
	var d struct {
		Format  int                          `json:"format"`
		Secrets map[string]map[string]string `json:"secrets"`
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	for _, names := range d.Secrets {
		if names["jwt"] == "" {
			m.t.Fatalf("%s has no JWT", path)
		}
		delete(names, "jwt")
	}
	if b, err = json.Marshal(d); err != nil {
		m.t.Fatal(err)
	}
	m.write(path, string(b))
}

// prepare is the program with some command lines, not started yet.
func (m *machine) prepare(lines ...[]string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	m.t.Helper()
	text, err := json.Marshal(lines)
	if err != nil {
		m.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command(self)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), commandsVar+"="+string(text), aheadVar+"="+m.ahead.String(),
		"SWITCHBOARD_DATA="+m.dir, "SWITCHBOARD_CONFIG="+m.config, "SWITCHBOARD_KEYRING=file", "USER=ann")
	cmd.Env = append(cmd.Env, m.vars...)
	return cmd, &out, &errs
}

// ended is a program that has come to its end by itself.
type ended struct {
	code     int
	out, err string
}

func (m *machine) run(args ...string) ended {
	m.t.Helper()
	cmd, out, errs := m.prepare(args)
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute*slower, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	_ = cmd.Wait() // the code tells
	return ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func (m *machine) ok(args ...string) ended {
	m.t.Helper()
	e := m.run(args...)
	if e.code != 0 {
		m.t.Fatalf("%q: exit %d\n%s%s", args, e.code, e.out, e.err)
	}
	return e
}

// killed is what a program had done when it was killed.
type killed struct {
	lines []string // complete lines it printed: one for each command that succeeded
	err   string
	code  int
	dead  bool // it was killed, and did not end before
	lived time.Duration
}

// kill starts the program and ends it with SIGKILL after a while, together
// with a sync that runs beside it if beside is set.
func (m *machine) kill(after time.Duration, beside bool, lines ...[]string) killed {
	m.t.Helper()
	var other *exec.Cmd
	if beside {
		other, _, _ = m.prepare([]string{"sync"})
		if err := other.Start(); err != nil {
			m.t.Fatal(err)
		}
	}
	cmd, out, errs := m.prepare(lines...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	k := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // the state tells
	r := killed{err: errs.String(), code: cmd.ProcessState.ExitCode(), lived: time.Since(start)}
	k.Stop()
	r.dead = r.code == -1
	if other != nil {
		_ = other.Process.Kill()
		_ = other.Wait()
	}
	text := out.String()
	if whole := strings.LastIndexByte(text, '\n'); whole >= 0 {
		r.lines = strings.Split(text[:whole], "\n")
	}
	return r
}

// moment draws when to kill a program of which a life is known.
func moment(r *rand.Rand, life time.Duration) time.Duration {
	return time.Duration(float64(life) * (0.15 + 0.9*r.Float64()))
}
