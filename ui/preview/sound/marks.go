package sound

import "sort"

// mark says that sample out of what was played is sample src of the recording,
// and how many samples of the recording the following ones stand for: the speed,
// or 0 while nothing is there.
type mark struct {
	out, src int64
	slope    float64
}

// marks is what leads from what is heard back to the recording. Older ones are
// dropped as they are not needed.
type marks []mark

// add appends one; a silence that goes on needs no second.
func (m *marks) add(x mark) {
	if n := len(*m); n > 0 && x.slope == 0 && (*m)[n-1].slope == 0 {
		return
	}
	*m = append(*m, x)
}

// at is the sample of the recording that is heard when sample out is.
func (m marks) at(out int64, from int64) int64 {
	i := sort.Search(len(m), func(i int) bool { return m[i].out > out }) - 1
	if i < 0 {
		return from
	}
	src := m[i].src + int64(float64(out-m[i].out)*m[i].slope)
	if i+1 < len(m) {
		src = min(src, max(m[i+1].src, m[i].src))
	}
	return src
}

// forget drops what only leads to what was heard before out.
func (m *marks) forget(out int64) {
	i := sort.Search(len(*m), func(i int) bool { return (*m)[i].out > out }) - 1
	if i > 256 {
		*m = append((*m)[:0], (*m)[i:]...)
	}
}
