package teams

import (
	"strconv"
	"strings"
)

// writer fills in templates: {name} stands for something invented.
type writer struct {
	rng
	t *Teams
}

func (w *writer) text(template string) string {
	if !strings.Contains(template, "{") {
		return template
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		w.name(&b, name)
		template = after
	}
}

func (w *writer) name(b *strings.Builder, name string) {
	switch name {
	case "n":
		b.WriteString(strconv.Itoa(w.between(2, 12)))
	case "num":
		b.WriteString(strconv.Itoa(w.between(1000, 9999)))
	case "phone":
		b.WriteString("(" + pick(&w.rng, []string{"415", "510", "650", "707"}) + ") 555-01" + strconv.Itoa(w.between(10, 99)))
	case "code":
		b.WriteString("HS-" + strconv.Itoa(w.between(10000, 99999)))
	case "amount":
		b.WriteString("$" + strconv.Itoa(w.between(15, 900)) + ".50")
	case "time":
		b.WriteString(strconv.Itoa(w.between(8, 16)) + pick(&w.rng, []string{":00", ":15", ":30", ":45"}))
	case "doctor":
		b.WriteString("Dr. " + pick(&w.rng, lasts))
	default:
		b.WriteString(pick(&w.rng, lists(name)))
	}
}

func lists(name string) []string {
	switch name {
	case "first":
		return firsts
	case "last":
		return lasts
	case "drug":
		return drugs
	case "town":
		return towns
	case "weekday":
		return []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
	case "topic":
		return topics
	}
	return []string{name}
}

var (
	firsts     = []string{"Alma", "Dolores", "Emeka", "Greta", "Hector", "Ingrid", "Jamal", "Keisha", "Lamar", "Mabel", "Odette", "Percy", "Quentin", "Ruth", "Selma", "Tomasz"}
	lasts      = []string{"Abara", "Bergstrom", "Cardenas", "Dupree", "Echeverria", "Fairbanks", "Guzman", "Hathaway", "Ibarra", "Jankowski", "Kowalczyk", "Lindqvist", "Moreau", "Nakamura", "Pemberton"}
	drugs      = []string{"amoxicillin", "lisinopril", "metformin", "atorvastatin", "albuterol", "prednisone", "lidocaine", "gauze pads"}
	towns      = []string{"Pacifica", "San Mateo", "Daly City", "Fremont", "Napa", "Vallejo", "Hayward", "Benicia", "Alameda", "Sonoma"}
	topics     = []string{"new fax cover sheet", "holiday hours", "who answers the hotline", "missed calls after six", "refill backlog"}
	guestFirst = []string{"Nora", "Otis", "Paloma", "Ravi", "Siobhan", "Tariq", "Uma", "Viktor"}
	guestLast  = []string{"Quint", "Reyes", "Sørensen", "Tanaka", "Uddin", "Vance", "Wójcik", "Zeller"}
)
