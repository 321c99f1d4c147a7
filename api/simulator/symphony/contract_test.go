package symphony

import (
	"fmt"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"switchboard/api/simulator/contract"
)

// TestConforms: what is asked and answered is as the official documents have it,
// for every operation that is served.
func TestConforms(t *testing.T) {
	check := contract.Symphony(t)
	b := start(t, Config{Seed: 7, Streams: 14, Messages: 1400})
	b.client.Transport = check.Transport(b.client.Transport)
	want := func(a answer, status int) answer {
		t.Helper()
		if a.status != status || a.err != nil {
			t.Errorf("%d %.200s %v, want %d", a.status, a.body, a.err, status)
		}
		return a
	}
	sign := `{"token":"` + b.token(jwt.SigningMethodRS512, "front.desk", time.Minute) + `"}`
	want(b.do("POST", "/login/pubkey/authenticate", sign), 200)
	want(b.do("POST", "/login/pubkey/authenticate", `{"token":"x"}`), 401)
	want(b.do("POST", b.s.keyManager.url+"/relay/pubkey/authenticate", sign), 200)
	want(b.get("/pod/v2/sessioninfo"), 200)
	want(b.get("/pod/v2/sessioninfo", "sessionToken: nothing"), 401)
	want(b.do("POST", "/pod/v1/streams/list?skip=0&limit=100", `{"includeInactiveStreams":true}`), 200)
	want(b.do("POST", "/pod/v1/streams/list?skip=1000", `{}`), 204)
	for _, id := range b.s.Streams() {
		want(b.get("/pod/v2/streams/"+id+"/info"), 200)
		want(b.get("/agent/v4/stream/"+id+"/message?since=0&limit=500"), 200)
		list := decode[[]wireListed](t, want(b.get("/pod/v1/streams/"+id+"/attachments?limit=100&sortDir=DESC"), 200))
		if len(list) > 0 {
			want(b.download(id, list[0].Message, list[0].File), 200)
			want(b.download(id, list[0].Message, "nothing"), 400)
			want(b.get("/agent/v1/message/"+safe(list[0].Message)), 200)
			want(b.get("/pod/v1/message/"+safe(list[0].Message)+"/status"), 200)
		}
	}
	room := b.s.Room("Front Desk & Payers")
	want(b.get("/pod/v2/streams/nothing/info"), 400)
	want(b.get("/pod/v3/room/"+room+"/info"), 200)
	want(b.get("/pod/v2/room/"+room+"/membership/list"), 200)
	_, private := b.s.Outside()
	want(b.get("/pod/v3/room/"+private+"/info"), 403)
	want(b.get("/agent/v4/stream/"+private+"/message?since=0"), 403)
	want(b.get("/agent/v1/message/nothing"), 204)
	want(b.get("/agent/v1/message/search?query=hashtag:refills"), 200)
	want(b.do("POST", "/agent/v1/message/search", `{"text":"fax","streamId":"`+room+`"}`), 200)
	want(b.do("POST", "/agent/v1/message/search", `{"text":"fax"}`), 400)
	want(b.get("/pod/v3/users?uid=7078106103809,9139690405889,x"), 200)
	want(b.do("POST", "/pod/v1/user/search", `{"query":"desk"}`), 200)
	want(b.get("/pod/v2/user/presence"), 200)
	want(b.get(fmt.Sprintf("/pod/v3/user/%d/presence?local=true", podBase)), 200)
	want(b.get("/pod/v3/user/1/presence"), 404)
	want(b.get("/pod/v2/users/presence?limit=10"), 200)
	want(b.get("/pod/v1/connection/list?status=ALL"), 200)
	want(b.get("/pod/v1/message/nothing/status"), 404)
	want(b.get("/pod/v1/files/allowedTypes"), 200)
	want(b.get("/agent/v1/info"), 200)
	want(b.get("/agent/v3/health"), 200)
	want(b.get("/agent/v3/health/extended"), 200)
	f := b.feed()
	if _, err := b.s.Post(Saying{Text: "x", Files: []File{{Name: "a.txt", Data: []byte("a")}}, Mention: true}); err != nil {
		t.Fatal(err)
	}
	want(b.get("/agent/v5/datafeeds?tag=desk"), 200)
	if len(b.read(f, "").Events) != 1 {
		t.Error("no event")
	}
	want(b.do("POST", "/agent/v5/datafeeds/nothing/read", `{}`), 400)
	want(b.do("DELETE", "/agent/v5/datafeeds/"+f, ""), 204)
	body, header := form(`name="message"`, "<messageML>hello</messageML>", `name="attachment"; filename="a.txt"`, "some text")
	want(b.do("POST", "/agent/v4/stream/"+room+"/message/create", body, header), 200)
	want(b.do("POST", "/agent/v4/stream/"+private+"/message/create", body, header), 403)
	for _, op := range []string{
		"POST /login/pubkey/authenticate", "POST /relay/pubkey/authenticate", "GET /pod/v2/sessioninfo", "POST /pod/v1/streams/list",
		"GET /pod/v2/streams/{sid}/info", "GET /pod/v1/streams/{sid}/attachments", "GET /pod/v3/room/{id}/info", "GET /pod/v2/room/{id}/membership/list",
		"GET /pod/v3/users", "POST /pod/v1/user/search", "GET /pod/v2/user/presence", "GET /pod/v3/user/{uid}/presence", "GET /pod/v2/users/presence",
		"GET /pod/v1/connection/list", "GET /pod/v1/message/{mid}/status", "GET /pod/v1/files/allowedTypes", "GET /agent/v1/info", "GET /agent/v3/health",
		"GET /agent/v3/health/extended", "GET /agent/v4/stream/{sid}/message", "GET /agent/v1/message/{id}", "GET /agent/v1/message/search",
		"POST /agent/v1/message/search", "GET /agent/v1/stream/{sid}/attachment", "POST /agent/v5/datafeeds", "GET /agent/v5/datafeeds",
		"DELETE /agent/v5/datafeeds/{datafeedId}", "POST /agent/v5/datafeeds/{datafeedId}/read", "POST /agent/v4/stream/{sid}/message/create",
	} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was not checked", op)
		}
	}
}
