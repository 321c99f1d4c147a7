// Package command is the command line: the verbs of the screens for scripts,
// and the way into the screens themselves.
//
// # Rules every command keeps
//
// Data goes to standard output and everything else to standard error, so a
// pipe carries data only. --json prints one JSON value (an array where the
// command is about many things), --jsonl one object a line. A reader that
// goes away early is not an error. Text that came from outside is cleaned
// again before it is printed.
//
// What acts on messages takes ids or a query. A query has at least one field, so that a
// mistyped id is never one, and one that finds more than fifty messages is acted upon
// only with --yes; --dry-run lists what would be. Everything that changes something
// prints an id (c412), by which `undo` takes it back and `jobs` tells how it fares.
//
// Exit codes are stable: 0 done, 1 failed, 2 wrong usage, 3 sign-in needed,
// 4 temporary (rate limit, network), 5 not found. Where some of several items
// failed, standard error says which and why, and the code is that of the
// failures, or 1 where they differ.
//
// # Services
//
// All that the commands know of a service is one value of service (service.go): how to
// sign in, what a session of an account is, what its table in the config may say. A
// session attaches the account to the store, answers for `api`, `doctor` and `logout`,
// and sends nothing before it is asked; keys and tokens are read from the vault when the
// first request needs them. An account that cannot be reached keeps nothing from the others.
//
// # Places
//
// The config file is config.toml in the XDG config folder (SWITCHBOARD_CONFIG
// names another file). Everything else lives in the XDG data folder
// (SWITCHBOARD_DATA names another): switchboard.db, blobs, accounts.json
// (what is signed in, without secrets), log/switchboard.log and crash/.
// Tokens, private keys and API keys are in the keyring of the system; SWITCHBOARD_KEYRING=file puts them
// in a file only its owner can read. SWITCHBOARD_LOG sets the level of the
// log: debug, info, warn, error.
//
// A command that changes something writes it down first, so that it survives
// whatever happens next, and then tries to tell the service for some seconds.
// When that does not work out the change waits and is sent by the next
// command, `switchboard sync`, or the screens; the command says "queued" and
// exits with 0.
//
// The screens and any number of commands share one store: what one does shows in the
// others at once (store/outside.go), and what one leaves behind the others send, once.
package command
