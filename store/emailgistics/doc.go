// Package emailgistics joins the shared mailboxes of an Emailgistics API key to the store.
// It implements store.Service, and is the only place that knows both sides.
//
// # How messages are found
//
// Emailgistics has no list of messages. They come from the Received Message Detail report,
// which the service makes in the background, one for each mailbox, and from webhook
// deliveries that are given to the program as JSON (spool.go).
//
// A look for news is a round: for each mailbox a report of what came in since the last
// round, and one of what was closed since. Reading the history is such rounds too: what is
// still open or snoozed first, however old, then everything in windows of 30 days, 90 days,
// a year, and the rest. Each call of Pull or Older does one step of a round (start a report,
// ask how far it is, fetch a page), and the cursor it returns is the whole state of the
// round as JSON (round.go). The store keeps the cursor in the same transaction as the
// records, so that a program that is killed goes on with the report it had started. Results
// are kept for 24 hours; a report that is gone by then is started again.
//
// Rounds overlap by an hour, and what the last one has seen is measured by the service's
// clock, never by this machine's: by the report's own dataCutoffTimestamp, else by the
// newest message in it. What comes twice is one item in the store.
//
// # What is not offered
//
// The service gives no text of a message, takes no answer, and changes no status; it does
// not say what was read. The store is told so (store/offers.go), and marks of having read
// something stay on this machine.
//
// # Ids
//
// The id of a message changes when the message is moved. Its Message-ID does not: by it the
// store recognises a message that comes under a new id, and FindMail looks for one that the
// service does not know any more with a report about the minutes around its arrival.
package emailgistics
