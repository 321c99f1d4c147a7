// Package cos reads and writes the objects a PDF file is made of (ISO 32000-1,
// 7.2 to 7.6): numbers, names, strings, arrays, dictionaries and streams, found
// through the file's cross-reference table or, when that is broken, by looking
// through the file.
//
// Nothing is read before it is asked for, and what a file says of itself is
// never believed without a bound: the number of objects, the depth of arrays,
// the bytes a stream unpacks to.
package cos
