package api

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

const (
	secret  = "U0pDMTFQMDFQQVMwMHxBQUJxM3c-SECRET_9"
	someJWT = "eyJraWQiOiI4NzYyZjU5OGQwNTk0.eyJhdWQiOiJodHRwczovL3BsYXRmb3JtLnJp.SECRET-sig_nature"
)

func TestRedact(t *testing.T) {
	hidden := []string{
		"https://media.example.com/content/1?access_token=" + secret + "&x=1",
		"https%3A%2F%2Fh%2F%3Faccess_token%3D" + secret,
		"Authorization: Bearer " + secret,
		"authorization:Basic aWQ6U0VDUkVU" + secret,
		`map[Accept:[*/*] Authorization:[Bearer ` + secret + `]]`,
		`{"access_token":"` + secret + `","expires_in":3600}`,
		`{"refresh_token" : "` + secret + `"}`,
		`"{\"refresh_token\":\"` + secret + `\"}"`,
		"grant_type=refresh_token&refresh_token=" + secret,
		"client_id=abc&client_secret=" + secret,
		"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=" + someJWT,
		"token " + someJWT + " was refused",
		"http://localhost:5000/oauth2callback?code=" + secret + "&state=1",
		"code=" + secret + "&grant_type=authorization_code",
		`{"code":"` + secret + `"}`,
		"https://user:" + secret + "@host/x",
		"Bearer " + secret,
		"code_verifier=" + secret,
		"Set-Cookie: session=" + secret,
		"sessionToken: " + someJWT,
		`X-Api-Key: ` + secret,
		"password: " + secret,
		"Sessiontoken: " + secret, "keyManagerToken=" + secret, `{"keyManagerToken":"` + secret + `"}`, `{"authorizationToken":"Bearer ` + secret + `"}`,
		`map[Keymanagertoken:[` + secret + `] Sessiontoken:[` + secret + `]]`, "X-API-Key=" + secret, "api_key: " + secret,
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE" + secret + "\n-----END RSA PRIVATE KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE" + secret,
	}
	for _, s := range hidden {
		if got := Redact(s); strings.Contains(got, "SECRET") || !strings.Contains(got, Redacted) {
			t.Errorf("%s\n-> %s", s, got)
		}
	}
	kept := []string{
		"RingCentral readMessage: Resource for parameter [messageId] is not found (404 CMN-102, request abc)",
		"https://platform.ringcentral.com/restapi/v1.0/account/~/extension/~/message-store/1,2?perPage=100",
		"errorCode=CMN-102 status code=404", "basic information", "the bearer authentication failed", `{"errorCode":"CMN-301"}`,
		`{"code":403,"message":"no view history"}`, "session token and key manager token", "-----BEGIN CERTIFICATE-----",
		"token refresh failed", "Parameter [syncToken] is invalid", `{"code":"CMN-1"}`, "",
	}
	for _, s := range kept {
		if got := Redact(s); got != s {
			t.Errorf("%s\n-> %s", s, got)
		}
	}
}

type leaky struct{ Token string }

func (l leaky) LogValue() slog.Value { return slog.StringValue("access_token=" + l.Token) }

func TestRedactHandler(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(RedactHandler(RedactHandler(slog.NewTextHandler(&out, nil))))
	log = log.With("client_secret", secret, "url", "https://h/?access_token="+secret).WithGroup("g")
	log.Info("sent Authorization: Bearer "+secret,
		"error", errors.New("refresh_token="+secret), "header", http.Header{"Authorization": {"Bearer " + secret}},
		"body", []byte(`{"access_token":"`+secret+`"}`), "value", leaky{secret}, "token", secret, "n", 5,
		slog.Group("more", "assertion", someJWT, "text", "Bearer "+secret), "tok", Token{Access: secret, Owner: "7"}, "ptr", &Token{Access: secret})
	got := out.String()
	if strings.Contains(got, "SECRET") {
		t.Errorf("a secret got through: %s", got)
	}
	for _, want := range []string{"n=5", "token of 7", "client_secret=" + Redacted} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("https://h/?access_token=", "&x=1")
	f.Add(`{"a":"`, `"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		s := before + " access_token=" + secret + " " + after
		if strings.Contains(Redact(s), secret) {
			t.Errorf("%q", Redact(s))
		}
	})
}
