package store

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// The offsets below are those of the SQLite file format (https://sqlite.org/fileformat2.html,
// sections 1.3 and 1.6).
const (
	pageSize    = 4096
	hdrVersions = 18 // how to write and read: 2 is by the log
	hdrCounter  = 24
	hdrPages    = 28 // how long the file is, then the list of free pages and its length
	hdrValidFor = 92 // the length counts only if this is what hdrCounter is
	hdrEnd      = 100
	interior    = 5 // kind of page: leads to others
)

// graft copies the damaged file and gives the copy those pages of a new database that
// say what tables there are and where each begins. Databases made by the same
// statements begin alike. Only the first of the formats is grafted: later tables begin
// where there was room when the file was brought up to date.
func (v *salvage) graft(path string) error {
	if err := removeDB(path); err != nil {
		return err
	}
	donor, err := newDB(v.ctx, path, 1)
	if err != nil {
		return err
	}
	if err := donor.Close(); err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(b) < pageSize {
		return errors.New("a new database has no first page")
	}
	if err := copyDB(path, v.from); err != nil {
		return err
	}
	// What was committed last is in the log. With it, its own first page, if it has
	// one, counts more than the graft.
	switch err := copyDB(path+"-wal", v.from+"-wal"); {
	case err == nil:
		b[hdrVersions], b[hdrVersions+1] = 2, 2
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return transplant(path, b)
}

// transplant writes the schema's pages of donor over those at path.
func transplant(path string, donor []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	be := binary.BigEndian
	be.PutUint32(donor[hdrPages:], uint32(st.Size()/pageSize))
	be.PutUint64(donor[hdrPages+4:], 0) // no free pages: the donor's are not ours
	copy(donor[hdrValidFor:hdrValidFor+4], donor[hdrCounter:])
	for _, n := range schemaPages(donor) {
		at := int64(n-1) * pageSize
		if at+pageSize > int64(len(donor)) {
			continue
		}
		if _, err := f.WriteAt(donor[at:at+pageSize], at); err != nil {
			return err
		}
	}
	return f.Sync()
}

// schemaPages are the pages the table of tables takes: the first, and those it leads to.
func schemaPages(b []byte) []uint32 {
	be := binary.BigEndian
	pages := []uint32{1}
	if b[hdrEnd] != interior {
		return pages
	}
	pages = append(pages, be.Uint32(b[hdrEnd+8:]))
	for i := range int(be.Uint16(b[hdrEnd+3:])) {
		cell := int(be.Uint16(b[hdrEnd+12+2*i:]))
		if cell+4 <= pageSize {
			pages = append(pages, be.Uint32(b[cell:]))
		}
	}
	return pages
}

// copyDB copies a file that no connection of ours has open.
func copyDB(to, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	_, err = io.Copy(dst, src)
	return err
}
