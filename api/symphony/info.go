package symphony

import (
	"context"
	"strconv"
	"strings"

	"switchboard/api"
)

// AgentInfo describes the agent (AgentInfo).
type AgentInfo struct {
	Version  string `json:"version"` // "Agent-24.12.1-4", or without the word
	Hostname string `json:"hostname"`
	URL      string `json:"url"`
	OnPrem   bool   `json:"onPrem"` // in the company's own rooms
	CommitID string `json:"commitId"`
}

// AgentInfo asks the agent what it is (GET /agent/v1/info). It needs no sign-in.
func (c *Client) AgentInfo(ctx context.Context) (AgentInfo, error) {
	return c.agentInfo(ctx, AgentGroup)
}

func (c *Client) agentInfo(ctx context.Context, g api.Group) (AgentInfo, error) {
	var info AgentInfo
	_, err := c.ask(ctx, c.anyone, g, api.Request{Op: "agentInfo", Path: "/agent/v1/info"}, reads(&info))
	return info, err
}

// Health is whether the agent runs.
type Health struct {
	Status  string `json:"status"` // "UP", "DOWN"
	Version string `json:"version"`
}

// Up reports whether it runs.
func (h Health) Up() bool { return h.Status == "UP" }

// Health asks the agent whether it runs (v3Health). It needs no sign-in.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var h Health
	_, err := c.ask(ctx, c.anyone, AgentGroup, api.Request{Op: "v3Health", Path: "/agent/v3/health"}, reads(&h))
	return h, err
}

// AllowedTypes lists the extensions of files that may be sent, with their dot (GET
// /pod/v1/files/allowedTypes).
func (c *Client) AllowedTypes(ctx context.Context) ([]string, error) {
	var list []text
	_, err := c.ask(ctx, c.pod, PodGroup, api.Request{Op: "allowedTypes", Path: "/pod/v1/files/allowedTypes"}, lists(&list))
	return plainTexts(list), err
}

func plainTexts(list []text) []string {
	out := make([]string, 0, len(list))
	for _, t := range list {
		if t != "" {
			out = append(out, string(t))
		}
	}
	return out
}

// atLeast reports whether a version, with or without words before it, is year.month or
// later. One that cannot be read is not.
func atLeast(version string, year, month int) bool {
	at := strings.IndexAny(version, "0123456789")
	if at < 0 {
		return false
	}
	parts := strings.SplitN(version[at:], ".", 3)
	if len(parts) < 2 {
		return false
	}
	y, err1 := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(leadingDigits(parts[1]))
	return err1 == nil && err2 == nil && (y > year || y == year && m >= month)
}

func leadingDigits(s string) string {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}
