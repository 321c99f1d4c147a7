// Package hooks runs a person's own programs when something happens: a voicemail comes
// in, a send fails, the connection is lost.
//
// A [Runner] works without screens as well as behind them. Each event is given to each
// hook at most once, whatever restarts and however many processes share the store: the
// store remembers what was taken on before it is begun (see store.Once). A process that
// dies in the middle leaves that hook undone, never done twice. What was there when a
// hook was first written into the config is nobody's news.
//
// Hooks run in the background, a few at a time, each for a bounded time. What does not
// fit is left out and said so; what fails is told and logged.
package hooks
