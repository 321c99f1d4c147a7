// Package ringcentral joins a RingCentral mailbox to the store: it turns the
// service's records into the store's rows and the store's wishes into calls. It
// implements store.Service, and is the only place that knows both sides.
//
// # How a mailbox is read
//
// The newest messages come from a full sync (FSync), whose token later increments
// (ISync) go on from. The history comes from the message list, which unlike the
// sync also tells what is in the trash, a thousand messages a request and newest
// first. Where a page begins is a time and not a page number, because numbers move
// when messages come and go: the service is asked for everything up to the oldest
// message so far, rounded up to the next minute. So pages overlap, messages of the
// same moment are never split, and a service that rounds the times it is asked for
// to seconds or minutes skips nothing. Only where a page does not get past that
// minute, or is not in order, page numbers are used.
//
// # Chats
//
// A post's text stays in the service's own marks; what a card, an event or a task says
// is added to it, and files become attachments whose address may be on any host. A post
// whose answer was lost is looked for among one's own newest ones with the same text,
// those left out that are known to be of another deed (teamsdeeds.go).
//
// # How contacts are read
//
// The address book comes by its own sync, 250 contacts a request of the ten a minute that
// are allowed of this kind (spec syncAddressBook); after that only what changed. The
// directory comes in pages of a thousand (spec listDirectoryEntries), each of which is
// asked for again with its tag: as long as nobody comes or goes, that costs an answer
// without content an hour. Companies that are federated with this one are left out, for
// their extensions are not ours. A change of a contact is a PATCH of what changes
// (spec patchContact), a deleted one that is taken back is made anew with all the members
// it had, and one that may have been made before the connection broke is looked for by
// its name and number first. Favourites can only be written as a whole (spec
// updateFavoriteContactList): the list is read just before.
package ringcentral
