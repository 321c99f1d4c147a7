// Package emailgistics holds the calls of the Emailgistics API that the program
// makes (https://apidocs.emailgistics.com), as plain typed functions, one file a
// resource.
//
// The API tells which shared mailboxes there are, finds messages by an
// asynchronous report (started, polled, paged by the links it gives), lists the
// attachments of a message and hands out their content. It has no call that
// lists messages, reads a body, sends, or changes a state; new messages can also
// be pushed, as webhook deliveries ([ParseDelivery]).
//
// The types keep what the service may send: every field can be missing, unknown
// fields stay in [Row.Fields], enums grow (values are plain strings), and the
// number that a report row calls "id" is a cursor, not a message.
//
// # Limits
//
// An account has 100 requests a minute over all its keys and three reports that
// run at a time. Programs of one machine keep count of them together in the file
// that [Config.Shared] names. At most three downloads run at a time for one
// mailbox, one less than the mail system behind it allows.
//
// # Errors
//
// One status can mean several things here: a 401 may be about the key or come
// from the mail system behind, a 403 about a scope, a kind of attachment or,
// again, the mail system, and a 404 hides three cases. A [*Fault] says which it
// was, as far as asking once more can tell, and [CauseOf] reads it.
package emailgistics
