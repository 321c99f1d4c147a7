// Package lockfile keeps processes of this program out of each other's way: an
// advisory lock on an open file, which the system lets go of when the process
// ends, however it ends.
package lockfile
