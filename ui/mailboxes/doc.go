// Package mailboxes is the screen of accounts and mailboxes: how each stands with its
// service, what is not permitted, how far the limits are used; which mailbox the lists
// show; and which mailboxes of other extensions are read beside one's own.
//
// Whether one may read another's mailbox is only known once it was tried. So the directory
// offers what could have one, and choosing asks the service.
//
// One sign-in of Emailgistics opens several mailboxes at once. They are rows under their
// account (boxes.go), with the users and tags of the one under the cursor.
package mailboxes
