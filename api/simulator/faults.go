package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"switchboard/api/simulator/gateway"
)

// Faults says how often (0 to 1) a request meets which fault:
//
//	429        refused by a limit that is not the client's own: no X-Rate-Limit headers, Retry-After 1
//	500        internal error, before anything was done
//	503        service unavailable with Retry-After 1, before anything was done
//	html       502 with a proxy's HTML page, before anything was done
//	hang       no answer for Config.HangFor, nothing done
//	expire     the access token expires with this request: 401 OAU-128
//	reset      the request is carried out; the connection is reset in the middle of the answer
//	truncate   the request is carried out; the connection ends in the middle of the answer
//	slow       the answer arrives in small pieces over Config.SlowFor
//	badjson    the answer's JSON is broken, its length is right
//	badlength  Content-Length is wrong: too short for JSON, too long for content
//	partial    content only: an unasked 206 with the first part
//	drop       sending and ring-out only: reset before the body is read, nothing done
//	half       the same: reset in the middle of the body, nothing done
//	late-500   the same: the request is carried out, and answered with an internal error
//	late-hang  the same: the request is carried out, and not answered for Config.HangFor
//
// and those of the push gateway, see pushFaultNames, and of the other services,
// see services.go.
type Faults map[string]float64

// faultNames in the order in which they are tried.
func faultNames() []string {
	return []string{
		"hang", "429", "500", "503", "html", "expire",
		"reset", "truncate", "badlength", "badjson", "partial", "slow",
		dropFault, halfFault, lateError, lateHang,
	}
}

// ParseFaults reads "reset=0.1,500=0.05". A bare name means 1 (always), the
// empty string no faults.
func ParseFaults(spec string) (Faults, error) {
	faults := Faults{}
	if strings.TrimSpace(spec) == "" {
		return faults, nil
	}
	for part := range strings.SplitSeq(spec, ",") {
		name, value, given := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		rate := 1.0
		if given {
			var err error
			if rate, err = strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil {
				return nil, fmt.Errorf("fault %q: %q is not a number from 0 to 1", name, value)
			}
		}
		if name == "" {
			return nil, fmt.Errorf("faults %q: a name is missing; known: %s", spec, strings.Join(faultNames(), ", "))
		}
		if _, twice := faults[name]; twice {
			return nil, fmt.Errorf("fault %q is given twice", name)
		}
		faults[name] = rate
	}
	if err := faults.check(); err != nil {
		return nil, err
	}
	return faults, nil
}

func (f Faults) check() error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(faultNames(), name) && !isPushFault(name) && !isServiceFault(name) {
			return fmt.Errorf("unknown fault %q; known: %s, and %s before %s%s",
				name, strings.Join(faultNames(), ", "), pushPrefix, strings.Join(pushFaultNames(), ", "), serviceFaults())
		}
		if err := gateway.CheckRate(name, f[name]); err != nil {
			return err
		}
	}
	return nil
}

// String writes what ParseFaults reads, names sorted.
func (f Faults) String() string {
	parts := make([]string, 0, len(f))
	for _, name := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, name+"="+strconv.FormatFloat(f[name], 'g', -1, 64))
	}
	return strings.Join(parts, ",")
}

func applies(name string, o *op) bool {
	switch name {
	case "partial":
		return o.media
	case dropFault, halfFault, lateError, lateHang:
		return o.send
	case "badjson":
		return !o.media && !o.plain
	case "expire":
		return !o.open
	default:
		return !o.plain
	}
}

// chance is a number in [0, 1) that depends on nothing but its arguments.
func chance(seed, serial uint64, name string) float64 {
	x := gateway.Hash(seed, serial, name)
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// FailNext makes the next count requests of the operation (any when op is "")
// meet the fault for certain, after letting skip of them pass.
func (s *Server) FailNext(op, fault string, skip, count int) error {
	if isPushFault(fault) {
		return s.FailPush(fault, skip, count)
	}
	if isServiceFault(fault) {
		return s.failService(op, fault, skip, count)
	}
	if err := (Faults{fault: 1}).check(); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.faults.Order(gateway.Order{Op: op, Fault: fault, Skip: skip, Count: cmp.Or(count, 1)})
	return nil
}

// SetFaults replaces the rates; those ordered with FailNext are forgotten.
func (s *Server) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.faults.Replace(f)
	s.push.setRates(f)
	return s.setServiceFaults(f)
}
