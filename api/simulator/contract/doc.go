// Package contract checks HTTP traffic against the services' official OpenAPI
// documents. It is for tests only: a [Checker] wraps a client's transport or a
// server's handler, and fails the test for every request and every answer that
// does not conform.
//
// The documents are not part of this repository. The environment variable
// SWITCHBOARD_SPECS names the directory that holds them (ringcentral.yml, symphony-*.yaml);
// where it is not set the tests that need them are skipped.
//
// Three things are taken from practice, not from the document, which lists
// only successes: an answer of 400 and above has to be the documented error
// envelope (or no JSON at all, as a proxy's page); content may come as 206 or
// 416 and as text; a bulk DELETE may answer 207. Of Symphony's errors the status alone says
// that they are ones, and their code may be a word; the content of an attachment may call
// itself what the official examples ask for; an answer of 204 has no body.
package contract
