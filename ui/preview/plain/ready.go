package plain

// Ready reports whether keys can be carried out: the file has been read as far
// as is shown, or will not be.
func (v *Viewer) Ready() bool { return v.sheet != nil || v.err != nil }
