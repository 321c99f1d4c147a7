package simulator

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
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
// and those of the push gateway, see pushFaultNames.
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
		if !slices.Contains(faultNames(), name) && !isPushFault(name) {
			return fmt.Errorf("unknown fault %q; known: %s, and %s before %s", name, strings.Join(faultNames(), ", "), pushPrefix, strings.Join(pushFaultNames(), ", "))
		}
		if rate := f[name]; math.IsNaN(rate) || rate < 0 || rate > 1 {
			return fmt.Errorf("fault %q: %v is not a number from 0 to 1", name, rate)
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

// faultBox decides which request meets which fault: those ordered for certain
// first, then by chance. The chance is a hash of the seed and the request's
// number, so the same requests in the same order meet the same faults.
type faultBox struct {
	mu      sync.Mutex
	seed    uint64
	serial  uint64
	rates   Faults
	ordered []order
}

type order struct {
	Op    string `json:"op"`
	Fault string `json:"fault"`
	Count int    `json:"count"`
	Skip  int    `json:"skip"`
}

func newFaultBox(seed uint64, rates Faults) *faultBox {
	return &faultBox{seed: seed, rates: maps.Clone(rates)}
}

func (b *faultBox) set(rates Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rates, b.serial, b.ordered = maps.Clone(rates), 0, nil
}

func (b *faultBox) get() Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.rates)
}

func (b *faultBox) order(o order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ordered = append(b.ordered, o)
}

// pick names the fault of this request, "" for none.
func (b *faultBox) pick(o *op) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.ordered {
		next := &b.ordered[i]
		if (next.Op != "" && next.Op != o.name) || !applies(next.Fault, o) {
			continue
		}
		if next.Skip > 0 {
			next.Skip--
			continue
		}
		name := next.Fault
		if next.Count--; next.Count <= 0 {
			b.ordered = slices.Delete(b.ordered, i, i+1)
		}
		return name
	}
	b.serial++
	for _, name := range faultNames() {
		if rate := b.rates[name]; rate > 0 && applies(name, o) && chance(b.seed, b.serial, name) < rate {
			return name
		}
	}
	return ""
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
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], seed)
	binary.LittleEndian.PutUint64(b[8:], serial)
	_, _ = h.Write(b[:]) // never fails
	_, _ = h.Write([]byte(name))
	x := h.Sum64() // mixed once more: FNV's high bits are poor for short input
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
	if err := (Faults{fault: 1}).check(); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.faults.order(order{Op: op, Fault: fault, Skip: skip, Count: cmp.Or(count, 1)})
	return nil
}

// SetFaults replaces the rates; those ordered with FailNext are forgotten.
func (s *Server) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.faults.set(f)
	s.push.setRates(f)
	return nil
}
