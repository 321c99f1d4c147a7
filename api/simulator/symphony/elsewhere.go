package symphony

import (
	"net/http"

	"switchboard/api/simulator/gateway"
)

// elsewhereHandler is a host of somebody else. It counts what was brought to
// it and gives it away to nobody.
func (s *Server) elsewhereHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.strays.Add(1)
		for _, name := range []string{sessionHeader, keyManagerHeader, "Authorization", "Cookie"} {
			if r.Header.Get(name) != "" {
				s.leaks.Add(1)
			}
		}
		gateway.WriteBytes(w, http.StatusOK, "text/plain", []byte("bm90IHlvdXIgZmlsZQ=="))
	})
}
