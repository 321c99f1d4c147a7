package symphony

import (
	"slices"
	"strings"

	"switchboard/api/simulator/gateway"
)

// requestFaults happen to a request by chance, in the order in which they are
// tried. See doc.go for what each does.
func requestFaults() []string {
	return []string{
		"hang", "429", "throttle-400", "500", "503", "html", "redirect", "401", "expire", "late",
		"reset", "truncate", "slow", "badjson", "badlength",
		"b64-unpadded", "b64-breaks", "b64-double", "b64-tail", "b64-urlsafe", "b64-json", "b64-quoted", "b64-bom", "b64-empty",
		"b64-cut", "b64-cut-chunked", "b64-cut-close",
		"feed-lost", "feed-unknown", "feed-double",
	}
}

// modeFaults are ways of the service. They hold as long as their rate is not 0.
func modeFaults() []string {
	return []string{
		"fileid-once", "fileid-twice", "standard-refused", "missing-404", "error-type", "ok-type", "wrong-size",
		"newest-first", "newest-page", "odd-shapes", "odd-thumbs", "thumb-400", "chunked",
	}
}

// FaultNames lists the names that Config.Faults and Server.SetFault know.
func FaultNames() []string { return slices.Concat(requestFaults(), modeFaults()) }

func checkFaults(f map[string]float64) error { return gateway.CheckRates(f, FaultNames()) }

// mode reports whether the service has that way now.
func (s *Server) mode(name string) bool { return s.faults.Rate(name) > 0 }

func applies(name string, o *op) bool {
	switch {
	case strings.HasPrefix(name, "b64-"):
		return o.octets
	case strings.HasPrefix(name, "feed-"):
		return o.feed
	case name == "badjson":
		return !o.octets
	case name == "expire", name == "401":
		return !o.open
	}
	return true
}

// chance is a number in [0, 1) that depends on nothing but its arguments.
func chance(seed, serial uint64, name string) float64 {
	return float64(mix(gateway.Hash(seed, serial, name))>>11) / (1 << 53)
}
