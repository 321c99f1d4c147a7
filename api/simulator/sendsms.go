package simulator

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"switchboard/api/simulator/corpus"
)

type sentTo struct {
	Number    string `json:"phoneNumber"`
	Name      string `json:"name"`
	Extension string `json:"extensionNumber"`
	ID        string `json:"extensionId"`
}

// smsRequest is an SMS or MMS as it is asked for.
type smsRequest struct {
	From    sentTo   `json:"from"`
	To      []sentTo `json:"to"`
	Text    string   `json:"text"`
	Country struct {
		ID  string `json:"id"`
		ISO string `json:"isoCode"`
	} `json:"country"`
	files []sentFile
}

func (c *call) createSMS() *apiError { return c.text(false) }
func (c *call) createMMS() *apiError { return c.text(true) }

func (c *call) text(media bool) *apiError {
	s, err := c.submission()
	if err != nil {
		return err
	}
	req := smsRequest{files: s.files}
	if err := s.into(&req, []string{"to"}, nil, []string{"from", "to"}); err != nil {
		return err
	}
	if media && len(req.files) == 0 {
		return badParameter("attachments")
	}
	if err := c.checkText(&req); err != nil {
		return err
	}
	r := c.s.acceptText(&req)
	return c.finish(&r)
}

// checkText makes the checks of the service in the order of their codes' weight:
// the account, the sender, the recipients, the content.
func (c *call) checkText(req *smsRequest) *apiError {
	if c.s.hipaa.Load() {
		return refuse(http.StatusForbidden, "MSG-242", "The requested feature is not available")
	}
	number, err := c.s.sender(req.From.Number, len(req.files) > 0)
	if err != nil {
		return err
	}
	if len(req.To) == 0 {
		return badParameter("to")
	}
	if req.Country.ID != "" && req.Country.ISO != "" {
		return refuse(http.StatusBadRequest, "MSG-365", "Parameters [country.id] and [country.isoCode] can not be specified simultaneously")
	}
	seen := map[string]bool{}
	for i := range req.To {
		to := &req.To[i]
		if err := c.s.textable(to, number, len(req.files) > 0); err != nil {
			return err
		}
		if seen[to.Number] {
			return &apiError{status: http.StatusBadRequest, code: "CMN-406", parameter: "to", message: "Duplicate value for parameter to: " + to.Number + " found in request"}
		}
		seen[to.Number] = true
	}
	if len(req.To) > maxSMSTo {
		return refuse(http.StatusBadRequest, "MSG-381", "Exceeded maximum number of recipients for a Group MMS: [10]")
	}
	if len(utf16.Encode([]rune(req.Text))) > maxSMSText || req.Text == "" && len(req.files) == 0 {
		return badParameter("text")
	}
	return checkMMS(req.files)
}

// sender finds the number that a text message may come from.
func (s *Server) sender(from string, media bool) (*ownNumber, *apiError) {
	d := digits(from)
	numbers := ownNumbers()
	i := slices.IndexFunc(numbers, func(n ownNumber) bool { return d != "" && strings.HasSuffix(digits(n.Number), d) && len(d) >= 10 })
	switch {
	case from == "":
		return nil, badParameter("from")
	case i < 0:
		return nil, invalid("MSG-245", "from", from, "Cannot find the phone number which belongs to user")
	}
	n := &numbers[i]
	switch {
	case n.Type == "FaxOnly":
		return nil, refuse(http.StatusForbidden, "MSG-241", "Cannot send SMS from Fax number")
	case !slices.Contains(n.Features, "SmsSender"):
		return nil, refuse(http.StatusForbidden, "MSG-367", `"from" phone number does not support SMS`)
	case media && !slices.Contains(n.Features, "MmsSender"):
		return nil, refuse(http.StatusForbidden, "BIL-103", "Feature [MMS] is not available for current account")
	}
	return n, nil
}

// textable checks a recipient and brings its number into E.164.
func (s *Server) textable(to *sentTo, from *ownNumber, media bool) *apiError {
	d := digits(to.Number)
	switch {
	case to.Number == "" && to.Extension != "", d != "" && len(d) < 5:
		return refuse(http.StatusBadRequest, "MSG-246", "Sending SMS from/to extension numbers is not available")
	case len(d) == 5 || len(d) == 6:
		return refuse(http.StatusBadRequest, "MSG-247", "Sending SMS to short numbers is not available")
	case len(d) < 7 || len(d) > 15:
		return badParameter("to")
	}
	to.Number = e164(to.Number)
	switch {
	case s.blocks.has(to.Number):
		return invalid("MSG-243", "to", to.Number, "Phone number is blocked")
	case !strings.HasPrefix(to.Number, "+1") && media:
		return refuse(http.StatusForbidden, "MSG-383", "International MMS feature is not available")
	case !strings.HasPrefix(to.Number, "+1") && !slices.Contains(from.Features, "InternationalSmsSender"):
		return refuse(http.StatusForbidden, "MSG-240", "International SMS is not available for account.")
	case strings.HasPrefix(to.Number, "+1900"):
		return refuse(http.StatusForbidden, "MSG-388", "The destination is prohibited")
	}
	return nil
}

