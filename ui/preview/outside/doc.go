// Package outside runs other people's programs: the person's own command lines,
// print, recognition of text, the native clipboard. None of them is the only
// way to anything; where one is missing, its function says so.
//
// Every program runs by the same rules. It gets no terminal: its input is what it is
// given or nothing, and it is in a session of its own, so it can neither read
// keys nor write to the screen. Its output is bounded; what is beyond the bound
// is counted and thrown away. It ends with its context, and everything it
// started ends with it. It does not get this program's own environment
// variables. There is no shell, unless a person typed a line for one.
package outside
