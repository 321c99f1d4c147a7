// Package ringcentral holds the RingCentral REST calls that the program makes,
// as plain typed functions, one file per resource. The names of the calls in
// errors are the operationIds of RingCentral's API description.
//
// The types keep what the service may send: every field can be missing, enums
// grow (values are plain strings, unknown ones pass through), ids are numbers
// in one place and strings in another, and a conversation's id does not fit
// into a float64.
package ringcentral
