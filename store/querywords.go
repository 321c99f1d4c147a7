package store

import "strings"

// Words are the words and phrases that a query looks for, without its fields and without
// what it leaves out: what a service that is asked to search can be told.
func (q Query) Words() string {
	var words []string
	for _, t := range q.terms {
		if t.field == "" && !t.neg && t.words != "" {
			words = append(words, t.words)
		}
	}
	return strings.Join(words, " ")
}
