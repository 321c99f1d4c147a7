package mp3

// prototype is the first half and the middle of the synthesis window in steps of
// 2^-16 (table B.3). The second half mirrors it; see newWindow.
var prototype = [257]int32{
	0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5,
	-5, -6, -7, -7, -8, -9, -10, -11, -13, -14, -16, -17, -19, -21, -24, -26,
	-29, -31, -35, -38, -41, -45, -49, -53, -58, -63, -68, -73, -79, -85, -91, -97,
	-104, -111, -117, -125, -132, -139, -147, -154, -161, -169, -176, -183, -190, -196, -202, -208,
	213, 218, 222, 225, 227, 228, 228, 227, 224, 221, 215, 208, 200, 189, 177, 163,
	146, 127, 106, 83, 57, 29, -2, -36, -72, -111, -153, -197, -244, -294, -347, -401,
	-459, -519, -581, -645, -711, -779, -848, -919, -991, -1064, -1137, -1210, -1283, -1356, -1428, -1498,
	-1567, -1634, -1698, -1759, -1817, -1870, -1919, -1962, -2001, -2032, -2057, -2075, -2085, -2087, -2080, -2063,
	2037, 2000, 1952, 1893, 1822, 1739, 1644, 1535, 1414, 1280, 1131, 970, 794, 605, 402, 185,
	-45, -288, -545, -814, -1095, -1388, -1692, -2006, -2330, -2663, -3004, -3351, -3705, -4063, -4425, -4788,
	-5153, -5517, -5879, -6237, -6589, -6935, -7271, -7597, -7910, -8209, -8491, -8755, -8998, -9219, -9416, -9585,
	-9727, -9838, -9916, -9959, -9966, -9935, -9863, -9750, -9592, -9389, -9139, -8840, -8492, -8092, -7640, -7134,
	6574, 5959, 5288, 4561, 3776, 2935, 2037, 1082, 70, -998, -2122, -3300, -4533, -5818, -7154, -8540,
	-9975, -11455, -12980, -14548, -16155, -17799, -19478, -21189, -22929, -24694, -26482, -28289, -30112, -31947, -33791, -35640,
	-37489, -39336, -41176, -43006, -44821, -46617, -48390, -50137, -51853, -53534, -55178, -56778, -58333, -59838, -61289, -62684,
	-64019, -65290, -66494, -67629, -68692, -69679, -70590, -71420, -72169, -72835, -73415, -73908, -74313, -74630, -74856, -74992,
	75038,
}

// window is the synthesis window in the order in which synth uses it. Line m of
// it makes samples m and bands-m: 16 factors for each.
//
// With half or a quarter of the subbands every second or fourth factor is used:
// what comes out is every second or fourth sample that all subbands would give,
// had the upper ones been silent.
type window [subbands/2 + 1][32]float32

func newWindow(halvings int) *window {
	d := func(i int) float32 {
		i <<= halvings
		v := prototype[min(i, 512-i)]
		if i > 256 && i%64 != 0 {
			v = -v
		}
		return float32(v) / (1 << 16)
	}
	w, bands := &window{}, subbands>>halvings
	for m := range bands/2 + 1 {
		for i := range 8 {
			w[m][i] = d(m + 2*bands*i)
			w[m][8+i] = -d(m + 2*bands*i + bands)
			if m > 0 {
				w[m][16+i] = -d(bands - m + 2*bands*i)
				w[m][24+i] = -d(2*bands - m + 2*bands*i)
			}
		}
	}
	return w
}

// past is how many samples of a subband before the present one the synthesis
// uses.
const past = 15

// synth is the polyphase synthesis of one channel (2.4.3.2.2): samples of all
// subbands at a time become as many of the sound. For each of the last 16 times
// it keeps the cosine transform of the subband samples: the 64 values that the
// standard keeps are these with other signs.
type synth struct {
	was [subbands][past + perBand]float32
}

// run makes the samples of a granule from those of the subbands, bands at a
// time. The values behind the active subbands are 0.
func (s *synth) run(t *tables, sub *[perBand][subbands]float32, halvings int, pcm *[lines]float32) {
	bands := subbands >> halvings
	for j := range bands {
		copy(s.was[j][:past], s.was[j][perBand:])
	}
	for k := range sub {
		x := &sub[k]
		switch halvings {
		case 0:
			t.half.dct32(x)
		case 1:
			t.half.dct16((*[16]float32)(x[:16]))
		default:
			t.half.dct8((*[8]float32)(x[:8]))
		}
		for j := range bands {
			s.was[j][past+k] = x[j]
		}
	}
	w, half := t.synth[halvings], bands/2
	// The samples in the middle of a line have one half of the factors only.
	s.edge(&w[0], s.was[half][:], s.was[half][:], pcm, 0, bands)
	for m := 1; m < half; m++ {
		s.line(&w[m], s.was[half+m][:], s.was[half-m][:], pcm, m, bands)
	}
	s.middle(&w[half], s.was[0][:], pcm, half, bands)
}

// line makes samples m and bands-m of all times.
func (s *synth) line(w *[32]float32, a, b []float32, pcm *[lines]float32, m, bands int) {
	for k := range perBand {
		a, b := a[k:k+16:k+16], b[k:k+16:k+16]
		a0, a1, a2, a3 := a[15], a[13], a[11], a[9]
		p := a0*w[0] + a1*w[1] + a2*w[2] + a3*w[3]
		q := a0*w[16] + a1*w[17] + a2*w[18] + a3*w[19]
		a4, a5, a6, a7 := a[7], a[5], a[3], a[1]
		p += a4*w[4] + a5*w[5] + a6*w[6] + a7*w[7]
		q += a4*w[20] + a5*w[21] + a6*w[22] + a7*w[23]
		b0, b1, b2, b3 := b[14], b[12], b[10], b[8]
		p += b0*w[8] + b1*w[9] + b2*w[10] + b3*w[11]
		q += b0*w[24] + b1*w[25] + b2*w[26] + b3*w[27]
		b4, b5, b6, b7 := b[6], b[4], b[2], b[0]
		p += b4*w[12] + b5*w[13] + b6*w[14] + b7*w[15]
		q += b4*w[28] + b5*w[29] + b6*w[30] + b7*w[31]
		pcm[k*bands+m], pcm[k*bands+bands-m] = p, q
	}
}

// edge makes the first sample of all times.
func (s *synth) edge(w *[32]float32, a, b []float32, pcm *[lines]float32, m, bands int) {
	for k := range perBand {
		var p float32
		for i := range 8 {
			p += a[k+15-2*i]*w[i] + b[k+14-2*i]*w[8+i]
		}
		pcm[k*bands+m] = p
	}
}

// middle makes the middle sample of all times.
func (s *synth) middle(w *[32]float32, b []float32, pcm *[lines]float32, m, bands int) {
	for k := range perBand {
		var p float32
		for i := range 8 {
			p += b[k+14-2*i] * w[8+i]
		}
		pcm[k*bands+m] = p
	}
}
