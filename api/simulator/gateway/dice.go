package gateway

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// Order is a fault that the next Count requests of an operation (any when Op is
// "") meet for certain, after Skip of them passed.
type Order struct {
	Op    string `json:"op"`
	Fault string `json:"fault"`
	Count int    `json:"count"`
	Skip  int    `json:"skip"`
}

// Chance is a number in [0, 1) that depends on nothing but its arguments.
type Chance func(seed, serial uint64, fault string) float64

// Dice decide which request meets which fault: those ordered for certain
// first, then by chance. The chance depends on the seed and the request's
// number, so the same requests in the same order meet the same faults.
type Dice struct {
	names  []string
	chance Chance

	mu      sync.Mutex
	seed    uint64
	serial  uint64
	rates   map[string]float64
	ordered []Order
}

// NewDice makes the dice of a simulator. The faults are tried in the order of
// names; rates says how often, 0 to 1, each happens.
func NewDice(seed uint64, names []string, chance Chance, rates map[string]float64) *Dice {
	return &Dice{names: names, chance: chance, seed: seed, rates: maps.Clone(rates)}
}

// Replace begins anew with other rates; what was ordered is forgotten.
func (d *Dice) Replace(rates map[string]float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rates, d.serial, d.ordered = maps.Clone(rates), 0, nil
}

// SetRate changes how often one fault happens.
func (d *Dice) SetRate(fault string, rate float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rates == nil {
		d.rates = map[string]float64{}
	}
	d.rates[fault] = rate
}

// Rate is how often a fault happens.
func (d *Dice) Rate(fault string) float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rates[fault]
}

// Rates are those that were set.
func (d *Dice) Rates() map[string]float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.rates)
}

// Order adds to what is to happen for certain.
func (d *Dice) Order(o Order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ordered = append(d.ordered, o)
}

// Pick names the fault of a request of the operation op, "" for none. Only
// faults that apply to it can be.
func (d *Dice) Pick(op string, applies func(fault string) bool) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.ordered {
		next := &d.ordered[i]
		if (next.Op != "" && next.Op != op) || !applies(next.Fault) {
			continue
		}
		if next.Skip > 0 {
			next.Skip--
			continue
		}
		name := next.Fault
		if next.Count--; next.Count <= 0 {
			d.ordered = slices.Delete(d.ordered, i, i+1)
		}
		return name
	}
	d.serial++
	for _, name := range d.names {
		if rate := d.rates[name]; rate > 0 && applies(name) && d.chance(d.seed, d.serial, name) < rate {
			return name
		}
	}
	return ""
}

// Hash makes one number of all three, for a [Chance]. Its high bits are poor
// and have to be mixed once more.
func Hash(seed, serial uint64, name string) uint64 {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], seed)
	binary.LittleEndian.PutUint64(b[8:], serial)
	_, _ = h.Write(b[:]) // never fails
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// CheckRates says what is wrong with rates: a fault that is none of names, or a
// rate that is not from 0 to 1.
func CheckRates(rates map[string]float64, names []string) error {
	for _, name := range slices.Sorted(maps.Keys(rates)) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("unknown fault %q; known: %s", name, strings.Join(names, ", "))
		}
		if err := CheckRate(name, rates[name]); err != nil {
			return err
		}
	}
	return nil
}

// CheckRate says that a fault's rate is not from 0 to 1.
func CheckRate(fault string, rate float64) error {
	if math.IsNaN(rate) || rate < 0 || rate > 1 {
		return fmt.Errorf("fault %q: %v is not a number from 0 to 1", fault, rate)
	}
	return nil
}
