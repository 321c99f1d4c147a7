package picture

import (
	"encoding/hex"
	"testing"
	"time"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// smallWebP is 16 by 8 white pixels with a black corner, as libwebp writes it
// without loss.
func smallWebP() []byte {
	return unhex("524946462a000000574542505650384c1e0000002f0fc001000f30fff33ffff31f785090b60133ffa6ff3c44f47f02c0f501")
}

// animatedWebP is three frames by ffmpeg's libwebp: white, and on it a black
// and then a red square of 4 by 4.
func animatedWebP() []byte {
	return unhex("52494646b400000057454250" +
		"565038580a000000020000000f0000070000" + "414e494d06000000ffffffff0100" +
		"414e4d462a0000000000000000000f0000070000780000025650384c110000002f0fc0010007d0fffef7bfff8188e87f0000" +
		"414e4d4626000000020000010000030000030000780000005650384c0e0000002f03c00000071011fd0f4444ff03" +
		"414e4d4628000000040000010000030000030000780000005650384c0f0000002f03c000000710fd8ffe0722a2ff0100")
}

func TestWebP(t *testing.T) {
	p := open(t, smallWebP(), Limits{})
	page, err := p.Page(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if w, h := p.Size(); w != 16 || h != 8 || shown(page, 2, 2) > 20 || shown(page, 12, 2) < 230 {
		t.Errorf("%d by %d, %d and %d", w, h, shown(page, 2, 2), shown(page, 12, 2))
	}
}

func TestAnimatedWebP(t *testing.T) {
	p := open(t, animatedWebP(), Limits{})
	if p.Frames() != 3 || p.Loops() != 1 || p.Delay(0) != 120*time.Millisecond {
		t.Fatalf("%d frames, %d loops, %v", p.Frames(), p.Loops(), p.Delay(0))
	}
	for n, want := range [][2]bool{{false, false}, {true, false}, {true, true}} {
		page, err := p.Frame(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if black, red := shown(page, 5, 3) < 20, shown(page, 9, 3) < 120; black != want[0] || red != want[1] {
			t.Errorf("frame %d: black %v, red %v, want %v", n, black, red, want)
		}
	}
}
