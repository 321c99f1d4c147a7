package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	f := saveStore(t)
	for _, form := range []string{"manifest.json", "manifest.csv"} {
		t.Run(form, func(t *testing.T) {
			dir := t.TempDir()
			rep, err := f.Save(t.Context(), f.ids, SaveOptions{Dir: dir, Template: "{name}", Manifest: true})
			if err != nil {
				t.Fatal(err)
			}
			if form == "manifest.csv" {
				os.Remove(filepath.Join(dir, "manifest.json"))
			}
			n := names(rep)
			b, _ := os.ReadFile(filepath.Join(dir, n[0]))
			b[5] ^= 1
			for _, err := range []error{
				os.WriteFile(filepath.Join(dir, n[0]), b, 0o600),
				os.Remove(filepath.Join(dir, n[1])),
				os.Remove(filepath.Join(dir, n[2])),
				os.Symlink("/etc/hostname", filepath.Join(dir, n[2])),
				os.WriteFile(filepath.Join(dir, "extra"), nil, 0o600),
				os.Mkdir(filepath.Join(dir, "more"), 0o700),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			v, err := Verify(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			want := VerifyReport{OK: n[3:], Missing: n[1:2], Changed: []string{n[0], n[2]}, Extra: []string{"extra", "manifest.json", "more/"}}
			want.Extra = slices.DeleteFunc(want.Extra, func(s string) bool { return s == "manifest.json" })
			if !slices.Equal(v.OK, want.OK) || !slices.Equal(v.Missing, want.Missing) || !slices.Equal(v.Changed, want.Changed) || !slices.Equal(v.Extra, want.Extra) {
				t.Errorf("got  %+v\nwant %+v", v, want)
			}
		})
	}
	if _, err := Verify(t.Context(), t.TempDir()); !errors.Is(err, ErrNotFound) {
		t.Errorf("no manifest: %v", err)
	}
}

// A manifest that leads elsewhere or makes no sense is refused by Verify, and
// kept aside by Save.
func TestBadManifest(t *testing.T) {
	sum := strings.Repeat("0", 64)
	for _, text := range []string{
		`{"format":1,"files":[{"file":"../x","sha256":"` + sum + `"}]}`,
		`{"format":1,"files":[{"file":"/etc/passwd","sha256":"` + sum + `"}]}`,
		`{"format":1,"files":[{"file":"a\\b","sha256":"` + sum + `"}]}`,
		`{"format":1,"files":[{"file":"a","sha256":"abc"}]}`,
		`{"format":1,"files":[{"file":"a","bytes":-1,"sha256":"` + sum + `"}]}`,
		`{"format":7}`, `{`, ``,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), dir); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
	f := saveStore(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := f.Save(t.Context(), f.ids, SaveOptions{Dir: dir, Manifest: true})
	if err != nil || len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "manifest.json.unreadable-20261120T091500") {
		t.Errorf("%v %q", err, rep.Notes)
	}
	if v, err := Verify(t.Context(), dir); err != nil || len(v.OK) != 4 {
		t.Errorf("%+v %v", v, err)
	}
}

func FuzzManifest(f *testing.F) {
	sum := strings.Repeat("a", 64)
	f.Add([]byte(`{"format":1,"files":[{"id":"0","file":"a","bytes":1,"sha256":"` + sum + `"}]}`))
	f.Add([]byte(strings.Join(manifestHeader[:], ",") + "\r\n1,2,3,4,5,6,a,1," + sum + ",9,10,11\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		j, _ := parseJSON(b)
		c, _ := parseCSV(b)
		for _, e := range append(j, c...) {
			if !filepath.IsLocal(e.File) || filepath.Base(e.File) != e.File {
				t.Fatalf("leads outside: %q", e.File)
			}
		}
	})
}
