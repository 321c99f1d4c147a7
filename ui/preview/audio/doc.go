// Package audio reads recordings: voicemail, call recordings and sounds that
// come with messages. It tells WAV and MP3 by their content, gives mono samples
// of 16 bits at any position while the file is still being fetched, the shape of
// the whole as a waveform with its silences, and another speed at the same pitch.
//
// It plays nothing and opens no device: preview/sound does.
package audio
