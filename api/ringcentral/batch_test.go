package ringcentral

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchboard/api"
)

// TestRefusesToBuildDangerousPaths: a DELETE without ids empties the mailbox.
func TestRefusesToBuildDangerousPaths(t *testing.T) {
	c, seen, _ := clientFor(t, answer(204, "", ""))
	for _, bad := range [][]ID{nil, {}, ids(""), ids("1", ""), ids("*"), ids("1,2"), ids("../1"), ids("1/2"), ids(" "), ids("1?purge=true"), ids("%2a"), ids("1\n")} {
		if _, err := c.Delete(t.Context(), bad, false); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("Delete %q: %v", bad, err)
		}
		if _, err := c.SetRead(t.Context(), bad, true); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("SetRead %q: %v", bad, err)
		}
		if _, err := c.Restore(t.Context(), bad); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("Restore %q: %v", bad, err)
		}
		if _, err := c.Messages(t.Context(), bad); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("Messages %q: %v", bad, err)
		}
	}
	for _, bad := range []ID{"", "*", "..", "."} {
		if err := c.CancelRingOut(t.Context(), bad); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("CancelRingOut %q: %v", bad, err)
		}
		if _, err := c.RingOutState(t.Context(), bad); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("RingOutState %q: %v", bad, err)
		}
	}
	if _, err := c.batchOnce(t.Context(), batch{method: http.MethodDelete}, nil); !errors.Is(err, api.ErrNoIDs) {
		t.Error(err)
	}
	if len(*seen) != 0 {
		t.Errorf("sent %v", *seen)
	}
}

func TestDelete(t *testing.T) {
	c, seen, _ := clientFor(t, answer(204, "", ""))
	got, err := c.Delete(t.Context(), ids("1", "2", "1"), false)
	if err != nil || len(got) != 2 || got[0].ID != "1" || got[1].ID != "2" || got[1].Err != nil || got[0].Status != 204 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.Delete(t.Context(), ids("3"), true); err != nil {
		t.Error(err)
	}
	want := []request{{"DELETE", store + "/1,2", "", MultipartJSON, "", ""}, {"DELETE", store + "/3", "purge=true", "application/json", "", ""}}
	for i, w := range want {
		if (*seen)[i] != w {
			t.Errorf("sent %+v, want %+v", (*seen)[i], w)
		}
	}
}

func TestDeleteIsNeverRepeated(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504} {
		c, seen, _ := clientFor(t, answer(status, "", ""))
		got, err := c.Delete(t.Context(), ids("1", "2"), false)
		if err == nil || len(*seen) != 1 || len(got) != 2 || got[1].Err == nil || got[1].Status != status {
			t.Errorf("%d: sent %d times: %+v %v", status, len(*seen), got, err)
		}
		if api.IsUnknown(err) != (status == 500 || status == 502 || status == 504) {
			t.Errorf("%d: unknown %v", status, api.IsUnknown(err))
		}
	}
	c, seen, _ := clientFor(t, answer(207, MultipartJSON, `[{"resourceId":"1","status":204},`))
	if _, err := c.Delete(t.Context(), ids("1", "2"), false); !api.IsUnknown(err) || len(*seen) != 1 {
		t.Errorf("an answer that cannot be read: %v", err)
	}
}

