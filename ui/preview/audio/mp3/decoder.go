package mp3

const (
	maxFrame = 1441 // bytes
	maxBack  = 511
)

// decoder decodes frames one after the other.
type decoder struct {
	tables   *tables
	layouts  [3]layout
	limits   [3]int // lines of each layout that are needed
	channels int    // of what comes out
	halvings int    // of the number of subbands
	checked  bool   // frames with a wrong CRC are silent

	h    header
	side side
	// main holds the main data of the frames before, as far back as a frame can
	// refer to, and of the present one.
	main   [maxBack + maxFrame + slack]byte
	have   int
	scales [2]scales
	xr     [2]spectrum
	order  spectrum // the lines of short blocks in their order
	out    [2]output
	second output // what is mixed into the first
}

// output is a channel of what comes out.
type output struct {
	over  [subbands][perBand]float32 // what the granule before left
	tail  int                        // subbands of over that are not 0
	sub   [perBand][subbands]float32
	synth synth
	pcm   [lines]float32
}

// part is a channel's spectrum of a granule: n lines, the rest is 0.
type part struct {
	xr *spectrum
	n  int
	p  *channel
}

// newDecoder makes a decoder for streams with frames like first. It gives one
// channel, the average of both where there are two, or two. Each halving drops
// the upper half of the spectrum and every second sample.
func newDecoder(first *header, channels, halvings int, checked bool) *decoder {
	d := &decoder{
		tables: sharedTables(), layouts: layouts(first),
		channels: min(channels, first.channels()), halvings: halvings, checked: checked,
	}
	for i := range d.layouts {
		l, want := &d.layouts[i], lines>>halvings
		if i != 1 {
			want = min(want+perBand, lines) // for the aliases of the next subband
		}
		k := 0
		for int(l.end[k]) < want || (l.window[k] < 2) {
			k++
		}
		d.limits[i] = int(l.end[k])
		if i == 0 {
			d.limits[i] = want
		}
	}
	return d
}

// reset forgets all that came before.
func (d *decoder) reset() {
	d.have = 0
	for c := range d.channels {
		d.out[c] = output{}
	}
}

// feed takes the main data of a frame, which later ones may refer to, and gives
// where in main they begin.
func (d *decoder) feed(h *header, frame []byte) (start int) {
	if d.have > maxBack {
		copy(d.main[:], d.main[d.have-maxBack:d.have])
		d.have = maxBack
	}
	start = d.have
	d.have += copy(d.main[d.have:len(d.main)-slack], frame[h.mainAt():])
	return start
}

// decode decodes a frame and gives its samples, those of two channels in turns.
// What is damaged is silent.
func (d *decoder) decode(h *header, frame []byte, to []int16) {
	d.h = *h
	if h.mode != modeJoint {
		d.h.extension = 0
	}
	start := d.feed(h, frame)
	d.scales = [2]scales{} // shared within a frame, never between frames
	good := (!d.checked || h.intact(frame)) &&
		parseSide(h, frame[h.mainAt()-h.sideBytes():h.mainAt()], &d.side) &&
		d.side.back <= start
	at := 8 * (start - d.side.back)
	size := lines >> d.halvings * d.channels
	for g := range h.granules() {
		var parts [2]part
		if good {
			parts, at = d.granule(g, at)
		}
		for c := range d.channels {
			o := &d.out[c]
			if d.channels == 1 {
				d.mix(o, parts)
			} else {
				o.tail = d.hybrid(parts[c], o)
			}
			o.synth.run(d.tables, &o.sub, d.halvings, &o.pcm)
			quantise(o.pcm[:lines>>d.halvings], to[g*size+c:(g+1)*size], d.channels)
		}
	}
}

// granule reads granule g from bit at on, and gives the spectra of its channels
// and the place behind. When one channel is to come out and the blocks of both
// are alike, the first is their average. A damaged granule has no lines.
func (d *decoder) granule(g, at int) (parts [2]part, end int) {
	nch := d.h.channels()
	ch := &d.side.ch[g]
	alike := nch == 2 && ch[0].block == ch[1].block && ch[0].mixed == ch[1].mixed
	bias := 4 * 15 // full scale is 2^15
	if d.h.extension&2 != 0 {
		bias -= 2
	}
	mono := d.channels == 1 && nch == 2
	// The average of left and right is the middle channel, but for a factor.
	middle := mono && alike && d.h.extension == 2
	if mono && !middle {
		bias -= 4
	}
	var n [2]int
	good := true
	for c := range nch {
		p := &ch[c]
		end = at + p.bits
		if end > 8*d.have {
			return [2]part{}, end
		}
		from := d.readScales(p, &d.scales[c], at)
		switch {
		case from > end || (middle && c == 1):
			clear(d.xr[c][:])
		default:
			var ok bool
			n[c], ok = d.readLines(p, from, end, d.limits[p.layout()], &d.xr[c])
			good = good && ok
			if n[c] > 0 {
				d.rescale(p, &d.scales[c], &d.xr[c], n[c], bias)
			}
		}
		at = end
	}
	if !good {
		return [2]part{}, end
	}
	if d.h.extension != 0 && !middle {
		most := d.unjoin(g, n)
		n = [2]int{most, most}
	}
	if mono && alike && !middle {
		n[0] = max(n[0], n[1])
		left, right := d.xr[0][:n[0]], d.xr[1][:n[0]]
		for i := range left {
			left[i] += right[i]
		}
		n[1] = 0
	}
	for c := range nch {
		parts[c] = part{&d.xr[c], n[c], &ch[c]}
	}
	return parts, end
}

// mix makes the subband samples of one channel of both parts.
func (d *decoder) mix(o *output, parts [2]part) {
	if parts[1].n == 0 {
		o.tail = d.hybrid(parts[0], o)
		return
	}
	s := &d.second
	s.over, s.tail = [subbands][perBand]float32{}, 0
	s.tail = d.hybrid(parts[1], s)
	o.tail = max(d.hybrid(parts[0], o), s.tail)
	for k := range o.sub {
		for i := range o.sub[k] {
			o.sub[k][i] += s.sub[k][i]
		}
	}
	for i := range o.over[:o.tail] {
		for k := range o.over[i] {
			o.over[i][k] += s.over[i][k]
		}
	}
}

// quantise rounds to 16 bits, one sample every stride.
func quantise(pcm []float32, to []int16, stride int) {
	if stride == 1 {
		to = to[:len(pcm)]
		for i, x := range pcm {
			to[i] = int16(int32(min(max(x, -32768), 32767)+32768.5) - 32768)
		}
		return
	}
	for i, x := range pcm {
		to[i*stride] = int16(int32(min(max(x, -32768), 32767)+32768.5) - 32768)
	}
}
