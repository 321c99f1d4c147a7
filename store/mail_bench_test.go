package store

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkTakeEmails takes in a thousand e-mails, and the same again as an overlap brings
// them; "texts" does so with text messages, to compare with.
func BenchmarkTakeEmails(b *testing.B) {
	for _, kind := range []Kind{Email, SMS} {
		for _, again := range []bool{false, true} {
			name := kind.String()
			if again {
				name += " again"
			}
			b.Run(name, func(b *testing.B) {
				s := openTest(b, b.TempDir())
				a, err := s.PutAccount(b.Context(), Account{Key: "emailgistics:mail.example:acme", Service: "emailgistics", Name: "acme", Since: testNow})
				if err != nil {
					b.Fatal(err)
				}
				page := func(n int) (in []Incoming) {
					for i := range 1000 {
						m := email(fmt.Sprint(n, "-", i), testNow.Add(time.Duration(n*1000+i)*time.Second))
						if kind == SMS {
							m.Kind, m.Mail, m.Bare, m.Text = SMS, nil, NotBare, m.Subject
						}
						in = append(in, m)
					}
					return in
				}
				if again {
					if _, err := s.Apply(b.Context(), a.ID, page(0)); err != nil {
						b.Fatal(err)
					}
				}
				for n := 0; b.Loop(); n++ {
					if again {
						n = 0
					}
					if _, err := s.Apply(b.Context(), a.ID, page(n)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
