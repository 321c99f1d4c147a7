package sound

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// program is an outside player that takes raw samples on its standard input.
type program struct {
	name  string
	delay time.Duration // about how long it keeps what it gets
	args  string        // {rate} is replaced by the samples a second
	alsa  bool          // needs a sound card of this machine
}

// programs are those that are known, the best first.
func programs() []program {
	return []program{
		{"pacat", 100 * time.Millisecond, "--playback --raw --format=s16le --channels=1 --rate={rate} --latency-msec=100 --client-name=switchboard", false},
		{"aplay", 100 * time.Millisecond, "-q -t raw -f S16_LE -c 1 -r {rate} --buffer-time=100000 -", true},
		{"mpv", 200 * time.Millisecond, "--no-config --no-terminal --no-video --really-quiet --load-scripts=no --cache=no --audio-buffer=0.2 " +
			"--demuxer=rawaudio --demuxer-rawaudio-rate={rate} --demuxer-rawaudio-channels=1 --demuxer-rawaudio-format=s16le -", true},
		{"play", 150 * time.Millisecond, "-q -t raw -e signed -b 16 -L -c 1 -r {rate} -", true},
		{"sox", 150 * time.Millisecond, "-q -t raw -e signed -b 16 -L -c 1 -r {rate} - -d", true},
		{"ffplay", 300 * time.Millisecond, "-nodisp -autoexit -loglevel error -probesize 32 -analyzeduration 0 -f s16le -ar {rate} -i -", true},
	}
}

func knownProgram(name string) (program, bool) {
	for _, p := range programs() {
		if p.name == strings.TrimSuffix(filepath.Base(name), ".exe") {
			return p, true
		}
	}
	return program{}, false
}

// pipeTo is an output through a command line.
func pipeTo(argv []string, delay time.Duration, crash Crash) Output {
	return newPaced(func(rate int) (sink, error) {
		full := make([]string, len(argv))
		for i, a := range argv {
			full[i] = strings.ReplaceAll(a, "{rate}", strconv.Itoa(rate))
		}
		p, err := start(full, true, crash)
		if err != nil {
			return nil, err
		}
		return p, nil
	}, delay, crash)
}

// words splits a command line at blanks; single and double quotes hold words
// together. No shell is asked, and nothing else has a meaning.
func words(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ' || r == '\t':
			if open || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote is not closed in %q", line)
	}
	if open || word.Len() > 0 {
		out = append(out, word.String())
	}
	return out, nil
}