// e164 writes a number of this country, or of any with its +, as it is stored.
func e164(s string) string {
	d := digits(s)
	switch {
	case strings.HasPrefix(strings.TrimSpace(s), "+"), len(d) > 11:
		return "+" + d
	case len(d) == 11 && d[0] == '1':
		return "+" + d
	default:
		return "+1" + d
	}
}

// mmsKinds are the content types that the service documents, by file extension.
func mmsKinds() map[string]string {
	return map[string]string{
		".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp", ".gif": "image/gif", ".tiff": "image/tiff",
		".tif": "image/tiff", ".svg": "image/svg+xml", ".3gp": "video/3gpp", ".mp4": "video/mp4", ".mpeg": "video/mpeg", ".mpg": "video/mpeg",
		".avi": "video/msvideo", ".mp3": "audio/mpeg", ".vcf": "text/vcard", ".vcard": "text/vcard", ".zip": "application/zip",
		".gzip": "application/gzip", ".gz": "application/gzip", ".rtf": "application/rtf",
	}
}

func checkMMS(files []sentFile) *apiError {
	if len(files) > maxMMSFiles {
		return refuse(http.StatusBadRequest, "MSG-379", "Too many attachments")
	}
	kinds := mmsKinds()
	var total int64
	for i := range files {
		f := &files[i]
		if f.size == 0 {
			return refuse(http.StatusBadRequest, "MSG-347", "Attachment ["+f.name+"] body is empty")
		}
		if f.kind == "" {
			f.kind = kinds[strings.ToLower(path.Ext(f.name))]
		}
		known := false
		for _, kind := range kinds {
			known = known || kind == f.kind
		}
		if !known {
			return refuse(http.StatusUnsupportedMediaType, "MSG-348", "Unsupported attachment media type, attachment ["+itoa(int64(i+1))+"]: ["+f.name+"]")
		}
		total += f.size
	}
	if total > maxMMSBytes {
		return refuse(http.StatusBadRequest, "MSG-376", "Attachment size limit exceeded")
	}
	return nil
}

// acceptText puts an SMS or MMS into the mailbox, on its way.
func (s *Server) acceptText(req *smsRequest) record {
	send := &sending{files: req.files}
	m := &send.m
	m.Type, m.Subject, m.Status = "SMS", req.Text, "Queued"
	m.From = corpus.Party{Number: e164(req.From.Number), Name: corpus.OwnerName}
	var numbers []string
	for _, to := range req.To {
		m.To = append(m.To, corpus.Party{Number: to.Number, Status: "Queued"})
		numbers = append(numbers, to.Number)
	}
	m.ConversationID = s.corpus.Conversation(numbers...)
	m.Segments = max((len(utf16.Encode([]rune(req.Text)))+152)/153, 1)
	m.Attachments = []corpus.Attachment{{Type: "Text", ContentType: "text/plain", Size: -1}}
	text := sentFile{data: []byte(req.Text)}
	send.content = []corpus.Body{text.body()}
	for i := range req.files {
		f := &req.files[i]
		m.Attachments = append(m.Attachments, corpus.Attachment{Type: "MmsAttachment", ContentType: f.kind, Name: f.name, Size: f.size})
		send.content = append(send.content, f.body())
	}
	kind := "SMS"
	if len(req.files) > 0 {
		kind = "MMS"
	}
	end := s.ends.next(kind)
	return s.box.accept(send, time.Time{}, func(from int64) []sendStep {
		return textSteps(from, m.To, end)
	})
}

// textSteps is what becomes of a text: sent, then delivered, unless it was
// ordered otherwise or the number's last digits say so.
func textSteps(from int64, to []corpus.Party, end NextSend) []sendStep {
	status, code := end.Status, end.Code
	if status == "" {
		status, code = numberEnd(to[0].Number)
	}
	at := from + end.after(smsDelivered)
	sent := min(from+smsSent.Milliseconds(), at)
	switch status {
	case "Queued":
		return nil
	case "SendingFailed", "Sent":
		return []sendStep{{at: at, to: -1, status: status, code: code}}
	case "DeliveryFailed":
		return []sendStep{{at: sent, to: -1, status: "Sent"}, {at: at, to: -1, status: status, code: code}}
	}
	return []sendStep{{at: sent, to: -1, status: "Sent"}, {at: at, to: -1, status: "Delivered"}}
}

// numberEnd lets a number's last digits decide how a text to it ends: 0110 does
// not exist, 0111 opted out, 0112 is a carrier's spam, 0113 the service's own
// fault; anything else is delivered.
func numberEnd(number string) (status, code string) {
	switch d := digits(number); {
	case strings.HasSuffix(d, "0110"):
		return "DeliveryFailed", "SMS-UP-410"
	case strings.HasSuffix(d, "0111"):
		return "DeliveryFailed", "SMS-CAR-413"
	case strings.HasSuffix(d, "0112"):
		return "DeliveryFailed", "SMS-CAR-430"
	case strings.HasSuffix(d, "0113"):
		return "SendingFailed", "SMS-RC-500"
	}
	return "Delivered", ""
}