func TestBatchesOfFifty(t *testing.T) {
	fail := 0
	c, seen, _ := clientFor(t, func(w http.ResponseWriter, _ *http.Request) {
		if fail--; fail == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	many := make([]ID, 120)
	for i := range many {
		many[i] = ID(fmt.Sprint(1000 + i))
	}
	got, err := c.Delete(t.Context(), many, false)
	if err != nil || len(got) != 120 || len(*seen) != 3 || strings.Count((*seen)[0].path, ",") != 49 || strings.Count((*seen)[2].path, ",") != 19 {
		t.Errorf("%d results, %d requests, %v", len(got), len(*seen), err)
	}
	fail, *seen = 2, nil
	got, err = c.Delete(t.Context(), many, false)
	if err == nil || len(*seen) != 2 || len(got) != 120 || got[49].Err != nil || got[50].Err == nil || errors.Is(got[50].Err, ErrNotSent) ||
		!errors.Is(got[119].Err, ErrNotSent) || got[119].ID != many[119] {
		t.Errorf("%d requests, %v", len(*seen), err)
	}
}

const mixed = "--B\r\nContent-Type: application/json\r\n\r\n" +
	`{"response":[{"href":"https://p/restapi/v1.0/account/1/extension/2/message-store/11","status":200},{"href":"https://p/restapi/v1.0/account/1/extension/2/message-store/12","status":404}]}` +
	"\r\n--B\r\nContent-Type: application/json\r\n\r\n" + `{"id":11,"type":"SMS","conversationId":8234962969801171948,"conversation":{"id":"8234962969801171948"}}` +
	"\r\n--B\r\nContent-Type: application/json\r\n\r\n" + `{"errorCode":"CMN-102","message":"Resource is not found","errors":[{"errorCode":"CMN-102","message":"m"}]}` + "\r\n--B--\r\n"

const multiJSON = `[{"resourceId":"12","status":404,"body":{"errorCode":"CMN-102","message":"Resource is not found"}},
	{"resourceId":"11","status":200,"body":{"id":11,"type":"SMS","conversationId":8234962969801171948}}]`

func TestMessagesInBothFormats(t *testing.T) {
	for kind, body := range map[string]string{`multipart/mixed; boundary="B"`: mixed, "application/vnd.ringcentral.multipart+json": multiJSON, "application/json": multiJSON} {
		c, seen, _ := clientFor(t, answer(207, kind, body))
		got, err := c.Messages(t.Context(), ids("11", "12", "13"))
		if err != nil || len(got) != 3 {
			t.Fatal(kind, got, err)
		}
		if got[0].Err != nil || got[0].Message.Thread() != "8234962969801171948" || got[0].Message.ConversationID != "8234962969801171948" {
			t.Errorf("%s: %+v", kind, got[0])
		}
		if !api.IsNotFound(got[1].Err) || got[1].Status != 404 || got[1].ID != "12" {
			t.Errorf("%s: %+v", kind, got[1])
		}
		if got[2].Err == nil {
			t.Errorf("%s: no answer is no success", kind)
		}
		if w := (request{"GET", store + "/11,12,13", "", MultipartJSON, "", ""}); (*seen)[0] != w {
			t.Errorf("sent %+v", (*seen)[0])
		}
	}
}

func TestOneMessage(t *testing.T) {
	c, _, _ := clientFor(t, answer(200, "application/json", `{"id":11,"type":"VoiceMail","private":true}`))
	if got, err := c.Messages(t.Context(), ids("11")); err != nil || len(got) != 1 || !got[0].Message.Private {
		t.Error(got, err)
	}
	c, _, _ = clientFor(t, answer(404, "application/json", `{"errorCode":"CMN-102"}`))
	if got, err := c.Messages(t.Context(), ids("11")); err != nil || len(got) != 1 || !api.IsNotFound(got[0].Err) {
		t.Error(got, err)
	}
	c, _, _ = clientFor(t, answer(403, "application/json", `{"errors":[{"errorCode":"CMN-401","message":"needs [ReadMessages] permission"}]}`))
	if _, err := c.Messages(t.Context(), ids("11")); err == nil {
		t.Error("a missing permission concerns the call")
	} else if p, ok := api.MissingPermission(err); !ok || p != "ReadMessages" {
		t.Error(p, err)
	}
}

func TestSetReadAndRestore(t *testing.T) {
	c, seen, _ := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, ",") {
			answer(207, MultipartJSON, `[{"resourceId":"1","status":200,"body":{"id":1,"readStatus":"Read"}},{"resourceId":"2","status":200,"body":{"id":"2"}}]`)(w, r)
			return
		}
		answer(200, "application/json", `{"id":1}`)(w, r)
	})
	for _, do := range []func() ([]Result, error){
		func() ([]Result, error) { return c.SetRead(t.Context(), ids("1", "2"), true) },
		func() ([]Result, error) { return c.SetRead(t.Context(), ids("1"), false) },
		func() ([]Result, error) { return c.Restore(t.Context(), ids("1", "2")) },
		func() ([]Result, error) { return c.Restore(t.Context(), ids("1")) },
	} {
		got, err := do()
		if err != nil || got[0].Err != nil || got[0].Message.ID != "1" {
			t.Errorf("%+v %v", got, err)
		}
	}
	want := []request{
		{"PUT", store + "/1,2", "", MultipartJSON, MultipartJSON, `[{"body":{"readStatus":"Read"}},{"body":{"readStatus":"Read"}}]`},
		{"PUT", store + "/1", "", "application/json", "application/json", `{"readStatus":"Unread"}`},
		{"PATCH", store + "/1,2", "", MultipartJSON, MultipartJSON, `[{"body":{"availability":"Alive"}},{"body":{"availability":"Alive"}}]`},
		{"PATCH", store + "/1", "", "application/json", "application/json", `{"availability":"Alive"}`},
	}
	for i, w := range want {
		if (*seen)[i] != w {
			t.Errorf("sent %+v\nwant %+v", (*seen)[i], w)
		}
	}
}

func FuzzBatch(f *testing.F) {
	f.Add(`multipart/mixed; boundary=B`, []byte(mixed))
	f.Add(MultipartJSON, []byte(multiJSON))
	f.Add(`multipart/mixed; boundary=B`, []byte("--B\r\n\r\n{}\r\n--B\r\n\r\n{}\r\n--B--"))
	c := &Client{Client: &api.Client{}}
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		items, err := parseBatch(kind, raw)
		if err != nil {
			return
		}
		want := ids("11", "12")
		got := c.match(batch{op: "op", method: http.MethodDelete}, want, items)
		if len(got) != 2 || got[0].ID != "11" || got[1].ID != "12" {
			t.Errorf("%+v", got)
		}
		for _, r := range got {
			if r.Err == nil && (r.Status < 200 || r.Status > 299) {
				t.Errorf("a success with status %d", r.Status)
			}
		}
	})
}
