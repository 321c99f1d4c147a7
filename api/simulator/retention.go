package simulator

import (
	"net/http"
)

// retentionRoutes are the account's settings of its message store.
func retentionRoutes() map[string]*op {
	const path = "/restapi/v1.0/account/{account}/message-store-configuration"
	return map[string]*op{
		"GET " + path: (&op{group: "Light", app: "EditAccounts", user: "AccountAdministration"}).
			as("readMessageStoreConfiguration", (*call).readStoreConfiguration),
	}
}

type storeConfiguration struct {
	Retention int `json:"retentionPeriod"`
}

func (c *call) readStoreConfiguration() *apiError {
	if c.s.cfg.Retention == 0 {
		return missingPermission("CMN-408", "AccountAdministration")
	}
	writeJSON(c.w, http.StatusOK, storeConfiguration{Retention: c.s.cfg.Retention})
	return nil
}

// DropOldest drops the n oldest voice and fax messages that came in, as the service
// does with a mailbox that is full: nobody deleted them, and they are in no trash. It
// gives their ids.
func (s *Server) DropOldest(n int) []int64 {
	defer s.tellMessages()
	b := s.box
	b.mu.Lock()
	defer b.mu.Unlock()
	var ids []int64
	for idx := 0; idx < b.len() && len(ids) < n; idx++ {
		r := b.at(idx)
		if r.avail == alive && r.m.Direction == "Inbound" && (r.m.Type == "VoiceMail" || r.m.Type == "Fax") {
			b.bury(&r, true)
			ids = append(ids, r.m.ID)
		}
	}
	return ids
}

// controlRetention: POST /drop-oldest {"count":3}, see DropOldest.
func (s *Server) controlRetention(handle func(pattern string, f func(*http.Request) (any, error))) {
	handle("POST /drop-oldest", func(r *http.Request) (any, error) {
		var req struct {
			Count int `json:"count"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		return struct {
			IDs []int64 `json:"ids"`
		}{s.DropOldest(req.Count)}, nil
	})
}
