package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"switchboard/api/simulator/corpus"
)

// faxRequest is a fax as it is asked for, with files or by reference.
type faxRequest struct {
	Original   json.RawMessage `json:"originalMessageId"` // text, and numbers are taken too
	To         []sentTo        `json:"to"`
	Resolution string          `json:"faxResolution"`
	SendTime   string          `json:"sendTime"`
	ISO        string          `json:"isoCode"`
	Cover      *int            `json:"coverIndex"`
	CoverText  string          `json:"coverPageText"`
	Country    struct {
		ID  string `json:"id"`
		ISO string `json:"isoCode"`
	} `json:"country"`
	start time.Time
	files []sentFile
}

func (c *call) createFax() *apiError {
	s, err := c.submission()
	if err != nil {
		return err
	}
	req := faxRequest{files: s.files}
	if err := s.into(&req, []string{"to"}, []string{"coverIndex"}, []string{"to"}); err != nil {
		return &apiError{status: err.status, code: "MSG-349", message: "Fax envelope is not valid"}
	}
	if err := c.checkFax(&req); err != nil {
		return err
	}
	var r record
	if id := strings.Trim(string(req.Original), `"`); id != "" {
		r, err = c.s.forwardFax(&req, id)
	} else if len(req.files) == 0 {
		return badParameter("attachment")
	} else if err = checkFaxFiles(req.files); err == nil {
		r = c.s.acceptFax(&req)
	}
	if err != nil {
		return err
	}
	return c.finish(&r)
}

func (c *call) checkFax(req *faxRequest) *apiError {
	reference := len(req.Original) > 0
	if len(req.To) == 0 && !reference {
		return badParameter("to")
	}
	for i := range req.To {
		to := &req.To[i]
		d := digits(to.Number)
		switch {
		case d != "" && len(d) < 7, to.Number == "" && to.Extension != "":
			return refuse(http.StatusBadRequest, "MSG-344", "Sending fax to extension numbers is not available")
		case d == "" || len(d) > 15:
			return badParameter("to")
		}
		to.Number = e164(to.Number)
	}
	if req.Country.ID != "" && req.Country.ISO != "" {
		return refuse(http.StatusBadRequest, "MSG-365", "Parameters [country.id] and [country.isoCode] can not be specified simultaneously")
	}
	if !slices.Contains([]string{"", "High", "Low"}, req.Resolution) {
		return badParameter("faxResolution")
	}
	if req.ISO != "" && len(req.ISO) != 2 {
		return badParameter("isoCode")
	}
	if utf8.RuneCountInString(req.CoverText) > maxCoverText {
		return badParameter("coverPageText")
	}
	if req.Cover != nil && !slices.ContainsFunc(faxCovers(), func(k faxCover) bool { return k.ID == strconv.Itoa(*req.Cover) }) {
		return badParameter("coverIndex")
	}
	if req.SendTime != "" {
		var err *apiError
		if req.start, err = parseDate(req.SendTime, "sendTime"); err != nil {
			return err
		}
	}
	return nil
}

// checkFaxFiles holds files against the service's rules for names and sizes.
func checkFaxFiles(files []sentFile) *apiError {
	var total int64
	for i := range files {
		f := &files[i]
		at := "attachment [" + strconv.Itoa(i+1) + "]: [" + f.name + "]"
		ext := strings.ToLower(path.Ext(f.name))
		kind := strings.ToLower(f.kind)
		switch {
		case f.size == 0:
			return refuse(http.StatusBadRequest, "MSG-347", "Attachment ["+f.name+"] body is empty")
		case utf8.RuneCountInString(f.name) > maxFileName:
			return refuse(http.StatusBadRequest, "MSG-370", "filename is too long, 256 characters allowed")
		case f.name == "" && f.kind == "":
			return refuse(http.StatusBadRequest, "MSG-356", "Either filename or content type should be specified, "+at)
		case kind == "application/octet-stream" && ext == "":
			return refuse(http.StatusBadRequest, "MSG-355", "For binary data filename with extension should be specified, "+at)
		case ext == "" && f.kind == "":
			return refuse(http.StatusUnsupportedMediaType, "MSG-353", "No file extension or content type specified, "+at)
		case strings.ContainsAny(f.name, "&@#$%^*"):
			return badParameter("attachment")
		case strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"), slices.Contains([]string{".jfif", ".mp3", ".wav", ".mp4", ".zip", ".exe"}, ext):
			return refuse(http.StatusUnsupportedMediaType, "MSG-348", "Unsupported attachment media type, attachment ["+strconv.Itoa(i+1)+"]: ["+ext+"]")
		}
		total += f.size
	}
	if total > maxFaxBytes {
		return tooLarge("Attachments are larger than 50 MB")
	}
	return nil
}

