package audio

import (
	"context"
	"errors"
	"io"
)

const (
	// A shape is made from at least so many samples a second: where decoding at
	// half or a quarter of the rate leaves that, it is faster.
	shapeRate = 8000

	scanSamples = 1 << 13
	tellEvery   = 32 // batches: about 24 s of an 8 kHz recording
)

// Scan brings sh up to what s has, and calls each (unless nil) now and then on
// the way and at the end. It gives nil when it has come to the end of what is
// there, be it whole or not: call it again after Grow, and it goes on where it
// stopped. One Scan at a time for a shape.
//
// In MP3 of high rates it looks at the lower half or quarter of the spectrum
// only, in which speech has nearly all of its strength.
func Scan(ctx context.Context, s *Sound, sh *Shape, each func()) error {
	halvings := 0
	for s.track.halves() && halvings < 2 && s.Rate()>>(halvings+1) >= shapeRate {
		halvings++
	}
	sh.mu.Lock()
	sh.rate = s.Rate() >> halvings
	at, done := sh.at, sh.done
	sh.mu.Unlock()
	if done {
		return nil
	}
	c := s.track.cursor(halvings)
	var p [scanSamples]int16
	for batch := 1; ; batch++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := c.ReadAt(p[:], at)
		at += int64(n)
		sh.add(p[:n])
		end := errors.Is(err, io.EOF)
		if end {
			sh.finish()
		}
		if each != nil && (err != nil || batch%tellEvery == 0) {
			each()
		}
		switch {
		case end, errors.Is(err, ErrNotYet):
			return nil
		case err != nil:
			return err
		}
	}
}
