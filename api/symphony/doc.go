// Package symphony holds the calls to Symphony that the program makes, as plain typed
// functions, one file per resource. Names of calls in errors are the operationIds of
// Symphony's API description where it has them, and follow the paths where it has none.
//
// Three servers make one account: the pod (/login, /pod), the key manager (/relay) and the
// agent (/agent), each with a base URL of its own. A [Client] signs in with a service
// account's RSA key, or with a certificate, when the first call wants it. Tokens are kept
// until a server answers 401; then one sign-in serves all who wait, and a second 401 is
// final. The key manager is asked only if the account needs it, and the pod never sees its
// token. No redirect is followed.
//
// What comes back is read leniently: any member may be missing, null, of another type (true
// as "true", a number as text), unknown kinds pass through, and times are those of the
// service, in milliseconds. Ids are opaque text: what a call returns may be given back as it
// is, in either of the two alphabets ([SafeID]). Texts are not cleaned.
//
// Agents answer 400 where others answer 404, so [api.IsNotFound] holds for those, and 400
// with Retry-After where others answer 429, so those are repeated and penalised alike.
package symphony
