package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// FeedConnections is the feed of people of other companies one is in touch with.
const FeedConnections = "connections"

// How often connections are asked for: one request.
const (
	connectionsEvery  = 10 * time.Minute
	connectionsPushed = time.Hour
)

// ConnectionStatus is how one stands with somebody of another company. What a service may
// say one day besides is kept as it is.
type ConnectionStatus string

// The states of a connection.
const (
	ConnectionAsked    ConnectionStatus = "asks for it"  // the other one asks
	ConnectionAsking   ConnectionStatus = "not answered" // one has asked
	ConnectionAccepted ConnectionStatus = "connected"
	ConnectionRejected ConnectionStatus = "rejected"
)

// IncomingConnection is a connection as a service tells it.
type IncomingConnection struct {
	Person  string // the service's id
	Status  ConnectionStatus
	Changed time.Time
}

// ConnectionService is a ChatService that has people ask before they can talk.
type ConnectionService interface {
	ChatService
	// Connections are all there are.
	Connections(ctx context.Context) ([]IncomingConnection, error)
}

// Connection is somebody of another company one is in touch with, or may be.
type Connection struct {
	Account int64            `json:"-"`
	Person  Person           `json:"person"`
	Status  ConnectionStatus `json:"status"`
	Changed time.Time        `json:"changed,omitzero"`
}

// Connections are those of an account, or for 0 of all: who asks first, then by name.
func (s *Store) Connections(ctx context.Context, account int64) ([]Connection, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT k.account, k.person, k.status, k.changed, coalesce(p.name, ''), coalesce(p.email, ''), coalesce(p.company, '')
		FROM connections k LEFT JOIN people p ON p.account = k.account AND p.remote = k.person WHERE ?1 = 0 OR k.account = ?1
		ORDER BY k.status <> ?2, k.status <> ?3, coalesce(p.name, '') = '', p.name COLLATE NOCASE, k.person`, account, string(ConnectionAsked), string(ConnectionAsking))
	if err != nil {
		return nil, s.fault("reading the connections", err)
	}
	defer rows.Close()
	var out []Connection
	for rows.Next() {
		var c Connection
		var changed int64
		if err := rows.Scan(&c.Account, &c.Person.Remote, (*string)(&c.Status), &changed, &c.Person.Name, &c.Person.Email, &c.Person.Company); err != nil {
			return nil, s.fault("reading the connections", err)
		}
		c.Person.Name, c.Changed = PersonName(c.Person.Name, c.Person.Remote), fromMilli(changed)
		out = append(out, c)
	}
	return out, s.fault("reading the connections", rows.Err())
}

// connectionFeeds are the feeds of a service that has connections.
func (s *Store) connectionFeeds(svc Service) []feed {
	c, ok := svc.(ConnectionService)
	if !ok {
		return nil
	}
	return []feed{{
		name: FeedConnections, every: connectionsEvery, pushed: connectionsPushed,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			return false, s.pullConnections(ctx, b, c)
		},
	}}
}

func (s *Store) pullConnections(ctx context.Context, b *mailbox, svc ConnectionService) error {
	list, err := svc.Connections(ctx)
	if err != nil {
		return fmt.Errorf("asking for the connections: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM connections WHERE account = ?`, b.id()); err != nil {
			return err
		}
		var ids []string
		for _, c := range list {
			id := CleanLine(c.Person)
			if id == "" {
				continue
			}
			_, err := tx.Exec(`INSERT OR REPLACE INTO connections (account, person, status, changed) VALUES (?, ?, ?, ?)`,
				b.id(), id, CleanLine(string(c.Status)), toMilli(c.Changed))
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return wantPeople(tx, b.id(), ids)
	})
}
