package audio

import "errors"

// ErrUnsupported says that the file is a sound of a kind this package does not
// decode. An outside player may.
type ErrUnsupported struct {
	Format string // in words for a person: "AMR", "Ogg Vorbis", "WAV with GSM 6.10"
}

func (e ErrUnsupported) Error() string { return e.Format + " cannot be played here" }

var (
	// ErrNotSound says that the file holds no sound that is known at all.
	ErrNotSound = errors.New("this is no recording of a known kind")

	// ErrNotYet says that the bytes asked for have not been fetched yet: after
	// Grow it may go.
	ErrNotYet = errors.New("this part has not been fetched yet")
)
