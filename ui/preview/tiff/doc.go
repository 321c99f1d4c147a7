// Package tiff opens TIFF files as documents of pages: TIFF 6.0, class F (RFC
// 2306) and BigTIFF, as fax machines, scanners and fax servers write them.
//
// Black and white pages are read here, whatever their compression; those of gray
// and colour by golang.org/x/image/tiff, to which each page is shown as a tidy
// file of one page. What a file gets wrong is made good where others do too: no
// byte counts, strips of more lines than there are, a chain of directories that
// ends in itself or nowhere.
package tiff
