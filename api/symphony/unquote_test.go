package symphony

import (
	"encoding/json"
	"testing"
)

// What is read of a string is what the standard library reads.
func FuzzUnquote(f *testing.F) {
	for _, s := range []string{
		`""`, `"plain"`, `"\u003cdiv class=\"a\"\u003eAna\u003c/div\u003e"`, `"\b\f\n\r\t\/\\\""`, `"\ud83d\ude00 \ud83d x \ude00 \ud83d\u0041"`,
		`"\ud83d"`, `"\ud83d\n"`, "\"\xff\"", `"Приёмная \u041f 🥪"`, `"\u0000\uffff\uFFFD"`, `"\ud83d\ud83d\ude00"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want string
		if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' || json.Unmarshal(b, &want) != nil {
			return // the reader of the document has refused it before
		}
		if got, err := unquote(b); err != nil || got != want {
			t.Errorf("%q is read as %q, %v, want %q", b, got, err, want)
		}
	})
}
