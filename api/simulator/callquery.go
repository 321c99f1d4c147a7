package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// callFilter chooses calls. Times are ms; both ends are included.
type callFilter struct {
	From       int64    `json:"f"`
	To         int64    `json:"t,omitempty"`
	Company    bool     `json:"c,omitempty"`
	Types      []string `json:"y,omitempty"`
	Directions []string `json:"d,omitempty"`
	Transports []string `json:"r,omitempty"`
	Recorded   string   `json:"w,omitempty"` // Automatic OnDemand All
	Missed     bool     `json:"m,omitempty"`
	Number     string   `json:"n,omitempty"`
	Extension  string   `json:"e,omitempty"`
	Session    int64    `json:"s,omitempty"`
	Telephony  string   `json:"p,omitempty"`
	Deleted    bool     `json:"x,omitempty"`
	NoBlocked  bool     `json:"b,omitempty"`
}

// parseCallFilter reads the parameters of a list.
func parseCallFilter(q url.Values, now time.Time, company bool) (callFilter, *apiError) {
	f := callFilter{Company: company, Number: digits(q.Get("phoneNumber")), Extension: q.Get("extensionNumber")}
	f.Telephony = q.Get("telephonySessionId")
	if f.Extension != "" && q.Get("sessionId") != "" {
		return f, &apiError{
			status: http.StatusBadRequest, code: "CLG-110", parameter: "extensionNumber",
			message: "Parameter [extensionNumber] is not allowed for usage along with parameter [sessionId]",
		}
	}
	var err *apiError
	to := now
	if s := q.Get("dateTo"); s != "" {
		if to, err = parseDate(s, "dateTo"); err != nil {
			return f, err
		}
	}
	from := to.Add(-defaultWindow)
	if s := q.Get("dateFrom"); s != "" {
		if from, err = parseDate(s, "dateFrom"); err != nil {
			return f, err
		}
	}
	if from.After(to) {
		return f, badParameter("dateFrom")
	}
	f.From, f.To = from.UnixMilli(), to.UnixMilli()
	if s := q.Get("sessionId"); s != "" {
		n, e := strconv.ParseInt(s, 10, 64)
		if e != nil {
			return f, badParameter("sessionId")
		}
		f.Session = n
	}
	return f, f.choices(q)
}

// choices reads what list and sync share.
func (f *callFilter) choices(q url.Values) *apiError {
	for _, set := range []struct {
		name  string
		to    *[]string
		known []string
	}{
		{"type", &f.Types, []string{"Voice", "Fax"}},
		{"direction", &f.Directions, []string{"Inbound", "Outbound"}},
		{"transport", &f.Transports, []string{"PSTN", "VoIP"}},
	} {
		for _, v := range q[set.name] {
			if !slices.Contains(set.known, v) {
				return badParameter(set.name)
			}
			*set.to = append(*set.to, v)
		}
	}
	switch f.Recorded = q.Get("recordingType"); f.Recorded {
	case "", "Automatic", "OnDemand", "All":
	default:
		return badParameter("recordingType")
	}
	if q.Get("withRecording") == "true" && f.Recorded == "" {
		f.Recorded = "All"
	}
	f.Deleted = q.Get("showDeleted") == "true"
	f.NoBlocked = q.Get("showBlocked") == "false"
	return nil
}

// trivial: every call that was not deleted.
func (f *callFilter) trivial() bool {
	return len(f.Types)+len(f.Directions)+len(f.Transports)+len(f.Recorded)+len(f.Number)+len(f.Extension)+len(f.Telephony) == 0 &&
		f.Session == 0 && !f.Missed && !f.NoBlocked && !f.Deleted
}

// accepts reports whether a call passes everything but the time window.
func (f *callFilter) accepts(r *callRecord) bool { return (f.Deleted || !r.deleted) && f.about(r) }

// about is accepts without the deletion: a deleted call still belongs to the
// frame that it belonged to.
func (f *callFilter) about(r *callRecord) bool {
	v := &r.v
	switch {
	case !f.Company && !v.Own,
		len(f.Types) > 0 && !slices.Contains(f.Types, v.Type),
		len(f.Directions) > 0 && !slices.Contains(f.Directions, v.Direction),
		len(f.Transports) > 0 && !slices.Contains(f.Transports, v.Transport),
		f.Recorded != "" && v.Recording == "",
		f.Recorded != "" && f.Recorded != "All" && v.Recording != f.Recorded,
		f.Missed && !(v.Direction == "Inbound" && v.Result == "Missed"),
		f.NoBlocked && v.Result == "Blocked",
		f.Extension != "" && v.From.Extension != f.Extension && v.To.Extension != f.Extension && v.Extension != f.Extension,
		f.Session != 0 && v.SessionID != f.Session,
		f.Telephony != "" && telephonySession(v.SessionID) != f.Telephony:
		return false
	case f.Number == "":
		return true
	}
	for _, n := range []string{v.From.Number, v.To.Number} {
		if d := digits(n); d != "" && (strings.HasSuffix(d, f.Number) || strings.HasSuffix(f.Number, d)) {
			return true
		}
	}
	return false
}

// parseMax reads a page length that may also be the word "max".
func parseMax(q url.Values, missing, most int) (int, *apiError) {
	if q.Get("perPage") == "max" {
		return most, nil
	}
	return parseCount(q, "perPage", missing, most)
}

func parseView(q url.Values) (detailed bool, refused *apiError) {
	switch q.Get("view") {
	case "", "Simple":
		return false, nil
	case "Detailed":
		return true, nil
	}
	return false, badParameter("view")
}
