package corpus

import "encoding/binary"

// faxTIFF writes pages as a TIFF of class F: one strip and one directory a
// page, little-endian. height is the vertical resolution in lines per inch.
func faxTIFF(pages []faxPage, c coding, height int) []byte {
	le := binary.LittleEndian
	out := append(make([]byte, 0, 64<<10), "II*\x00\x00\x00\x00\x00"...)
	link := 4 // where the offset of the next directory goes
	for n, page := range pages {
		strip := len(out)
		out = append(out, page.encode(c)...)
		length := len(out) - strip
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
		ratio := len(out)
		for _, v := range []int{204, 1, height, 1} {
			out = le.AppendUint32(out, uint32(v))
		}
		maker := len(out)
		out = append(out, "Harbor Street Fax\x00"...)
		le.PutUint32(out[link:], uint32(len(out)))

		compression, order, options, optionsTag := 4, 1, 0, 293
		switch c {
		case codingLSB:
			order = 2
		case codingG3:
			compression, optionsTag = 3, 292
		case codingG32D:
			compression, options, optionsTag = 3, 1, 292
		}
		const short, long, rational, ascii = 3, 4, 5, 2
		entries := [][4]int{ // tag, type, count, value; in order of tags
			{254, long, 1, 2}, // one page of several
			{256, long, 1, page.w},
			{257, long, 1, page.h},
			{258, short, 1, 1},
			{259, short, 1, compression},
			{262, short, 1, 0}, // 0 is white
			{266, short, 1, order},
			{273, long, 1, strip},
			{277, short, 1, 1},
			{278, long, 1, page.h},
			{279, long, 1, length},
			{282, rational, 1, ratio},
			{283, rational, 1, ratio + 8},
			{optionsTag, long, 1, options},
			{296, short, 1, 2}, // inches
			{297, short, 2, n | len(pages)<<16},
			{305, ascii, 18, maker},
		}
		out = le.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = le.AppendUint16(le.AppendUint16(out, uint16(e[0])), uint16(e[1]))
			out = le.AppendUint32(le.AppendUint32(out, uint32(e[2])), uint32(e[3]))
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}
