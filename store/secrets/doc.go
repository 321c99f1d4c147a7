// Package secrets keeps tokens, client secrets and sign-in keys between runs: in
// the operating system's keyring, or, where there is none, in a file that only
// its owner can read.
//
// The file is tokens.json in the data folder, mode 0600, replaced at one stroke
// and on disk before Save returns. Processes that share it take turns by a lock
// file and read it again before they change it, so that none loses a refresh
// token another has just been given. SWITCHBOARD_KEYRING=file chooses the file
// even where there is a keyring.
//
// On Linux a keyring is asked for only when a D-Bus session is there already:
// the client library would otherwise start a dbus-daemon of its own that nobody
// ends. A probe writes, reads and removes one entry, within two seconds.
//
// In the keyring an entry is kept per account and name, cut into pieces where a
// system limits its length (Windows: 2,560 bytes).
package secrets
