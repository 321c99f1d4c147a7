// Package api is the one HTTP client that every service of the program uses.
// It knows how to ask, not what is asked: requests, safe repeats, rate
// budgets, redirects, errors, downloads and OAuth sign-in live here, and the
// typed calls of a service live in a package below it. What differs from service
// to service beyond that is in [Config]: how a request is signed, which answers
// are a throttle, which 401 is about the token, whether a redirect is followed.
// A body may be base64, which is decoded strictly as it comes ([NewBase64]).
//
// Everything that comes back is treated as hostile: bodies have a limit, idle
// connections are dropped, text that ends up in an error is cut and cleaned,
// and the access token goes only to the exact hosts of the account.
//
// What the client never does: repeat a request whose outcome is unknown and
// which is not safe to repeat (POST, PATCH, DELETE), send anything in a rate
// group while that group's penalty lasts, put an access token into a URL (a
// socket's single-use one goes there, [Client.Socket]), or let a secret reach a
// log line or an error text.
package api
