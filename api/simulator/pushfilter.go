package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchboard/api/simulator/corpus"
)

// pushFilter is an event filter, understood.
type pushFilter struct {
	text  string     // as it was asked for
	path  string     // with concrete ids, without parameters
	query url.Values // its parameters
	kind  filterKind
	ext   string // extension whose events it asks for; "" for all of the account
}

type filterKind uint8

const (
	filterUnknown filterKind = iota
	filterStore
	filterInstant
	filterVoicemail
	filterFax
	filterPresence
	filterLines     // presence of the extensions that the user watches
	filterFavorites // presence of the favourites
	filterTelephony
	filterFavorite // the list of favourites itself
	filterDirectory
	filterPosts
	filterChats
)

// permission is what the application needs for a kind of filter.
func (k filterKind) permission() string {
	switch k {
	case filterStore, filterInstant, filterVoicemail, filterFax:
		return "ReadMessages"
	case filterPresence, filterLines, filterFavorites:
		return "ReadPresence"
	case filterTelephony:
		return "CallControl"
	case filterFavorite:
		return "ReadContacts"
	case filterDirectory:
		return "ReadAccounts"
	case filterPosts, filterChats:
		return "TeamMessaging"
	}
	return ""
}

// parsePushFilter reads a filter: a path with ~ or concrete ids, and parameters.
func parsePushFilter(text string) (*pushFilter, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return nil, false
	}
	f := &pushFilter{text: text, query: u.Query()}
	f.path = concrete(strings.TrimSuffix(u.Path, "/"))
	switch f.path {
	case "/team-messaging/v1/posts", "/restapi/v1.0/glip/posts":
		f.kind = filterPosts
		return f, true
	case "/team-messaging/v1/chats", "/team-messaging/v1/groups", "/restapi/v1.0/glip/groups":
		f.kind = filterChats
		return f, true
	}
	rest, ok := strings.CutPrefix(f.path, accountPath)
	if !ok {
		return nil, false
	}
	if below, own := strings.CutPrefix(rest, "/extension/"); own {
		f.ext, rest, _ = strings.Cut(below, "/")
		if f.ext == "" {
			return nil, false
		}
		f.kind = map[string]filterKind{
			"message-store": filterStore, "message-store/instant": filterInstant, "voicemail": filterVoicemail, "fax": filterFax,
			"presence": filterPresence, "presence/line/presence": filterLines, "presence/line": filterLines,
			"favorite/presence": filterFavorites, "favorite": filterFavorite, "telephony/sessions": filterTelephony,
		}[rest]
	} else {
		f.kind = map[string]filterKind{
			"/presence": filterPresence, "/telephony/sessions": filterTelephony, "/directory/entries": filterDirectory,
		}[rest]
	}
	return f, f.kind != filterUnknown && f.complete()
}

// complete reports whether the parameters are there without which the service
// does not know the filter, and have values it knows.
func (f *pushFilter) complete() bool {
	known := func(name string, values ...string) bool {
		for _, v := range f.query[name] {
			if !slices.Contains(values, v) {
				return false
			}
		}
		return true
	}
	switch f.kind {
	case filterInstant:
		return f.query.Get("type") != "" && known("type", "SMS", "Pager")
	case filterFax:
		return f.query.Get("direction") == "Inbound"
	case filterStore:
		return known("type", "SMS", "Pager", "Fax", "VoiceMail") && known("direction", "Inbound", "Outbound")
	case filterTelephony:
		return known("direction", "Inbound", "Outbound")
	}
	return true
}

// concrete puts the ids of the account and of the desk where ~ stands.
func concrete(path string) string {
	if rest, ok := strings.CutPrefix(path, "/restapi/v1.0/account/~"); ok && (rest == "" || rest[0] == '/') {
		path = accountPath + rest
	}
	if rest, ok := strings.CutPrefix(path, accountPath+"/extension/~"); ok && (rest == "" || rest[0] == '/') {
		path = basePath + rest
	}
	return path
}

// event is the name of an event as the service tells it to this filter.
func (f *pushFilter) event(path string) string {
	switch f.kind {
	case filterInstant, filterFax:
		return f.path + "?" + f.query.Encode()
	case filterLines, filterFavorites:
		return f.path
	case filterPresence, filterTelephony:
		if f.ext == "" { // of the whole account
			return f.path
		}
	}
	return path
}

// wants reports whether an event is of those that the filter asks for. favorites
// are the extensions among the user's favourites.
func (f *pushFilter) wants(ext, path string, favorites map[string]bool) bool {
	own := accountPath + "/extension/" + ext
	switch f.kind {
	case filterLines:
		return path == own+"/presence" && ext != extensionID
	case filterPresence, filterTelephony:
		if f.ext == "" {
			return path == own+strings.TrimPrefix(f.path, accountPath)
		}
	case filterChats, filterPosts:
		return ext == extensionID && canonicalTeam(path) == canonicalTeam(f.path)
	case filterFavorites:
		return path == own+"/presence" && favorites[ext]
	}
	return path == f.path
}

// canonicalTeam is the one name of a path of team messaging that has several.
func canonicalTeam(path string) string {
	path = strings.Replace(path, "/restapi/v1.0/glip/", "/team-messaging/v1/", 1)
	return strings.Replace(path, "/groups", "/chats", 1)
}

// disabledFilter says why a filter of a subscription is not heard.
type disabledFilter struct {
	Filter  string `json:"filter"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// grant parses filters and tells which of them the user may have. refused is
// for a request that cannot be carried out at all.
func (s *Server) grant(texts []string) (list []*pushFilter, disabled []disabledFilter, refused *apiError) {
	if len(texts) == 0 {
		return nil, nil, badParameter("eventFilters")
	}
	for _, text := range texts {
		f, ok := parsePushFilter(text)
		if !ok {
			return nil, nil, &apiError{
				status: http.StatusBadRequest, code: "SUB-515", parameter: "eventFilters",
				message: "Unknown event filter: " + text,
			}
		}
		why := s.ungranted(f)
		if why == nil {
			list = append(list, f)
			continue
		}
		disabled = append(disabled, *why)
	}
	if len(list) == 0 {
		return nil, nil, &apiError{
			status: http.StatusForbidden, code: "SUB-406", message: "Not allowed subscribe for events specified in request",
		}
	}
	return list, disabled, nil
}

// ungranted says why a filter is not granted, nil for one that is.
func (s *Server) ungranted(f *pushFilter) *disabledFilter {
	if p := f.kind.permission(); p != "" && s.denied.has(p) {
		e := missingPermission("CMN-401", p)
		return &disabledFilter{Filter: f.text, Reason: e.code, Message: e.message}
	}
	if s.push.disabled(f.text) {
		return &disabledFilter{Filter: f.text, Reason: "SUB-530", Message: "The filter is switched off for this account"}
	}
	if f.ext == "" || f.ext == extensionID {
		return nil
	}
	switch f.kind {
	case filterStore, filterInstant, filterVoicemail, filterFax:
		if s.other(f.ext) != nil {
			return nil
		}
	case filterPresence:
		if _, err := s.who(f.ext); err == nil {
			return nil
		}
	case filterTelephony:
		if i, ok := corpus.FindEntry(parseInt(f.ext)); ok && i < s.cfg.Directory {
			return nil
		}
	}
	return &disabledFilter{Filter: f.text, Reason: "SUB-405", Message: "Not allowed to subscribe for events of another extension"}
}
