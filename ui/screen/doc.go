// Package screen is what the root of the user interface and its screens have
// in common: the environment a screen works in, what it may ask of the root
// (say something, open a prompt, go somewhere), the commands that reach the
// store off the loop, and the words both use. Screens never import each other;
// they meet here.
//
// Three rules hold everywhere. A screen gets actions, never keys. What a screen
// asks of the root happens at once, inside the same Update, so that keys typed
// ahead always find the prompt they were meant for. And whatever may wait (disk,
// network, a lock) runs in a command made by [Env.Do] or, when it changes
// something, by [Env.Write], which keeps the order in which keys were pressed.
package screen
