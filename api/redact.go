package api

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// secretNames are the parameters, fields and headers whose values never reach
// a log or an error: OAuth's (RFC 6749, 7521, 7636) and the services' own.
const secretNames = `access_token|refresh_token|id_token|ws_access_token|sessiontoken|keymanagertoken|authorizationtoken|` +
	`client_secret|client_assertion|assertion|code_verifier|password|passwd|api_?key|secret|jwt|wsc|token`

type rule struct {
	re   *regexp.Regexp
	with string
}

// rules run in order over a text. They would rather hide too much than too
// little, but keep error codes and paths readable.
var rules = []rule{
	// name:password@ in a URL
	{regexp.MustCompile(`(://)[^/\s@"']+@`), `${1}` + Redacted + `@`},
	// headers: "Authorization: Bearer x", map[Authorization:[Bearer x]], "Cookie: a=b"
	{regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|x-api-key|api[_-]?key|session-?token|key-?manager-?token)(\\*["']?\s*[:=]\s*\[?\s*\\*["']?)(?:(?:bearer|basic|digest)\s+)?[^\s"'\\,\]})]+`), `${1}${2}` + Redacted},
	{regexp.MustCompile(`(?i)\b((?:set-)?cookie)(\\*["']?\s*[:=]\s*\[?\\*["']?)[^\n"'\\\]]+`), `${1}${2}` + Redacted},
	// JSON members, quoted or quoted again
	{regexp.MustCompile(`(?i)(\\*")(` + secretNames + `)(\\*"\s*:\s*)\\*"(?:[^"\\]|\\[^"])*\\*"?`), `${1}${2}${3}"` + Redacted + `"`},
	// an authorization code in JSON; error codes are short, codes are not
	{regexp.MustCompile(`(\\*"code\\*"\s*:\s*)\\*"[^"\\]{20,}\\*"?`), `${1}"` + Redacted + `"`},
	// query and form parameters, plain or escaped
	{regexp.MustCompile(`(?i)(\b|%26|%3F)(` + secretNames + `)(\s*=\s*|%3D)[^&\s"'<>]+`), `${1}${2}${3}` + Redacted},
	{regexp.MustCompile(`(?i)(^|[?&]|%26|%3F)(code)(=|%3D)[^&\s"'<>]+`), `${1}${2}${3}` + Redacted},
	// name: value, as people and %v write it
	{regexp.MustCompile(`(?i)\b(access_token|refresh_token|client_secret|assertion|password)(\s*:\s*)[^\s"',\]})]+`), `${1}${2}` + Redacted},
	// private keys, whole or cut off
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`), Redacted},
	// JSON web tokens wherever they stand
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`), Redacted},
}

// schemeWord is an authentication scheme with its credentials.
var schemeWord = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+|%20)([A-Za-z0-9._~+/|-]{8,}=*)`)

// Redact returns text with every secret that it can recognise replaced by
// [Redacted]: tokens, client secrets, assertions, authorization codes and
// passwords in URLs, forms, JSON and headers, and anything that looks like a
// JSON web token.
func Redact(text string) string {
	for _, r := range rules {
		text = r.re.ReplaceAllString(text, r.with)
	}
	return schemeWord.ReplaceAllStringFunc(text, func(m string) string {
		part := schemeWord.FindStringSubmatch(m)
		// "basic information" is prose, "Basic aWQ6c2Vj" is not.
		if len(part[3]) < 20 && !strings.ContainsAny(part[3], "0123456789=+/_|ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return m
		}
		return part[1] + part[2] + Redacted
	})
}

// secretKey reports whether a log attribute's value is a secret by its name
// alone.
func secretKey(key string) bool {
	switch k := strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(key)); k {
	case "token", "accesstoken", "refreshtoken", "idtoken", "authorization", "proxyauthorization", "password",
		"secret", "clientsecret", "jwt", "assertion", "codeverifier", "verifier", "apikey", "xapikey", "cookie", "setcookie",
		"sessiontoken", "keymanagertoken":
		return true
	}
	return false
}

type redactHandler struct{ next slog.Handler }

// RedactHandler returns a handler that passes records on to next with secrets
// removed from messages and from attribute values of every kind.
func RedactHandler(next slog.Handler) slog.Handler {
	if h, ok := next.(redactHandler); ok {
		return h
	}
	return redactHandler{next}
}

func (h redactHandler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h redactHandler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, Redact(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(redactAttr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

func (h redactHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactAttr(a)
	}
	return redactHandler{h.next.WithAttrs(clean)}
}

func (h redactHandler) WithGroup(name string) slog.Handler {
	return redactHandler{h.next.WithGroup(name)}
}

func redactAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if secretKey(a.Key) {
		return slog.String(a.Key, Redacted)
	}
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Redact(v.String()))
	case slog.KindGroup:
		members := v.Group()
		clean := make([]slog.Attr, len(members))
		for i, m := range members {
			clean[i] = redactAttr(m)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	case slog.KindAny:
		if b, ok := v.Any().([]byte); ok {
			return slog.String(a.Key, Redact(string(b)))
		}
		return slog.String(a.Key, Redact(fmt.Sprintf("%+v", v.Any())))
	default:
		return slog.Attr{Key: a.Key, Value: v}
	}
}
