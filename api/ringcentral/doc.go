// Package ringcentral holds the RingCentral REST calls that the program makes,
// as plain typed functions, one file per resource. The names of the calls in
// errors are the operationIds of RingCentral's API description.
//
// The types keep what the service may send: every field can be missing, enums
// grow (values are plain strings, unknown ones pass through), ids are numbers
// in one place and strings in another, and a conversation's id does not fit
// into a float64.
//
// What is sent (text, fax, pager message, call) is checked against the service's
// limits before a byte leaves: each kind has a Check that says the same without
// sending. It is never sent twice. When [api.IsUnknown] reports so of an error the
// message may have gone out; of any other error it has not. Files go out as they
// are read, and an upload that was cut before its last byte is known not to have
// been carried out. [SMSReason], [FaxReason] and [Refusal] put codes into words.
//
// Where a path has moved, today's is asked, and its older twin once if that is
// not known (moved.go). The older ones of team messaging have shapes of their own,
// which the same types read.
package ringcentral
