package pdf

import (
	"fmt"
	"strings"

	"switchboard/ui/preview/pdf/cos"
)

// maxCopied is how many objects one written file may take over.
const maxCopied = 2_000_000

// kept writes a page of a PDF file as it is: its own objects, with what it
// inherits, its new turn and its stamps.
func (b *builder) kept(d *document, s Sheet, turn int, parent cos.Ref) (cos.Ref, error) {
	sh, err := d.sheet(s.Page)
	if err != nil {
		return cos.Ref{}, err
	}
	if b.sources[d.file] == nil {
		b.sources[d.file] = map[cos.Ref]cos.Ref{}
		b.order = append(b.order, d)
	}
	page := cos.Dict{}
	for k, v := range sh.dict {
		switch k {
		case "Parent", "B", "StructParents", "Tabs", "Thumb", "PieceInfo", "AA":
		default:
			page[k] = b.renumber(d.file, v, 0)
		}
	}
	sh.rotate = (sh.rotate + turn) & 3
	page["Type"], page["Parent"] = cos.Name("Page"), parent
	page["Rotate"] = 90 * sh.rotate
	box := func(r rect) cos.Array { return cos.Array{r.x0, r.y0, r.x1, r.y1} }
	media := sh.box
	if m, ok := d.rect(sh.dict["MediaBox"]); ok {
		media = m
	}
	page["MediaBox"] = box(media)
	if delete(page, "CropBox"); media != sh.box {
		page["CropBox"] = box(sh.box)
	}
	res := cos.Dict{}
	for k, v := range sh.res {
		res[k] = b.renumber(d.file, v, 0)
	}
	page["Resources"] = res
	if len(s.Stamps) > 0 {
		if err := b.stampKept(d, sh, s.Stamps, page, res); err != nil {
			return cos.Ref{}, err
		}
	}
	r := b.reserve()
	b.object(r, page)
	return r, b.drain()
}

// stampKept draws stamps behind a page's own content, which is left as it is:
// what it leaves open is closed, so that the stamps stand where they should.
func (b *builder) stampKept(d *document, sh sheet, stamps []Stamp, page, res cos.Dict) error {
	in := newInterp(b.ctx, d)
	content, err := d.contents(b.ctx, sh.dict["Contents"])
	if err != nil {
		return err
	}
	if err := in.run(content, sh.res); err != nil {
		return err
	}
	draw, err := b.stamps(stamps, sh)
	if err != nil {
		return err
	}
	forms := cos.Dict{}
	if old, ok := d.file.Resolve(sh.res["XObject"]).(cos.Dict); ok {
		for k, v := range old {
			forms[k] = b.renumber(d.file, v, 0)
		}
	}
	var ops strings.Builder
	ops.WriteString("\n" + strings.Repeat("Q ", 1+len(in.saved)+in.under) + "\n")
	for i, s := range draw {
		name := cos.Name(fmt.Sprintf("Stamp%d", i+1))
		for forms[name] != nil {
			name += "x"
		}
		forms[name] = s.form
		ops.WriteString(drawOp(s.at, name))
	}
	res["XObject"] = forms
	open := b.add(cos.Dict{}, []byte(strings.Repeat("q ", 1+in.under)+"\n"))
	end := b.add(cos.Dict{}, []byte(ops.String()))
	all := cos.Array{open}
	if a := d.file.Array(sh.dict["Contents"]); a != nil {
		for _, v := range a {
			all = append(all, b.renumber(d.file, v, 0))
		}
	} else if sh.dict["Contents"] != nil {
		all = append(all, b.renumber(d.file, sh.dict["Contents"], 0))
	}
	page["Contents"] = append(all, end)
	return nil
}

// renumber is v with the numbers its references have in the new file. Pages other
// than the one being written are left out, and so is the tree they hang in.
func (b *builder) renumber(from *cos.File, v cos.Value, depth int) cos.Value {
	if depth > 64 {
		return nil
	}
	switch v := v.(type) {
	case cos.Ref:
		if r, ok := b.sources[from][v]; ok {
			return r
		}
		if len(b.offs) > maxCopied {
			if b.err == nil {
				b.err = fmt.Errorf("the pages have more than %d objects", maxCopied)
			}
			return nil
		}
		to := from.Resolve(v)
		if to == nil {
			return nil
		}
		if d, ok := to.(cos.Dict); ok {
			switch from.Name(d["Type"]) {
			case "Page", "Pages", "Catalog", "StructTreeRoot", "StructElem":
				return nil
			}
		}
		r := b.reserve()
		b.sources[from][v] = r
		b.todo = append(b.todo, pending{from, v, r})
		return r
	case cos.Array:
		out := make(cos.Array, len(v))
		for i := range v {
			out[i] = b.renumber(from, v[i], depth+1)
		}
		return out
	case cos.Dict:
		out := make(cos.Dict, len(v))
		for k, e := range v {
			if m := b.renumber(from, e, depth+1); m != nil {
				out[k] = m
			}
		}
		return out
	}
	return v
}

// drain writes what is pointed to.
func (b *builder) drain() error {
	for len(b.todo) > 0 && b.err == nil {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		p := b.todo[len(b.todo)-1]
		b.todo = b.todo[:len(b.todo)-1]
		switch v := p.from.Resolve(p.old).(type) {
		case *cos.Stream:
			data, err := p.from.Raw(v)
			if err != nil {
				return err
			}
			d, _ := b.renumber(p.from, without(v.Dict, "Length"), 0).(cos.Dict)
			uncrypt(d)
			b.stream(p.ref, d, data)
		default:
			b.object(p.ref, b.renumber(p.from, v, 0))
		}
	}
	return b.err
}

func without(d cos.Dict, key cos.Name) cos.Dict {
	out := make(cos.Dict, len(d))
	for k, v := range d {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// uncrypt takes the Crypt filter off a stream that is written decrypted.
func uncrypt(d cos.Dict) {
	if d["Filter"] == cos.Name("Crypt") {
		delete(d, "Filter")
		delete(d, "DecodeParms")
	}
	if a, ok := d["Filter"].(cos.Array); ok && len(a) > 0 && a[0] == cos.Name("Crypt") {
		d["Filter"] = a[1:]
		if p, ok := d["DecodeParms"].(cos.Array); ok && len(p) > 0 {
			d["DecodeParms"] = p[1:]
		}
	}
}

// layers are the switched layers of the first source that has some, so that what
// was off stays off.
func (b *builder) layers() cos.Value {
	for _, d := range b.order {
		if v := d.file.Root()["OCProperties"]; v != nil {
			return b.renumber(d.file, v, 0)
		}
	}
	return nil
}
