package mp3

// bands are the first lines of the scale factor bands at one sampling frequency:
// of long blocks, and of each of three short ones (tables B.8; 13818-3 tables
// B.2).
type bands struct {
	long  [23]uint16
	short [14]uint16
}

// bands are those of the frame's version and rate.
func (h *header) bands() *bands { return &bandTable[h.version][h.rateIndex] }

// switched is the number of lines before the second table when a frame does not
// say it: the first eight bands of long blocks, or three of short ones.
func (b *bands) switched(k block) int {
	if k == blockShort {
		return 3 * int(b.short[3])
	}
	return int(b.long[8])
}

// The bands that 16 and 22.05 kHz share with the lowest rates.
var (
	bands22 = [23]uint16{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576}
	bands16 = [14]uint16{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 134, 174, 192}
)

// bandTable is never written.
var bandTable = [...][3]bands{
	mpeg25: {
		{bands22, bands16}, // 11.025 kHz
		{bands22, bands16}, // 12 kHz
		{ // 8 kHz
			[23]uint16{0, 12, 24, 36, 48, 60, 72, 88, 108, 132, 160, 192, 232, 280, 336, 400, 476, 566, 568, 570, 572, 574, 576},
			[14]uint16{0, 8, 16, 24, 36, 52, 72, 96, 124, 160, 162, 164, 166, 192},
		},
	},
	mpeg2: {
		{ // 22.05 kHz
			bands22,
			[14]uint16{0, 4, 8, 12, 18, 24, 32, 42, 56, 74, 100, 132, 174, 192},
		},
		{ // 24 kHz; 332 is from the corrigendum, 330 in the first print
			[23]uint16{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576},
			[14]uint16{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 136, 180, 192},
		},
		{bands22, bands16}, // 16 kHz
	},
	mpeg1: {
		{ // 44.1 kHz
			[23]uint16{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576},
			[14]uint16{0, 4, 8, 12, 16, 22, 30, 40, 52, 66, 84, 106, 136, 192},
		},
		{ // 48 kHz
			[23]uint16{0, 4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576},
			[14]uint16{0, 4, 8, 12, 16, 22, 28, 38, 50, 64, 80, 100, 126, 192},
		},
		{ // 32 kHz
			[23]uint16{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 54, 66, 82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576},
			[14]uint16{0, 4, 8, 12, 16, 22, 30, 42, 58, 78, 104, 138, 180, 192},
		},
	},
}
