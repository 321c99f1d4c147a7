// Package usercommand is a person's own command lines with places to fill in: the
// number, the name, the file of a message.
//
//	ticket new --phone {number} --file {file}
//
// A line is split into words as a shell would, by quotes and blanks, but there is no
// shell: a place is filled in after that, so that what it holds is one argument, or part
// of one, whatever is in it. A value that begins with a hyphen and would be a word of its
// own is refused, for it could be taken for an option; the message says what to write.
//
// With [Options.Shell] the line goes to /bin/sh. Even then nothing is written into it:
// the places become the shell's own variables, in quotes, and the values stand in the
// environment of the command. Places where a shell would read the value as a program, as
// in `sh -c` or eval, are refused when the line is read.
package usercommand
