// Package calls draws what is particular to calls: those in progress in a strip over
// the call log, and for the reader how a call went, leg by leg. The list itself is the
// one of all items.
package calls
