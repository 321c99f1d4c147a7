package emailgistics

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/gateway"
)

// foreign is where the links lead that a client must not follow.
const foreign = "https://reports.emailgistics.example.net"

// link is a link as the service writes it.
func (c *call) link(method, path string, q url.Values, away bool) map[string]string {
	at := c.s.url + path
	switch {
	case away:
		at = foreign + path
	case c.fault == "relative":
		at = path
	}
	if len(q) > 0 {
		at += "?" + q.Encode()
	}
	return map[string]string{"href": at, "method": method}
}

// envelope answers with the state of a run and a page of its rows.
func (c *call) envelope(r *run, q url.Values) {
	now := c.s.cfg.Now()
	progress := r.progress(now)
	self := url.Values{}
	for _, keep := range []string{"max", "fieldGroup", "includeDetails", "starting_after", "ending_before"} {
		if q.Has(keep) {
			self.Set(keep, q.Get(keep))
		}
	}
	if !self.Has("max") {
		self.Set("max", "50")
	}
	origin := map[string]any{"href": c.s.url + "/api/v1/reports/receivedMessageDetail", "method": "POST", "body": r.origin}
	links := map[string]any{"self": c.link("GET", "/api/v1/reports/results/"+r.id, self, c.fault == "foreign-self"), "origin": origin}
	out := map[string]any{"_links": links, "progress": progress}
	switch {
	case progress < 100:
		out["status"], out["result"] = "running", map[string]any{"data": []any{}, "total": nil}
	case r.fails:
		out["status"] = "error"
		out["error"] = map[string]string{"code": "report_failed", "message": "The report could not be completed."}
	default:
		out["status"] = "done"
		first, end, size := window(self, len(r.rows))
		c.pageLinks(links, r, self, first, end, size)
		data := make([]any, 0, end-first)
		for p := first; p < end; p++ {
			data = append(data, c.row(r.rows[p], p, self))
		}
		out["result"] = map[string]any{"data": data, "total": len(r.rows), "dataCutoffTimestamp": stamp(r.began)}
	}
	if c.fault == "unknown" {
		out["progress"] = strconv.Itoa(progress)
		out["apiRevision"], out["warnings"] = 7, []string{"this member is new"}
		if progress < 100 {
			out["status"], out["progress"] = "running", float64(progress)+.5
		}
	}
	writeJSON(c.w, http.StatusOK, out)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

type wireAddress struct {
	EmailAddress struct {
		Name    string `json:"name"`
		Address string `json:"address"`
	} `json:"emailAddress"`
}

func wire(a Address) (w wireAddress) {
	w.EmailAddress.Name, w.EmailAddress.Address = a.Name, a.Address
	return w
}

func wires(list []Address) []wireAddress {
	out := make([]wireAddress, 0, len(list))
	for _, a := range list {
		out = append(out, wire(a))
	}
	return out
}

// row is a message of a report. Its members are the server's choice.
func (c *call) row(i, position int, q url.Values) map[string]any {
	m := c.s.data.mail(i)
	out := map[string]any{
		"id": cursor(position), "messageId": m.MessageID, "internetMessageId": m.InternetMessageID, "conversationId": m.ConversationID,
		"mailboxId": m.MailboxID, "subject": m.Subject, "from": wire(m.From), "to": wires(m.To), "cc": wires(m.Cc),
		"received": stamp(m.Received), "status": m.Status, "hasAttachments": m.HasAttachments,
	}
	groups := strings.Split(q.Get("fieldGroup"), ",")
	has := func(name string) bool { return slices.Contains(groups, name) }
	if has("replyData") && !m.Replied.IsZero() {
		out["replied"] = stamp(m.Replied)
	}
	if has("closeData") && !m.Closed.IsZero() {
		out["closed"] = stamp(m.Closed)
	}
	details, _ := strconv.ParseBool(q.Get("includeDetails"))
	owners, tags := []any{}, []any{}
	for _, u := range m.owners {
		if details {
			owners = append(owners, map[string]any{"userId": u.id, "userName": u.name, "userEmail": u.email, "active": c.s.data.active(u.id)})
		} else {
			owners = append(owners, u.id)
		}
	}
	for _, t := range m.tags {
		if details {
			tags = append(tags, map[string]any{"tagId": t.id, "tagName": t.name, "tagColor": t.color, "active": c.s.data.active(t.id)})
		} else {
			tags = append(tags, t.id)
		}
	}
	out["owners"], out["tags"] = owners, tags
	if c.fault == "unknown" {
		out["status"], out["sentiment"], out["id"] = "delegated", map[string]any{"score": .4, "label": nil}, position+1
		out["hasAttachments"] = nil
	}
	return out
}

// writeJSON always tells the length, which the length faults rely on.
func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // only our own plain values come here
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	gateway.WriteBytes(w, status, "application/json; charset=utf-8", b)
}
