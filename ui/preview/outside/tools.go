package outside

import "os/exec"

// Tool is a program that adds something where it is installed.
type Tool struct {
	Name string
	Adds string // what it is good for, in words for a person
	Path string // "" where it is not installed
}

// Find looks a program up; "" when it is not installed.
func Find(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// First is the first of these programs that is installed, and its path.
func First(names ...string) (name, path string) {
	for _, n := range names {
		if p := Find(n); p != "" {
			return n, p
		}
	}
	return "", ""
}

// Renderers are the programs that draw PDF pages, the best first.
func Renderers() []string { return []string{"mutool", "pdftoppm"} }

// Tools is every program that is of use, with where it is, for `doctor`.
func Tools() []Tool {
	all := []Tool{
		{Name: "mutool", Adds: "draws PDF pages with text and drawings"},
		{Name: "pdftoppm", Adds: "draws PDF pages with text and drawings"},
		{Name: "tesseract", Adds: "reads the text of scanned pages, so that they can be searched"},
		{Name: "mpv", Adds: "plays formats this program cannot, AMR above all, and video"},
		{Name: "ffplay", Adds: "plays formats this program cannot"},
		{Name: printer(), Adds: "prints"},
	}
	for _, c := range clipboards() {
		all = append(all, Tool{Name: c.argv[0], Adds: "copies where the terminal does not take copies"})
	}
	for i := range all {
		all[i].Path = Find(all[i].Name)
	}
	return all
}
