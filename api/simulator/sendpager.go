package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"switchboard/api/simulator/corpus"
)

// pagerAge is how long a conversation of pager messages can be answered. The
// service names no time.
const pagerAge = 365 * 24 * time.Hour

type pagerRequest struct {
	From  *sentTo     `json:"from"`
	To    []sentTo    `json:"to"`
	Text  string      `json:"text"`
	Reply json.Number `json:"replyOn"`
}

func (c *call) createPager() *apiError {
	var req pagerRequest
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	if from := req.From; from != nil {
		switch {
		case from.ID != "" && from.ID != extensionID:
			return invalid("MSG-332", "from", from.ID, "Sender extension id does not correspond to logged in extension")
		case from.Extension != "" && from.Extension != corpus.OwnerExtension:
			return invalid("MSG-331", "from", from.Extension, "Sender extension number does not correspond to logged in extension")
		}
	}
	if n := len(utf16.Encode([]rune(req.Text))); n == 0 || n > maxPagerText {
		return badParameter("text")
	}
	m := corpus.Message{Type: "Pager", Subject: req.Text, Status: "Sent", From: corpus.Party{Name: corpus.OwnerName, Extension: corpus.OwnerExtension}}
	if err := c.s.pagerTo(&req, &m); err != nil {
		return err
	}
	if req.Reply != "" {
		if err := c.s.pagerReply(&req, &m); err != nil {
			return err
		}
	}
	if len(m.To) == 0 {
		return badParameter("to")
	}
	if m.ConversationID == 0 {
		var ext []string
		for _, to := range m.To {
			ext = append(ext, to.Extension)
		}
		m.ConversationID = c.s.corpus.PagerConversation(ext...)
	}
	m.Attachments = []corpus.Attachment{{Type: "Text", ContentType: "text/plain", Size: -1}}
	text := sentFile{data: []byte(req.Text)}
	end := c.s.ends.next("Pager")
	for i := range m.To {
		m.To[i].Status = "Sent"
	}
	if end.Status != "" {
		for i := range m.To {
			m.To[i].Status = "Queued"
		}
		m.Status = "Queued"
	}
	send := &sending{m: m, content: []corpus.Body{text.body()}}
	r := c.s.box.accept(send, time.Time{}, func(from int64) []sendStep {
		if end.Status == "" || end.Status == "Queued" {
			return nil
		}
		return []sendStep{{at: from + end.after(smsSent), to: -1, status: end.Status}}
	})
	return c.finish(&r)
}

// pagerTo finds the recipients in the directory.
func (s *Server) pagerTo(req *pagerRequest, m *corpus.Message) *apiError {
	for _, to := range req.To {
		if to.Number != "" && to.Extension == "" && to.ID == "" {
			return badParameter("to.phoneNumber")
		}
		i, ok := corpus.FindExtension(to.Extension)
		if to.ID != "" {
			id, err := strconv.ParseInt(to.ID, 10, 64)
			j, known := corpus.FindEntry(id)
			switch {
			case err != nil || !known:
				ok = false
			case ok && i != j:
				return refuse(http.StatusBadRequest, "MSG-335", "Recipient extension number does not correspond to ID")
			default:
				i, ok = j, true
			}
		}
		if !ok || i >= s.cfg.Directory {
			return invalid("MSG-316", "to", to.Extension+to.ID, "Target extension not found")
		}
		e := s.corpus.Entry(i)
		reachable := e.Type == "User" || e.Type == "Department" || e.Type == "PagingOnly"
		if e.Status != "Enabled" || !reachable || e.Extension == "" {
			return refuse(http.StatusBadRequest, "MSG-324", "Extension is of inappropriate state")
		}
		m.Department = m.Department || e.Type == "Department"
		name := strings.TrimSpace(e.First + " " + e.Last)
		if name == "" {
			name = e.Name
		}
		m.To = append(m.To, corpus.Party{Name: name, Extension: e.Extension})
	}
	return nil
}

// pagerReply puts a message into the conversation of the one it answers.
func (s *Server) pagerReply(req *pagerRequest, m *corpus.Message) *apiError {
	id, err := strconv.ParseInt(string(req.Reply), 10, 64)
	if err != nil {
		return badParameter("replyOn")
	}
	old, refused := s.box.get(id)
	switch {
	case refused != nil:
		return notFound("replyOn")
	case old.m.Type != "Pager":
		return badParameter("replyOn")
	case s.now().UnixMilli()-old.created > pagerAge.Milliseconds():
		return refuse(http.StatusForbidden, "MSG-325", "Reply is forbidden for old message threads")
	}
	m.ConversationID = old.m.ConversationID
	if len(m.To) > 0 {
		return nil
	}
	for _, p := range parties(&old) {
		if p.Extension != "" && p.Extension != corpus.OwnerExtension {
			m.To = append(m.To, corpus.Party{Name: p.Name, Extension: p.Extension})
		}
	}
	return nil
}
