package teams

// rng is a splitmix64 stream, as in package corpus.
type rng uint64

const (
	forChat uint64 = iota + 101
	forTime
	forLag
	forGuest
	forTalk
	forPost
	forFile
)

func (t *Teams) stream(purpose, n uint64) rng { return rng(mix(t.seed ^ mix(purpose<<56^n))) }

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

// n is in [0, limit).
func (r *rng) n(limit int) int { return int(r.next() >> 33 % uint64(limit)) }

// between is in [low, high].
func (r *rng) between(low, high int) int { return low + r.n(high-low+1) }

// percent is true in p of 100 cases.
func (r *rng) percent(p int) bool { return r.n(100) < p }

func pick[T any](r *rng, from []T) T { return from[r.n(len(from))] }
