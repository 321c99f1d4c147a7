package cos

import "errors"

// unpredict undoes the predictors of Flate and LZW (7.4.4.4): TIFF's, and PNG's
// with its mark before each row.
func (f *File) unpredict(b []byte, parms Dict) ([]byte, error) {
	colors := f.Int(parms["Colors"], 1)
	bits := f.Int(parms["BitsPerComponent"], 8)
	columns := f.Int(parms["Columns"], 1)
	if colors < 1 || colors > 64 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<24 {
		return nil, errors.New("a part of the file is packed in a way that makes no sense")
	}
	row := (colors*bits*columns + 7) / 8
	pixel := max((colors*bits+7)/8, 1)
	if f.Int(parms["Predictor"], 1) == 2 {
		tiffPredict(b, row, colors, bits, columns)
		return b, nil
	}
	return pngPredict(b, row, pixel), nil
}

func tiffPredict(b []byte, row, colors, bits, columns int) {
	for ; len(b) >= row; b = b[row:] {
		line := b[:row]
		switch bits {
		case 8:
			for i := colors; i < row; i++ {
				line[i] += line[i-colors]
			}
		case 16:
			for i := 2 * colors; i+1 < row; i += 2 {
				n := uint16(line[i])<<8 | uint16(line[i+1])
				n += uint16(line[i-2*colors])<<8 | uint16(line[i-2*colors+1])
				line[i], line[i+1] = byte(n>>8), byte(n)
			}
		default:
			tiffBits(line, colors, bits, columns)
		}
	}
}

// tiffBits is tiffPredict for samples of fewer than 8 bits.
func tiffBits(line []byte, colors, bits, columns int) {
	mask := byte(1)<<bits - 1
	at := func(i int) (byte, int) { // a sample and its shift
		bit := i * bits
		shift := 8 - bits - bit&7
		if shift < 0 { // bits that do not divide 8: not known to be used
			shift = 0
		}
		return line[bit>>3] >> shift & mask, shift
	}
	for i := colors; i < colors*columns; i++ {
		before, _ := at(i - colors)
		now, shift := at(i)
		p := &line[i*bits>>3]
		*p = *p&^(mask<<shift) | (now+before)&mask<<shift
	}
}

func pngPredict(b []byte, row, pixel int) []byte {
	out := make([]byte, 0, len(b))
	above := make([]byte, row)
	for len(b) > 1 {
		kind := b[0]
		n := min(row, len(b)-1)
		start := len(out)
		out = append(out, b[1:1+n]...)
		b = b[1+n:]
		line := out[start:]
		for i := range line {
			var left, corner byte
			if i >= pixel {
				left, corner = line[i-pixel], above[i-pixel]
			}
			switch kind {
			case 1:
				line[i] += left
			case 2:
				line[i] += above[i]
			case 3:
				line[i] += byte((int(left) + int(above[i])) / 2)
			case 4:
				line[i] += paeth(left, above[i], corner)
			}
		}
		if n < row {
			break
		}
		above = line
	}
	return out
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
