package corpus

import (
	"math"
	"strconv"
	"strings"
)

// Entry is one of the company's directory.
type Entry struct {
	Index                   int
	ID                      int64
	Type, Status            string
	Extension               string
	First, Last, Name       string // people have the first two, everything else the third
	Title, Department, Site string
	Email, Direct, Mobile   string
	Hidden                  bool
	Federated               string // the company, where it is another one
}

const entryBase = int64(178009114) // Front Desk's extension

// EntryID is the id of the i-th entry: that of its extension.
func EntryID(i int) int64 { return entryBase + int64(i)*8 }

// FindEntry gives the index of an id.
func FindEntry(id int64) (i int, ok bool) {
	n := id - entryBase
	return int(n / 8), n >= 0 && n%8 == 0 && n/8 <= math.MaxInt32
}

// FindExtension gives the index of an extension's number.
func FindExtension(number string) (i int, ok bool) {
	switch number {
	case "":
		return 0, false // the others have none either
	case OwnerExtension:
		return 0, true
	}
	for i := range colleagues {
		if colleagues[i].Extension == number {
			return 1 + i, true
		}
	}
	for i := range facilities {
		if facilities[i].Extension == number {
			return 1 + len(colleagues) + i, true
		}
	}
	n, ok := 0, true
	for i := range len(number) {
		ok = ok && number[i] >= '0' && number[i] <= '9'
		n = n*10 + int(number[i]-'0')
	}
	return n - 1000 + StaffFrom(), ok && n >= 1000 && len(number) < 9
}

// StaffFrom is the index of the first entry that is nobody in particular.
func StaffFrom() int { return 1 + len(colleagues) + len(facilities) }

// Person reports whether the entry is somebody, who can be present.
func (e Entry) Person() bool { return e.Type == "User" }

// facility is what has an extension without being a person.
type facility struct {
	Party
	kind string
}

var facilities = []facility{
	{queues[0], "Department"},
	{queues[1], "Department"},
	{queues[2], "Department"},
	{Party{Name: "Main Menu", Extension: "10"}, "IvrMenu"},
	{Party{Name: "Holiday Hours", Extension: "301"}, "Announcement"},
	{Party{Name: "After Hours Messages", Extension: "302"}, "Voicemail"},
	{Party{Name: "Hallway Pages", Extension: "303"}, "PagingOnly"},
	{Party{Name: "Reception Lines", Extension: "304"}, "SharedLinesGroup"},
	{Party{Name: "Park 1", Extension: "801"}, "ParkLocation"},
	{Party{Name: "Break Room", Extension: "305"}, "Limited"},
	{Party{Name: "Dock Office"}, "Site"},
}

// Entry makes the i-th entry: Front Desk, the colleagues that messages come
// from, queues and the like, then as many of the staff as are asked for.
func (c *Corpus) Entry(i int) Entry {
	e := Entry{Index: i, ID: EntryID(i), Type: "User", Status: "Enabled", Site: "Main Site"}
	k := i - 1
	switch {
	case i == 0:
		e.First, e.Last, e.Extension, e.Direct = "Front", "Desk", OwnerExtension, OwnerNumber
		e.Email = "front.desk@harborstreet.example"
		return e
	case k < len(colleagues):
		e.First, e.Last, _ = strings.Cut(colleagues[k].Name, " ")
		e.Extension = colleagues[k].Extension
		e.Email = address(e.First, e.Last)
		return e
	case k-len(colleagues) < len(facilities):
		f := facilities[k-len(colleagues)]
		e.Type, e.Name, e.Extension, e.Direct = f.kind, f.Name, f.Extension, f.Number
		return e
	}
	c.staff(&e, i-StaffFrom())
	return e
}

func (c *Corpus) staff(e *Entry, n int) {
	r := stream(c.seed, forContact, uint64(n)|1<<41)
	e.First, e.Last = pick(&r, firstNames), pick(&r, lastNames)
	e.Extension = strconv.Itoa(1000 + n)
	e.Title = pick(&r, []string{"Nurse", "Dispatcher", "Hygienist", "Courier", "Biller", "Physician", "Scheduler", "Technician"})
	e.Department = pick(&r, []string{"Dental", "Delivery", "Billing", "Clinic", "Records"})
	e.Email = address(e.First, e.Last)
	if r.percent(30) {
		at := places[n%len(places)]
		e.Direct = "+1" + at.code + "5551" + pad3(n/len(places)%1000)
	}
	if r.percent(10) {
		e.Site = "Dock Office"
	}
	switch n % 25 {
	case 6:
		e.Status = "NotActivated"
	case 11:
		e.Last = hostileNames[n/25%len(hostileNames)]
	case 13:
		names := foreignNames[n/25%len(foreignNames)]
		e.First, e.Last = "", names[n%len(names)]
	case 17:
		e.Status = "Disabled"
	case 19:
		e.Email, e.Title, e.Department, e.Direct = "", "", "", ""
	case 22:
		e.Federated, e.Extension = "Harbor Street Logistics", ""
		e.Mobile = "+1510555" + pad3(n%1000) + "7"
	case 24:
		e.Hidden = true
	}
}

func pad3(n int) string { return strconv.Itoa(1000 + n)[1:] }
