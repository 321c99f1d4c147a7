package emailgistics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"switchboard/api/simulator/gateway"
)

// FaultNames lists the faults, in the order in which they are tried:
//
//	hang          no answer for Config.HangFor, nothing done
//	429           over the limit, without Retry-After as documented
//	429-after     the same with Retry-After: 1
//	500           a transient error of the service
//	html          502 with a proxy's page
//	upstream-401  lists of attachments and downloads: the mail system's status in the service's own envelope
//	upstream-403  the same
//	upstream-404  the same
//	upstream-502  the same
//	graph-401     the same in the mail system's own form
//	graph-403     the same
//	graph-404     the same
//	upstream-418  the same, a status nobody expects
//	stale         lists of attachments and downloads: the message was moved just now, so that its id is unknown
//	slow-report   the report that is started takes five minutes
//	report-error  the report that is started ends with an error
//	late-500      the report is started, and answered with an internal error
//	expired       results are gone before their time
//	foreign-self  the answer's link to the run leads to another host
//	foreign-next  the link to the next page does
//	relative      links are paths without a host
//	unknown       fields and values that are not documented, and numbers as text
//	size          the listed size is half of what it should be
//	nolength      download: no Content-Length
//	reset         the answer is carried out; the connection is reset in the middle of it
//	truncate      the same, the connection ends in good order
//	badjson       the answer's JSON is broken
func FaultNames() []string {
	return []string{
		"hang", "429", "429-after", "500", "html",
		"upstream-401", "upstream-403", "upstream-404", "upstream-502", "graph-401", "graph-403", "graph-404", "upstream-418",
		"stale", "slow-report", "report-error", "late-500", "expired", "foreign-self", "foreign-next", "relative", "unknown", "size",
		"nolength", "reset", "truncate", "badjson",
	}
}

// The operations, as the journal and FailNext name them.
const (
	opMailboxes   = "listMailboxes"
	opReport      = "receivedMessageDetail"
	opResults     = "pollReportResults"
	opAttachments = "listAttachments"
	opDownload    = "downloadAttachment"
)

// applies says which operation a fault can meet.
func applies(fault, op string) bool {
	switch fault {
	case "slow-report", "report-error", "late-500":
		return op == opReport
	case "expired", "foreign-next":
		return op == opResults
	case "foreign-self", "relative":
		return op == opResults || op == opReport
	case "stale":
		return op == opAttachments || op == opDownload
	case "size":
		return op == opAttachments
	case "nolength":
		return op == opDownload
	case "badjson", "unknown":
		return op != opDownload
	}
	if strings.HasPrefix(fault, "upstream-") || strings.HasPrefix(fault, "graph-") {
		return op == opAttachments || op == opDownload
	}
	return true
}

func checkFaults(rates map[string]float64) error { return gateway.CheckRates(rates, FaultNames()) }

// chance is a number in [0, 1) that depends on nothing but its arguments.
func chance(seed, serial uint64, fault string) float64 {
	n := uint64(slices.Index(FaultNames(), fault)) //nolint:gosec // the faults are all of that list
	return unit(mix(seed ^ serial<<8 ^ n))
}

// SetFaults replaces the rates; what was ordered with FailNext is forgotten.
func (s *Server) SetFaults(rates map[string]float64) error {
	if err := checkFaults(rates); err != nil {
		return fmt.Errorf("emailgistics simulator: %w", err)
	}
	s.faults.Replace(rates)
	return nil
}

// FailNext makes the next count requests of the operation (any that the fault can
// meet when op is "") meet it for certain, after letting skip of them pass.
func (s *Server) FailNext(op, fault string, skip, count int) error {
	if err := checkFaults(map[string]float64{fault: 1}); err != nil {
		return fmt.Errorf("emailgistics simulator: %w", err)
	}
	s.faults.Order(gateway.Order{Op: op, Fault: fault, Skip: skip, Count: cmp.Or(count, 1)})
	return nil
}

// mix is splitmix64's finisher: one word in, one word out that looks like chance.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unit is a number in [0, 1).
func unit(x uint64) float64 { return float64(x>>11) / (1 << 53) }
