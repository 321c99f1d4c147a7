package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "switchboard/"

// rule says what a folder's packages must not import. Test files are held to
// it too, but for the exceptions a rule names.
type rule struct {
	in      string   // folder, with everything below it
	except  []string // folders below in that the rule leaves alone
	never   []string // import paths or prefixes ending in /
	inTests bool
}

var (
	charm = []string{"charm.land/", "github.com/charmbracelet/"}
	rules = []rule{
		{in: "api", except: []string{"api/simulator"}, never: append([]string{module + "store", module + "ui", module + "keymap", module + "api/simulator"}, charm...)},
		{in: "api/simulator", never: append([]string{module + "store", module + "ui", module + "keymap"}, charm...)},
		{in: "store", never: append([]string{module + "ui", module + "keymap", module + "api/simulator"}, charm...)},
		{in: "store", never: []string{module + "ui", module + "keymap"}, inTests: true},
		{in: "keymap", never: append([]string{module + "api", module + "store", module + "ui"}, charm...), inTests: true},
		{in: "ui", except: []string{"ui/command", "ui/uitest"}, never: []string{module + "api", "net/http"}},
		{in: "ui/kit", never: []string{module + "store", module + "api", module + "keymap"}, inTests: true},
		{in: "ui/theme", never: []string{module + "store", module + "api", module + "keymap"}, inTests: true},
	}
	// screens meet in the root model and never import each other.
	screens = []string{"inbox", "reader", "attachments", "jobs", "search"}
)

// TestImportRules holds the rooms apart as the map of the code in README says.
func TestImportRules(t *testing.T) {
	for path, imports := range goFiles(t) {
		for _, imp := range imports {
			if why := forbidden(path, imp); why != "" {
				t.Errorf("%s imports %s: %s", path, imp, why)
			}
		}
	}
}

func forbidden(path, imp string) string {
	test := strings.HasSuffix(path, "_test.go")
	for _, r := range rules {
		if !under(path, r.in) || (test && !r.inTests) {
			continue
		}
		left := false
		for _, e := range r.except {
			left = left || under(path, e)
		}
		for _, n := range r.never {
			if !left && (imp == n || strings.HasPrefix(imp, strings.TrimSuffix(n, "/")+"/")) {
				return r.in + " must not know " + n
			}
		}
	}
	for _, a := range screens {
		for _, b := range screens {
			if a != b && under(path, "ui/"+a) && imp == module+"ui/"+b {
				return "screens never import each other"
			}
		}
	}
	if imp == "switchboard" {
		return "nothing imports main"
	}
	return ""
}

func under(path, dir string) bool { return strings.HasPrefix(path, dir+"/") }

// goFiles maps each Go file of the module to what it imports.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(path)
		files[slash] = []string{}
		for _, s := range f.Imports {
			imp, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			files[slash] = append(files[slash], imp)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestImportRulesBite makes sure that the rules can fail at all.
func TestImportRulesBite(t *testing.T) {
	for _, c := range []struct{ path, imp string }{
		{"ui/inbox/model.go", "net/http"},
		{"ui/inbox/model.go", module + "api/ringcentral"},
		{"ui/inbox/model.go", module + "ui/reader"},
		{"store/sync.go", "charm.land/bubbletea/v2"},
		{"store/sync.go", module + "api/simulator"},
		{"api/client.go", module + "store"},
		{"keymap/action.go", module + "store"},
		{"ui/kit/table.go", module + "store"},
	} {
		if forbidden(c.path, c.imp) == "" {
			t.Errorf("%s may import %s", c.path, c.imp)
		}
	}
	for _, c := range []struct{ path, imp string }{
		{"ui/command/demo.go", module + "api/simulator"},
		{"store/ringcentral/adapter_test.go", module + "api/simulator"},
		{"ui/inbox/model.go", module + "store"},
		{"store/blobs.go", module + "api"},
	} {
		if why := forbidden(c.path, c.imp); why != "" {
			t.Errorf("%s must be able to import %s: %s", c.path, c.imp, why)
		}
	}
}