// faxMessage is the part of a fax that does not depend on where its pages are
// from.
func (req *faxRequest) message(m *corpus.Message) {
	m.Type, m.Status, m.Resolution, m.CoverText = "Fax", "Queued", req.Resolution, req.CoverText
	if m.Resolution == "" {
		m.Resolution = "High"
	}
	if req.Cover != nil {
		m.CoverIndex = *req.Cover
	}
	m.From = corpus.Party{Number: corpus.OwnerFax, Name: corpus.OwnerName}
	for _, to := range req.To {
		m.To = append(m.To, corpus.Party{Number: to.Number, Name: to.Name, Status: "Queued"})
	}
}

// acceptFax puts a fax with files into the mailbox. What its recipients will see
// is the PDF that came, if it is one alone, or a plain one that names the files.
func (s *Server) acceptFax(req *faxRequest) record {
	send := &sending{files: req.files}
	req.message(&send.m)
	pages := 0
	names := []string{}
	for _, f := range req.files {
		pages += f.pages
		names = append(names, fmt.Sprintf("%s, %d bytes", f.name, f.size))
	}
	if send.m.CoverText != "" || send.m.CoverIndex > 0 {
		pages++
	}
	first := req.files[0]
	isPDF := first.kind == "application/pdf" || strings.EqualFold(path.Ext(first.name), ".pdf")
	document := sentFile{data: plainPDF(min(pages, maxFaxPages+1), names)}
	if len(req.files) == 1 && isPDF && first.data != nil {
		document = first
	}
	send.m.Attachments = []corpus.Attachment{{Type: "RenderedDocument", ContentType: "application/pdf", Size: -1}}
	send.content = []corpus.Body{document.body()}
	return s.sendFax(send, req, pages)
}

// forwardFax sends a fax of the store again, with the same content.
func (s *Server) forwardFax(req *faxRequest, id string) (record, *apiError) {
	n, err := parseID(id)
	if err != nil {
		return record{}, notFound("originalMessageId")
	}
	old, err := s.box.get(n)
	if err != nil {
		return record{}, notFound("originalMessageId")
	}
	if old.m.Type != "Fax" || old.avail == purged || old.m.Status == "Queued" {
		return record{}, refuse(http.StatusNotAcceptable, "MSG-343", "Fax message cannot be resent in its current state")
	}
	if len(req.To) == 0 {
		for _, to := range old.m.To {
			if old.m.Direction == "Outbound" && to.Number != "" {
				req.To = append(req.To, sentTo{Number: to.Number, Name: to.Name})
			}
		}
		if len(req.To) == 0 {
			return record{}, badParameter("to")
		}
	}
	send := &sending{from: n}
	req.message(&send.m)
	send.m.Resolution, send.m.CoverIndex = old.m.Resolution, old.m.CoverIndex
	for _, a := range old.m.Attachments {
		_, body, err := s.box.content(n, a.ID)
		if err != nil {
			return record{}, refuse(http.StatusNotAcceptable, "MSG-343", "Fax message has no content any more")
		}
		a.Name = ""
		send.m.Attachments = append(send.m.Attachments, a)
		send.content = append(send.content, body)
	}
	return s.sendFax(send, req, max(old.m.Pages, 1)), nil
}

func (s *Server) sendFax(send *sending, req *faxRequest, pages int) record {
	end := s.ends.next("Fax")
	return s.box.accept(send, req.start, func(from int64) []sendStep { return faxSteps(from, send.m.To, pages, end) })
}

// faxSteps is what becomes of a fax: it is rendered, then one recipient after
// the other is called.
func faxSteps(from int64, to []corpus.Party, pages int, end NextSend) []sendStep {
	at := from + faxRendered.Milliseconds()
	if pages > maxFaxPages {
		return []sendStep{{at: at, to: -1, status: "SendingFailed", code: "TooManyPages"}}
	}
	if end.Status == "Queued" {
		return nil
	}
	var steps []sendStep
	for i := range to {
		status, code := "Sent", faxEnd(to[i].Number)
		if (end.Status != "" || end.Code != "") && (end.To == "" || digits(end.To) == digits(to[i].Number)) {
			status, code = end.Status, end.Code
		}
		switch {
		case code != "" || strings.HasSuffix(status, "Failed"):
			status = "SendingFailed"
			if code == "" {
				code = "Undefined"
			}
		default:
			status = "Sent"
		}
		at += end.after(faxLine)
		step := sendStep{at: at, to: i, status: status, code: code}
		if status == "Sent" {
			step.pages = pages
		}
		steps = append(steps, step)
	}
	return steps
}

// faxEnd lets a number's last digits decide why a fax to it fails: 0100 busy,
// 0101 no answer, 0103 no fax machine, 0104 not accepted; "" for any other.
func faxEnd(number string) string {
	switch d := digits(number); {
	case strings.HasSuffix(d, "0100"):
		return "LineBusy"
	case strings.HasSuffix(d, "0101"):
		return "NoAnswer"
	case strings.HasSuffix(d, "0103"):
		return "NoFaxMachine"
	case strings.HasSuffix(d, "0104"):
		return "NotAccepted"
	}
	return ""
}
