package command

import (
	"context"
	"os"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

// README's sign-in sections, tried as somebody does who reads them for the first time:
// every command of theirs is run, word by word, with the simulator's own credentials in
// the place of the examples'.
func TestReadmeSignIn(t *testing.T) {
	text := readmeSection(t, "## Sign in\n")
	port, redirect := freePort(t)
	w := newWorld(t)
	w.vars["DISPLAY"] = ":0"
	w.serve(simulator.Config{
		Messages: 3, Calls: -1, Chats: -1, Contacts: -1, RedirectURIs: []string{redirect}, SymphonyStreams: 3, SymphonyMessages: 30,
		SymphonyKeyDir: t.TempDir(), EmailgisticsMessages: 3, EmailgisticsMailboxes: 1, EmailgisticsReport: 1,
	})
	w.env.Poll = 1
	d := w.sim.Description()
	w.env.Browse = func(url string) error {
		go func() {
			if _, err := w.sim.Approve(context.Background(), url); err != nil {
				t.Error(err)
			}
		}()
		return nil
	}
	w.env.Ask = func(string) (string, error) { return d.Emailgistics.APIKey, nil }
	values := map[string]map[string]string{
		"ringcentral": {
			"--client-id": d.RingCentral.ClientID, "--client-secret-file": w.write("secret", d.RingCentral.ClientSecret),
			"--jwt-file": w.write("jwt", d.RingCentral.JWT),
		},
		"symphony": {
			"--pod-url": d.Symphony.PodURL, "--agent-url": d.Symphony.AgentURL, "--key-manager-url": d.Symphony.KeyManagerURL,
			"--username": d.Symphony.Username, "--private-key-file": d.Symphony.PrivateKeyFile,
		},
		"emailgistics": {
			"--base-url": d.Emailgistics.BaseURL, "--api-key-file": w.write("key", d.Emailgistics.APIKey), "--name": "Support mail",
		},
	}
	// Where README leaves a value to its default, the simulator has another: its servers
	// have ports of their own, and what is registered for the browser is another port.
	defaults := map[string][]string{
		"ringcentral": {"--base-url", d.RingCentral.BaseURL, "--media-url", d.RingCentral.MediaURL, "--ports", port},
		"symphony":    {"--agent-url", d.Symphony.AgentURL, "--key-manager-url", d.Symphony.KeyManagerURL},
	}
	ran := map[string]int{}
	for _, line := range commandsIn(text) {
		args := shellWords(line)
		if len(args) < 3 || args[0] != "switchboard" || args[1] != "login" {
			continue
		}
		service := args[2]
		given := map[string]bool{}
		for i := 3; i < len(args); i++ {
			v, ok := values[service][args[i]]
			if !ok || i+1 == len(args) {
				t.Fatalf("README: %s: this test has no value for %q", line, args[i])
			}
			given[args[i]] = true
			i++
			args[i] = v
		}
		for i := 0; i < len(defaults[service]); i += 2 {
			if f := defaults[service]; !given[f[i]] {
				args = append(args, f[i], f[i+1])
			}
		}
		if service == "ringcentral" && !given["--client-secret-file"] {
			args = append(args, "--client-secret", d.RingCentral.ClientSecret) // the simulator's application is confidential
		}
		if r := w.run(args[1:]...); r.code != 0 || !strings.Contains(r.out, "signed in as") {
			t.Errorf("README: %s: exit %d\n%s%s", line, r.code, r.out, r.err)
		}
		ran[service]++
	}
	for _, s := range serviceNames() {
		if ran[s] < 2 {
			t.Errorf("README has %d commands that sign in to %s", ran[s], s)
		}
	}
	for _, name := range []string{"accounts", "doctor", "logout"} {
		if !strings.Contains(text, "`switchboard "+name+"`") && !strings.Contains(text, "`"+name+"`") {
			t.Errorf("README does not name %s where it tells how to sign in", name)
		}
	}
	w.ok("sync", "--once")
	for _, q := range [][]string{{"in:ringcentral"}, {"in:symphony", "in:posts"}, {"in:emailgistics"}} {
		if len(w.list(q...)) == 0 {
			t.Errorf("nothing came from %v", q)
		}
	}
	w.ok("logout", "--all")
}

// README's example of a config file is one that is read.
func TestReadmeConfig(t *testing.T) {
	_, rest, ok := strings.Cut(readmeSection(t, "## Configuration\n"), "```toml\n")
	text, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("README shows no config file")
	}
	if _, err := ParseConfig("README.md", text); err != nil {
		t.Error(err)
	}
}

// readmeSection is the part of README under a heading, up to the next of its kind.
func readmeSection(t *testing.T, heading string) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "\n"+heading)
	if !ok {
		t.Fatalf("README has no section %q", heading)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// commandsIn are the lines of the code blocks, without the remarks at their ends.
func commandsIn(text string) []string {
	var out []string
	code := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		if code {
			line, _, _ = strings.Cut(line, " # ")
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// shellWords splits a line as a shell does, as far as README's need it.
func shellWords(line string) []string {
	words, err := splitCommand(line)
	if err != nil {
		return nil
	}
	return words
}
