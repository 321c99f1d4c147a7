package pdf

import (
	"context"
	"fmt"
	"math"

	"switchboard/ui/preview/pdf/cos"
)

// leaf is where a page is and what it inherits from the tree above it.
type leaf struct {
	ref  cos.Value
	from cos.Dict
}

// inherited are the entries of a page that may stand above it (7.7.3.4).
var inherited = [...]cos.Name{"Resources", "MediaBox", "CropBox", "Rotate"}

// maxTree is how deep a page tree may be.
const maxTree = 64

// tree lists the pages. A node all of whose kids are pages by its count is
// believed, so that a page is not read before it is asked for.
func (d *document) tree(ctx context.Context) ([]leaf, error) {
	var out []leaf
	seen := map[cos.Ref]bool{}
	var walk func(v cos.Value, from cos.Dict, depth int) error
	walk = func(v cos.Value, from cos.Dict, depth int) error {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("finding the pages: %w", err)
		}
		if r, ok := v.(cos.Ref); ok {
			if seen[r] {
				return nil // a loop
			}
			seen[r] = true
		}
		node := d.file.Dict(v)
		kids := d.file.Array(node["Kids"])
		if node == nil || depth > maxTree || len(out) >= d.lim.Pages {
			return nil
		}
		if kids == nil {
			if t := d.file.Name(node["Type"]); t == "Page" || t == "" && (node["Contents"] != nil || node["MediaBox"] != nil) {
				out = append(out, leaf{ref: v, from: from})
			}
			return nil
		}
		from = d.inherit(node, from)
		flat := d.file.Int(node["Count"], -1) == len(kids)
		for _, k := range kids {
			if len(out) >= d.lim.Pages {
				return nil
			}
			if r, ok := k.(cos.Ref); ok && flat {
				if !seen[r] {
					seen[r] = true
					out = append(out, leaf{ref: k, from: from})
				}
				continue
			}
			if err := walk(k, from, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	err := walk(d.file.Root()["Pages"], nil, 0)
	if len(out) > 0 && len(d.file.Dict(out[0].ref)) == 0 {
		out = nil // a tree that leads nowhere
	}
	return out, err
}

func (d *document) inherit(node, from cos.Dict) cos.Dict {
	out := cos.Dict{}
	for _, k := range inherited {
		if v := d.file.Resolve(node[k]); v != nil {
			out[k] = v
		} else if v := from[k]; v != nil {
			out[k] = v
		}
	}
	return out
}

// sheet is a page as the file describes it.
type sheet struct {
	dict   cos.Dict
	res    cos.Dict
	box    rect    // what of it is shown, in user space
	rotate int     // quarter turns clockwise
	unit   float64 // points (1/72 inch) a unit of user space
}

// sheet reads page n.
func (d *document) sheet(n int) (sheet, error) {
	if n < 0 || n >= len(d.pages) {
		return sheet{}, fmt.Errorf("the file has no page %d: it has %d", n+1, len(d.pages))
	}
	l := d.pages[n]
	node, from := d.file.Dict(l.ref), l.from
	// The count of the node above was believed: here is another node after all.
	for depth := 0; depth < maxTree && d.file.Array(node["Kids"]) != nil; depth++ {
		from = d.inherit(node, from)
		kids := d.file.Array(node["Kids"])
		if len(kids) == 0 {
			break
		}
		node = d.file.Dict(kids[0])
	}
	if node == nil {
		return sheet{}, fmt.Errorf("page %d is missing from the file", n+1)
	}
	all := d.inherit(node, from)
	s := sheet{dict: node, res: d.file.Dict(all["Resources"]), unit: 1}
	if u, ok := d.file.Num(node["UserUnit"]); ok && u > 0 && u < 1e5 {
		s.unit = u
	}
	media, ok := d.rect(all["MediaBox"])
	if !ok {
		media = rect{0, 0, 612, 792}
	}
	s.box = media
	if crop, ok := d.rect(all["CropBox"]); ok {
		if c := crop.intersect(media); !c.empty() {
			s.box = c
		}
	}
	turn := d.file.Int(all["Rotate"], 0)
	s.rotate = ((turn/90)%4 + 4) % 4
	return s, nil
}

// rect reads a box with any two of its corners (7.9.5).
func (d *document) rect(v cos.Value) (rect, bool) {
	n := d.file.Nums(v)
	if len(n) != 4 {
		return rect{}, false
	}
	r := rect{math.Min(n[0], n[2]), math.Min(n[1], n[3]), math.Max(n[0], n[2]), math.Max(n[1], n[3])}
	if r.empty() || r.w() > 1e6 || r.h() > 1e6 {
		return rect{}, false
	}
	return r, true
}

// inches is the size of the page as it is looked at.
func (s sheet) inches() (w, h float64) {
	w, h = s.box.w()*s.unit/72, s.box.h()*s.unit/72
	if s.rotate&1 == 1 {
		return h, w
	}
	return w, h
}

// upright maps user space to the page as it is looked at, w by h with y going
// down.
func (s sheet) upright(w, h float64) matrix {
	b := s.box
	m := matrix{1 / b.w(), 0, 0, -1 / b.h(), -b.x0 / b.w(), b.y1 / b.h()} // to 1 by 1
	switch s.rotate {
	case 1:
		m = m.mul(matrix{0, 1, -1, 0, 1, 0})
	case 2:
		m = m.mul(matrix{-1, 0, 0, -1, 1, 1})
	case 3:
		m = m.mul(matrix{0, -1, 1, 0, 0, 1})
	}
	return m.mul(matrix{w, 0, 0, h, 0, 0})
}
