package store

// offering is the error for what an account's service does not offer; nothing was
// recorded then.
func (s *Store) offering(account int64, o Offer) error {
	if ok, why := s.Offered(account, o); !ok {
		return &NotOfferedError{Service: s.ServiceName(account), Offer: o, Why: why}
	}
	return nil
}
