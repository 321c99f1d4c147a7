package contract_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/api/simulator/contract"
)

// TestPushConforms: the token, the subscriptions and the events of every kind
// that the program asks for.
func TestPushConforms(t *testing.T) {
	c, auth, s, check := realClient(t)
	check.Allow("/ws") // the document knows no sockets
	ctx, stop := context.WithCancel(t.Context())
	if _, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT); err != nil {
		t.Fatal(err)
	}
	events, up, done := make(chan ringcentral.PushEvent, 1000), make(chan ringcentral.PushState, 10), make(chan error)
	go func() {
		done <- c.Push(ctx, ringcentral.PushOptions{
			Filters: []string{
				ringcentral.FilterMessageStore(""), ringcentral.FilterInstant(""), ringcentral.FilterVoicemail(""), ringcentral.FilterFax(""),
				ringcentral.FilterPresence("", true), ringcentral.FilterFavoritePresence(false), ringcentral.FilterAccountPresence,
				ringcentral.FilterTelephony(""), ringcentral.FilterFavorite(""),
			},
			Event: func(e ringcentral.PushEvent) { events <- e },
			State: func(s ringcentral.PushState) { up <- s },
		})
	}()
	if st := <-up; !st.Up || len(st.Disabled) > 0 {
		t.Fatalf("%+v", st)
	}
	s.Arrive(40)
	for _, call := range []simulator.LiveCall{{}, {Outbound: true}, {Queue: true, From: "+14155550142"}, {Extension: "112"}} {
		id, err := s.Ring(call)
		if err == nil && !call.Queue {
			err = s.Answer(id)
		}
		if err = errors.Join(err, s.HangUp(id, "")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.SetPresence("101", "Busy", "✓"), s.SetPresence("118", "Offline", "")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SetFavorites(ctx, nil); err != nil {
		t.Fatal(err)
	}
	for last := false; !last; { // the favourites were the last to change
		e := <-events
		v, err := ringcentral.ParseEvent(e)
		if err != nil {
			t.Error(err)
		}
		schema := ""
		switch v.(type) {
		case *ringcentral.MessageStoreEvent:
			schema = "MessageEventBody"
		case *ringcentral.InstantMessage:
			schema = "InstantMessageEventBody"
		case *ringcentral.VoicemailMessage:
			schema = "VoicemailMessageEventBody"
		case *ringcentral.FaxMessage: // has no schema; like the others in all they share
			schema = "InstantMessageEventBody"
		case *ringcentral.TelephonySessionEvent:
			schema = "TelephonySessionsEventBody"
		case *ringcentral.PresenceEvent:
			schema = "AccountPresenceEventBody"
			if strings.Contains(e.Event, "/extension/") {
				schema = "DetailedExtensionPresenceEventBody"
			}
			if strings.Contains(e.Event, "/favorite/") {
				schema = "ExtensionPresenceEventBody"
			}
		case *ringcentral.FavoriteEvent:
			schema, last = "ExtensionFavoritesEventBody", true
		default:
			t.Errorf("%T", v)
		}
		check.Conforms(e.Event, schema, e.Body)
	}
	for _, schema := range []string{
		"MessageEventBody", "InstantMessageEventBody", "VoicemailMessageEventBody", "TelephonySessionsEventBody", "AccountPresenceEventBody",
		"DetailedExtensionPresenceEventBody", "ExtensionPresenceEventBody", "authWsToken",
	} {
		if check.Seen(schema) == 0 {
			t.Errorf("%s was never checked", schema)
		}
	}
	stop()
	<-done
}

// TestSubscriptionsConform: the same calls as for a webhook.
func TestSubscriptionsConform(t *testing.T) {
	c, auth, s, check := realClient(t)
	ctx := t.Context()
	_, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT)
	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	must("sign in", err)
	want := ringcentral.SubscriptionRequest{
		EventFilters: []string{ringcentral.FilterPosts, ringcentral.FilterFax("")}, ExpiresIn: 600,
		DeliveryMode: ringcentral.DeliveryMode{TransportType: "WebHook", Address: "https://example.com/hook", VerificationToken: "v"},
	}
	s.Deny("TeamMessaging", true)
	sub, err := c.Subscribe(ctx, want)
	must("create", err)
	if len(sub.EventFilters) != 1 || len(sub.DisabledFilters) != 1 || sub.ExpiresIn != 600 || sub.DeliveryMode.Address == "" {
		t.Errorf("%+v", sub)
	}
	list, broken, err := c.Subscriptions(ctx)
	must("list", err)
	if len(list) != 1 || len(broken) != 0 || list[0].ID != sub.ID {
		t.Errorf("%+v", list)
	}
	_, err = c.Subscription(ctx, sub.ID)
	must("read", err)
	want.EventFilters = want.EventFilters[1:]
	sub, err = c.UpdateSubscription(ctx, sub.ID, want)
	must("update", err)
	if len(sub.DisabledFilters) != 0 {
		t.Errorf("%+v", sub)
	}
	_, err = c.RenewSubscription(ctx, sub.ID)
	must("renew", err)
	must("delete", c.Unsubscribe(ctx, sub.ID))
	if err := c.Unsubscribe(ctx, sub.ID); !api.IsNotFound(err) {
		t.Errorf("deleted twice: %v", err)
	}
	for _, id := range []string{"", "a/b", "*"} {
		if err := c.Unsubscribe(ctx, id); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := c.Subscribe(ctx, ringcentral.SubscriptionRequest{
		EventFilters: want.EventFilters, DeliveryMode: ringcentral.DeliveryMode{TransportType: "WebHook", Address: "http://example.com"},
	}); err == nil {
		t.Error("a webhook in clear")
	}
	for _, op := range []string{"createSubscription", "listSubscriptions", "readSubscription", "updateSubscription", "renewSubscription", "deleteSubscription"} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
}

// TestFramesConform looks at the frames themselves, in both directions.
func TestFramesConform(t *testing.T) {
	check := contract.New(t)
	s, err := simulator.Start(t.Context(), simulator.Config{Messages: 5, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ask := func(read func() []byte, write func(string)) {
		halves := func() []json.RawMessage {
			var list []json.RawMessage
			b := read()
			if err := json.Unmarshal(b, &list); err != nil || len(list) != 2 {
				t.Fatalf("%s: %v", b, err)
			}
			return list
		}
		halves() // ConnectionDetails
		for _, tc := range []struct{ filters, schema string }{
			{`"/restapi/v1.0/account/~/extension/~/message-store","/restapi/v1.0/account/~/extension/178009122/voicemail"`, "SubscriptionInfo"},
			{`"/tea"`, "ApiErrorResponseModel"},
		} {
			write(`[{"type":"ClientRequest","messageId":"1","method":"POST","path":"/restapi/v1.0/subscription"},{"eventFilters":[` + tc.filters + `],"deliveryMode":{"transportType":"WebSocket"}}]`)
			check.Conforms("the answer to "+tc.filters, tc.schema, halves()[1])
		}
		for range 4 { // both ways of writing the time; the schema leaves it open
			s.Arrive(1)
			check.Conforms("an event", "MessageEvent", halves()[1])
		}
	}
	speak(t, s, ask)

	// The program's own frame.
	got := make(chan []byte, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ws" {
			_, _ = w.Write([]byte(`{"ws_access_token":"x","uri":"ws://` + r.Host + `/ws"}`))
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		_ = conn.Write(r.Context(), websocket.MessageText, []byte(`[{"type":"ConnectionDetails","status":200},{}]`))
		if _, b, err := conn.Read(r.Context()); err == nil {
			got <- b
		}
	}))
	t.Cleanup(srv.Close)
	raw, err := api.New(api.Config{Name: "RingCentral", BaseURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- ringcentral.New(raw, srv.URL).Push(ctx, ringcentral.PushOptions{Filters: []string{ringcentral.FilterPosts}, Event: func(ringcentral.PushEvent) {}})
	}()
	var frame []json.RawMessage
	if err := json.Unmarshal(<-got, &frame); err != nil || len(frame) != 2 {
		t.Fatalf("%s, %v", frame, err)
	}
	check.Conforms("the request", "UpdateSubscriptionRequest", frame[1]) // without what is a webhook's
	var body struct {
		DeliveryMode json.RawMessage `json:"deliveryMode"`
	}
	if err := json.Unmarshal(frame[1], &body); err != nil {
		t.Fatal(err)
	}
	check.Conforms("its delivery mode", "WebSocketDeliveryMode", body.DeliveryMode)
	stop()
	<-done
	raw.Close()
}

// speak opens a bare socket to the simulated gateway.
func speak(t *testing.T, s *simulator.Server, do func(read func() []byte, write func(string))) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	d := s.Description().RingCentral
	token := struct {
		Access string `json:"access_token"`
		Socket string `json:"ws_access_token"`
		URI    string `json:"uri"`
	}{}
	post := func(path, form string) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.BaseURL+path, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(d.ClientID, d.ClientSecret)
		if token.Access != "" {
			r.Header.Set("Authorization", "Bearer "+token.Access)
		}
		transport := &http.Transport{DisableKeepAlives: true}
		res, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if err := json.NewDecoder(res.Body).Decode(&token); err != nil {
			t.Fatal(err)
		}
	}
	post("/restapi/oauth/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {d.JWT}}.Encode())
	post("/restapi/oauth/wstoken", "")
	conn, _, err := websocket.Dial(ctx, token.URI+"?access_token="+token.Socket, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	do(func() []byte {
		_, b, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}, func(text string) {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	})
}
