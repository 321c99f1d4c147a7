// Package gateway is what stands before every simulated service, whichever it
// is:
//
//   - [Journal] keeps the requests and how each was answered; [Writer] notes it
//   - [Dice] says which request meets which fault
//   - [Breaker] and [Cut] carry out the faults that spoil an answer on its way out
//   - [Gate] waits for the handlers that still run when a simulator is closed
//
// What a fault means to a service, what it is called, and how often it falls
// stays with the simulator of that service. All types are safe for concurrent
// use, but for Writer and Breaker, which belong to one request.
package gateway
