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
package ringcentral
