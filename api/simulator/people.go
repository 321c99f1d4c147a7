package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"switchboard/api/simulator/corpus"
)

const recordingContent = "/restapi/v1.0/account/{account}/recording/{recording}/content"

func recordings() *op {
	return &op{group: "Heavy", app: "ReadCallRecording", user: "ReadCallRecording", media: true}
}

// peopleRoutes are the calls, the contacts and the presence.
func peopleRoutes() map[string]*op {
	const acct = "/restapi/v1.0/account/{account}"
	const ext = acct + "/extension/{extension}"
	const who = acct + "/extension/{who}" // one's own, another's, or several
	log := op{group: "Heavy", app: "ReadCallLog", user: "ReadCallLog"}
	company := op{group: "Heavy", app: "ReadCallLog", user: "FullCompanyCallLog"}
	active, everyone := log, company
	active.edit, everyone.edit = true, true // not among what limited mode keeps up
	read := op{group: "Heavy", app: "ReadContacts", user: "ReadPersonalContacts"}
	edit := op{group: "Heavy", app: "Contacts", user: "EditPersonalContacts", edit: true}
	favorite := op{group: "Light", app: "ReadContacts", user: "ReadPersonalContacts"}
	favorites := op{group: "Medium", app: "Contacts", user: "EditPersonalContacts", edit: true}
	directory := op{group: "Medium", app: "ReadAccounts"}
	present := op{group: "Light", app: "ReadPresence", user: "ReadPresenceStatus"}
	recording := recordings()
	recording.media = false
	return map[string]*op{
		"GET " + ext + "/call-log":                      log.as("readUserCallLog", (*call).listCalls),
		"GET " + acct + "/call-log":                     company.as("readCompanyCallLog", (*call).listCalls),
		"GET " + ext + "/call-log/{ids}":                log.as("readUserCallRecord", (*call).readCalls),
		"GET " + acct + "/call-log/{ids}":               company.as("readCompanyCallRecord", (*call).readCalls),
		"GET " + ext + "/call-log-sync":                 log.as("syncUserCallLog", (*call).syncCalls),
		"GET " + acct + "/call-log-sync":                company.as("syncAccountCallLog", (*call).syncCalls),
		"GET " + ext + "/active-calls":                  active.as("listExtensionActiveCalls", (*call).listActive),
		"GET " + acct + "/active-calls":                 everyone.as("listCompanyActiveCalls", (*call).listActive),
		"GET " + acct + "/recording/{recording}":        recording.as("readCallRecording", (*call).readRecording),
		"GET " + ext + "/address-book/contact":          read.as("listContacts", (*call).listContacts),
		"POST " + ext + "/address-book/contact":         edit.as("createContact", (*call).createContact),
		"GET " + ext + "/address-book/contact/{id}":     read.as("readContact", (*call).readContact),
		"PUT " + ext + "/address-book/contact/{id}":     edit.as("updateContact", (*call).updateContact),
		"PATCH " + ext + "/address-book/contact/{id}":   edit.as("patchContact", (*call).patchContact),
		"DELETE " + ext + "/address-book/contact/{id}":  edit.as("deleteContact", (*call).deleteContact),
		"GET " + ext + "/address-book-sync":             read.as("syncAddressBook", (*call).syncContacts),
		"GET " + ext + "/favorite":                      favorite.as("listFavoriteContacts", (*call).listFavorites),
		"PUT " + ext + "/favorite":                      favorites.as("updateFavoriteContactList", (*call).updateFavorites),
		"GET " + acct + "/directory/entries":            directory.as("listDirectoryEntries", (*call).listDirectory),
		"GET " + acct + "/directory/entries/{entry}":    directory.as("readDirectoryEntry", (*call).readDirectoryEntry),
		"GET " + who + "/presence":                      present.as("readUserPresenceStatus", (*call).readPresence),
		"PUT " + who + "/presence":                      (&op{group: "Medium", app: "EditPresence"}).as("updateUserPresenceStatus", (*call).updatePresence),
		"GET " + who + "/call-queue-presence":           present.as("readExtensionCallQueuePresence", (*call).readQueues),
		"PUT " + who + "/call-queue-presence":           (&op{group: "Medium", app: "EditPresence", edit: true}).as("updateExtensionCallQueuePresence", (*call).updateQueues),
		"GET " + acct + "/call-queues/{group}/presence": present.as("readCallQueuePresence", (*call).readAgents),
		"GET " + acct + "/presence":                     (&op{group: "Heavy", app: "ReadPresence", user: "ReadPresenceStatus"}).as("readAccountPresence", (*call).listPresence),
	}
}

