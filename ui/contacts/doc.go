// Package contacts shows whom one knows: the personal address book, the company
// directory and the favourites in one list that says where each comes from, with
// details beside it, a form and the person's own editor to change what is one's own,
// and vCards in and out. The list holds ids and asks for the rows it shows, so that
// it is as quick with 200,000 contacts as with ten.
package contacts
