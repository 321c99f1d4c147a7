// Package contract checks HTTP traffic against the services' official OpenAPI
// documents. It is for tests only: a [Checker] wraps a client's transport or a
// server's handler, and fails the test for every request and every answer that
// does not conform.
//
// The documents are not part of this repository. The environment variable
// SWITCHBOARD_SPECS names the directory that holds them (ringcentral.yml);
// where it is not set the tests that need them are skipped.
//
// Three things are taken from practice, not from the document, which lists
// only successes: an answer of 400 and above has to be the documented error
// envelope (or no JSON at all, as a proxy's page); content may come as 206 or
// 416 and as text; a bulk DELETE may answer 207.
package contract