// people makes what goes with the messages: who called, whom the desk knows,
// and who is there.
func (s *Server) people() {
	calls := s.cfg.Calls
	switch {
	case calls == 0:
		calls = -1 // those since the oldest message
	case calls < 0:
		calls = 0
	}
	contacts := max(s.cfg.Contacts, 0)
	if s.cfg.Contacts == 0 && s.cfg.Messages > 0 {
		contacts = min(max(s.cfg.Messages/10, 40), maxContacts)
	}
	if s.cfg.Directory <= 0 {
		s.cfg.Directory = 60
	}
	s.calls = newCallLog(s.corpus.Calls(calls), s.box, s.now)
	s.book = newBook(s.corpus, contacts, s.now)
	s.present = newPresences()
	s.push.watch(s.book.favs)
}

// controlPeople adds what lets calls ring and people come and go:
//
//	POST /ring       {"extension":"101","from":"+14155550123","name":"","outbound":false,"queue":false}: {"id"}
//	POST /answer     {"id":"IV…"}
//	POST /hang-up    {"id":"IV…","result":"Voicemail"}: "" for the usual result
//	POST /presence   {"extension":"112","userStatus":"Busy","message":"…"}: as the service's own request
//	POST /remove-call         {"id":"IV…"}: deletes its record
//	POST /purge-call-tokens   sync tokens of the call log become invalid
//	POST /purge-contact-tokens
//	GET  /events              what happened; ?after=N: since that sequence
func (s *Server) controlPeople(handle func(string, func(*http.Request) (any, error))) {
	type named struct {
		ID     string `json:"id"`
		Result string `json:"result,omitempty"`
	}
	about := func(do func(named) error) func(*http.Request) (any, error) {
		return func(r *http.Request) (any, error) {
			var req named
			if err := decodeControl(r, &req); err != nil {
				return nil, err
			}
			return done{true}, do(req)
		}
	}
	handle("POST /ring", func(r *http.Request) (any, error) {
		var req LiveCall
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		id, err := s.Ring(req)
		return named{ID: id}, err
	})
	handle("POST /answer", about(func(n named) error { return s.Answer(n.ID) }))
	handle("POST /hang-up", about(func(n named) error { return s.HangUp(n.ID, n.Result) }))
	handle("POST /remove-call", about(func(n named) error {
		if !s.RemoveCall(n.ID) {
			return fmt.Errorf("%w: call %q", errNoSuch, n.ID)
		}
		return nil
	}))
	handle("POST /presence", func(r *http.Request) (any, error) {
		var req struct {
			Extension string `json:"extension"`
			presenceChange
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		return done{true}, s.setPresence(req.Extension, &req.presenceChange)
	})
	handle("POST /purge-call-tokens", s.controlDo(s.PurgeCallTokens))
	handle("POST /purge-contact-tokens", s.controlDo(s.PurgeContactTokens))
	handle("GET /events", func(r *http.Request) (any, error) {
		after, err := strconv.ParseInt("0"+r.URL.Query().Get("after"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("after: %w", err)
		}
		return struct {
			Events []LiveEvent `json:"events"`
		}{s.Events(after)}, nil
	})
}

// SetPresence changes what the person at an extension chose: userStatus, and
// the message beside it.
func (s *Server) SetPresence(extension, userStatus, message string) error {
	change := presenceChange{Message: &message}
	if userStatus != "" {
		change.User = &userStatus
	}
	return s.setPresence(extension, &change)
}

func (s *Server) setPresence(extension string, change *presenceChange) error {
	i, ok := corpus.FindExtension(extension)
	if !ok || i >= s.cfg.Directory {
		return fmt.Errorf("%w: extension %q", errNoSuch, extension)
	}
	e := s.corpus.Entry(i)
	if !e.Person() {
		return fmt.Errorf("simulator: extension %s is no person", extension)
	}
	if err := s.changePresence(&e, change); err != nil {
		return err
	}
	return nil
}

// traffic lets calls ring, be answered or not, and end, until the server
// closes, and colleagues come and go between. What happens depends on the seed.
func (s *Server) traffic() {
	for n := uint64(1); ; n++ {
		roll := func(what string) float64 { return chance(s.cfg.Seed, n, what) }
		gap := time.Duration(float64(s.cfg.Traffic) * (0.5 + roll("traffic")))
		if !s.pause(s.ctx.Done(), gap) {
			return
		}
		desks := []string{"", "", "104", "112", "131"}
		id, err := s.Ring(LiveCall{Extension: desks[int(roll("desk")*float64(len(desks)))], Queue: roll("queue") < .3, Outbound: roll("out") < .25})
		if err != nil {
			continue // a directory too small for the colleague
		}
		status := []string{"Available", "Busy", "Offline"}[int(roll("status")*3)]
		_ = s.SetPresence("118", status, "") // likewise
		if !s.pause(s.ctx.Done(), time.Duration(float64(s.cfg.Traffic)*.3*roll("ring"))) {
			return
		}
		if roll("answer") < .6 {
			_ = s.Answer(id) // it rings, nobody else knows it
			if !s.pause(s.ctx.Done(), time.Duration(float64(s.cfg.Traffic)*roll("talk"))) {
				return
			}
		}
		_ = s.HangUp(id, "") // the same
	}
}
