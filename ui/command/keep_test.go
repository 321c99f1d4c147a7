package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchboard/store"
)

func TestSaveZipAndVerify(t *testing.T) {
	w := synced(t, 60)
	zip := filepath.Join(w.dir, "out", "faxes.zip")
	r := w.ok("save", "in:fax", "--zip", zip, "--template", "{date}_{from}_{kind}_{pages}p_{id}", "--json")
	s := decode[saveJSON](t, r.out)
	if s.Zip != zip || len(s.Files) == 0 || len(s.Failed) > 0 || s.Files[0].Path != zip {
		t.Fatalf("%+v", s)
	}
	for _, f := range s.Files {
		if !strings.Contains(f.Name, "_fax_") || !strings.HasSuffix(f.Name, f.Item+".pdf") && !strings.HasSuffix(f.Name, f.Item+".tiff") {
			t.Errorf("name %q", f.Name)
		}
	}
	if v := decode[verifyJSON](t, w.ok("verify", zip, "--json").out); !v.Whole || len(v.OK) != len(s.Files) || len(v.Extra) > 0 {
		t.Errorf("%+v", v)
	}
	if got := w.ok("save", "in:fax", "--zip", zip, "--template", "{date}_{from}_{kind}_{pages}p_{id}").out; got != zip+"\n" {
		t.Errorf("again: %q", got)
	}
	if r := w.run("save", "in:fax", "--zip", zip, "--dir", w.dir); r.code != exitUsage {
		t.Errorf("both: %d", r.code)
	}
	if r := w.run("save", "in:fax", "--dir", w.dir, "--template", "{page}"); r.code == 0 || !strings.Contains(r.err, "{pages}") {
		t.Errorf("%d: %s", r.code, r.err)
	}
	if err := os.WriteFile(zip, []byte("no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := w.run("verify", zip); r.code != exitFailed {
		t.Errorf("no archive: %d %s", r.code, r.err)
	}
	if r := w.run("verify", zip+"x"); r.code != exitNotFound {
		t.Errorf("not there: %d", r.code)
	}
}

func TestVerifyStrict(t *testing.T) {
	w := synced(t, 40)
	dir := filepath.Join(w.dir, "faxes")
	w.ok("save", "in:fax", "--dir", dir, "--manifest")
	if err := os.WriteFile(filepath.Join(dir, "extra.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.ok("verify", dir)
	if r := w.run("verify", dir, "--strict", "--json"); r.code != exitFailed || decode[verifyJSON](t, r.out).Whole {
		t.Errorf("%d: %s", r.code, r.out)
	}
}

func TestCacheCommand(t *testing.T) {
	w := synced(t, 40)
	fax := w.list("in:fax")
	dir := filepath.Join(w.dir, "one")
	w.ok("save", fax[0].ID, "--dir", dir)
	w.ok("open", fax[1].ID, "--print")
	c := decode[cacheJSON](t, w.ok("cache", "--json").out)
	if c.Files != 2 || c.Bytes == 0 || c.Saved != 1 || c.Limit != 0 {
		t.Errorf("%+v", c)
	}
	c = decode[cacheJSON](t, w.ok("cache", "--clear", "--json").out)
	if c.Files != 1 || c.Cleared != 1 || c.ClearedBytes == 0 || c.Saved != 1 {
		t.Errorf("cleared: %+v", c)
	}
	if text := w.ok("cache").out; !strings.Contains(text, "(no limit)\n") || !strings.Contains(text, "1 saved") || !strings.HasSuffix(text, "\n") {
		t.Errorf("%s", text)
	}
}

func TestCacheConfig(t *testing.T) {
	for text, want := range map[string]int64{
		`cache = "2 GB"`: 2_000_000_000, `cache = "500MiB"`: 500 << 20, `cache = 0`: 0, `theme = "dark"`: 0,
		`cache = "2 gold"`: -1, `cache = 5`: -1, `cache = "5"`: -1, `cache = "-2 GB"`: -1, `cache = ""`: -1,
	} {
		c, err := ParseConfig("c.toml", text)
		if want < 0 != (err != nil) || err == nil && c.Cache != want {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
}

// What doctor says of programs and sound is there whether they are or not.
func TestDoctorNamesPrograms(t *testing.T) {
	w := newWorld(t)
	list := decode[[]finding](t, w.run("doctor", "--offline", "--json").out)
	var names []string
	for _, f := range list {
		names = append(names, f.Check)
		if f.Text == "" {
			t.Errorf("%s: nothing is said", f.Check)
		}
	}
	for _, want := range []string{"mutool", "pdftoppm", "tesseract", "mpv", "lp", "sound"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not named: %q", want, names)
		}
	}
}

// Text that was found in a file is shown for scripts and found by list.
func TestFileTextShown(t *testing.T) {
	w := synced(t, 40)
	fax := w.list("in:fax")[0]
	st, err := store.Open(t.Context(), store.Options{Dir: w.dir})
	if err != nil {
		t.Fatal(err)
	}
	id, err := store.ParseID(fax.ID)
	if err != nil {
		t.Fatal(err)
	}
	it, err := st.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.SetFileText(t.Context(), it.Attachments[0].ID, []string{"first", "the zeppelin"}, "tesseract"); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	got := decode[itemJSON](t, w.ok("show", fax.ID, "--json").out)
	if at := got.Attachments[0]; !slices.Equal(at.Text, []string{"first", "the zeppelin"}) || at.TextBy != "tesseract" {
		t.Errorf("%+v", at)
	}
	if found := w.list("zeppelin"); len(found) != 1 || found[0].ID != fax.ID {
		t.Errorf("found %d", len(found))
	}
}
