package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of the service on a team.
const (
	maxTeamName        = 250  // characters
	maxTeamDescription = 1000 // characters
)

// chatDeeds are what can be done in chats.
func chatDeeds() map[Verb]deedInfo {
	return map[Verb]deedInfo{
		VerbPost: {
			once: true, apply: applyPost, made: madePost, ready: readyPost, ahead: uploadAhead, refused: refusedPost,
			inf: "post", back: "The text is kept: see the chat",
		},
		VerbChat:     {once: true, apply: applyChat, made: madeChat, ready: readyChat, inf: "change the chat", back: "Shown as before"},
		VerbMembers:  {apply: applyMembers, made: madeMembers, ready: readyMembers, inf: "change the members", back: "Shown as before"},
		VerbChatRead: {local: true, apply: applyRead, inf: "mark the chat", back: "Shown as before"},
	}
}

// chatRemote is what the service calls a chat by now.
func chatRemote(tx *sql.Tx, row int64) (string, error) {
	var remote string
	if err := tx.QueryRow(`SELECT remote FROM chats WHERE id = ?`, row).Scan(&remote); err != nil {
		return "", err
	}
	if strings.HasPrefix(remote, "~") {
		return "", nil
	}
	return remote, nil
}

// readyPost, readyChat and readyMembers fill in what a chat made here is called.
func readyPost(_ *Store, tx *sql.Tx, payload []byte) ([]byte, error) {
	return readyFor(tx, payload, func(st *PostState) (int64, *string) { return st.Row, &st.Chat })
}

func readyChat(_ *Store, tx *sql.Tx, payload []byte) ([]byte, error) {
	return readyFor(tx, payload, func(st *ChatState) (int64, *string) { return st.Row, &st.Chat })
}

func readyMembers(_ *Store, tx *sql.Tx, payload []byte) ([]byte, error) {
	return readyFor(tx, payload, func(st *MembersState) (int64, *string) { return st.Row, &st.Chat })
}

func readyFor[T any](tx *sql.Tx, payload []byte, parts func(*T) (row int64, chat *string)) ([]byte, error) {
	var st T
	if err := json.Unmarshal(payload, &st); err != nil {
		return nil, fmt.Errorf("reading what was to be done: %w", err)
	}
	row, chat := parts(&st)
	if *chat != "" && !strings.HasPrefix(*chat, "~") {
		return payload, nil
	}
	remote, err := chatRemote(tx, row)
	if errors.Is(err, sql.ErrNoRows) {
		return payload, nil
	} else if err != nil {
		return nil, err
	}
	*chat = remote
	return json.Marshal(st)
}

// NewTeam is a team that is to be made.
type NewTeam struct {
	Account     int64
	Name        string
	Description string
	Public      bool
	Members     []string // besides oneself
}

// CreateTeam makes a team. Taken back, it is archived. The chat is in the list when
// CreateTeam returns.
func (s *Store) CreateTeam(ctx context.Context, n NewTeam) (chat int64, op Op, err error) {
	n.Name, n.Description = CleanLine(n.Name), Clean(n.Description)
	switch {
	case n.Name == "":
		return 0, Op{}, errors.New("a team needs a name")
	case utf8.RuneCountInString(n.Name) > maxTeamName:
		return 0, Op{}, fmt.Errorf("the name of a team has at most %d characters", maxTeamName)
	case utf8.RuneCountInString(n.Description) > maxTeamDescription:
		return 0, Op{}, fmt.Errorf("the description of a team has at most %d characters", maxTeamDescription)
	}
	st := ChatState{Type: ChatTeam, Name: n.Name, Description: n.Description, Public: n.Public, Members: n.Members, Joined: true, New: true}
	return s.newChat(ctx, n.Account, st, "Made the team "+n.Name)
}

// OpenChat opens the chat with one or several people, which is made if there is none.
// A chat with the same people that is known already is given without asking.
func (s *Store) OpenChat(ctx context.Context, account int64, people []string) (chat int64, op Op, err error) {
	me, err := s.Myself(ctx, account)
	if err != nil {
		return 0, Op{}, err
	}
	people = slices.Clone(people)
	slices.Sort(people)
	people = slices.DeleteFunc(slices.Compact(people), func(p string) bool { return p == "" || p == me.Remote })
	if len(people) == 0 {
		return 0, Op{}, errors.New("a chat needs somebody to talk to")
	}
	all := slices.Clone(people)
	if me.Remote != "" {
		all = append(all, me.Remote)
	}
	err = s.r.QueryRowContext(ctx, `SELECT m.chat FROM members m JOIN chats c ON c.id = m.chat
		WHERE m.person = ? AND c.account = ? AND c.joined = 1 AND c.type IN ('direct', 'group')
		AND (SELECT count(*) FROM members x WHERE x.chat = c.id) = ?
		AND NOT EXISTS (SELECT 1 FROM members x WHERE x.chat = c.id AND x.person NOT IN (SELECT value FROM json_each(?))) LIMIT 1`,
		people[0], account, len(all), jsonOf(all)).Scan(&chat)
	if err == nil {
		return chat, Op{}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, Op{}, s.fault("looking for the chat", err)
	}
	typ := ChatDirect
	if len(people) > 1 {
		typ = ChatGroup
	}
	return s.newChat(ctx, account, ChatState{Type: typ, Members: people, Joined: true, New: true}, "Opened a chat")
}

func (s *Store) newChat(ctx context.Context, account int64, st ChatState, words string) (chat int64, op Op, err error) {
	if err := s.offering(account, OfferTeam); err != nil {
		return 0, Op{}, err
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM chats`).Scan(&chat); err != nil {
			return err
		}
		st.Row = chat
		d := Deed{Verb: VerbChat, Account: account, Object: fmt.Sprint("chat:", chat), Do: st, Words: words}
		if st.Type == ChatTeam {
			d.Undo = ChatState{Type: ChatTeam, Name: st.Name, Gone: true, Row: chat}
		}
		op, err = s.deed(tx, d)
		return err
	})
	if err != nil {
		return 0, Op{}, s.fault("making the chat", err)
	}
	s.wakeDeeds()
	return chat, op, nil
}

// applyChat shows a chat as it is to be.
func applyChat(s *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var st ChatState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading how the chat was to be: %w", err)
	}
	if st.Gone {
		_, err := tx.Exec(`UPDATE chats SET joined = 0, archived = 1, need = 0 WHERE id = ?`, st.Row)
		return err
	}
	if !st.New {
		_, err := tx.Exec(`UPDATE chats SET joined = ?, archived = 0, need = CASE WHEN ? AND looked = 0 THEN 1 ELSE need END WHERE id = ?`, st.Joined, st.Joined, st.Row)
		return err
	}
	_, err := tx.Exec(`INSERT INTO chats (id, account, remote, type, name, description, public, joined, changed, active, looked)
		VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET joined = 1, archived = 0`,
		st.Row, account, fmt.Sprint("~", st.Row), string(st.Type), CleanLine(st.Name), CleanLine(st.Description), st.Public,
		s.now().UnixMilli(), s.now().UnixMilli())
	if err != nil {
		return err
	}
	me, err := myself(tx, account)
	if err != nil {
		return err
	}
	for _, m := range append(slices.Clone(st.Members), me) {
		if m == "" {
			continue
		}
		if _, err := tx.Exec(`INSERT OR IGNORE INTO members (chat, person) VALUES (?, ?)`, st.Row, m); err != nil {
			return err
		}
	}
	if err := wantPeople(tx, account, st.Members[:min(len(st.Members), namedMembers)]); err != nil {
		return err
	}
	return retitle(tx, st.Row)
}

// madeChat takes in what the service said of a chat.
func madeChat(s *Store, tx *sql.Tx, account int64, _ string, payload []byte, done DeedDone) error {
	var st ChatState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading how the chat was to be: %w", err)
	}
	if st.New {
		remote := CleanLine(done.Remote)
		if remote == "" || remote == NoRemote {
			return errors.New("the service did not say what it called the chat")
		}
		if err := mergeChat(tx, account, st.Row, remote); err != nil {
			return err
		}
		// Whoever opened a chat that was there before does not know its posts.
		if _, err := tx.Exec(`UPDATE chats SET remote = ?, looked = 0, need = 1 WHERE id = ?`, remote, st.Row); err != nil {
			return err
		}
		if err := retitle(tx, st.Row); err != nil {
			return err
		}
	}
	if b := s.boxOf(account); b != nil {
		b.pokeFeed(FeedChats)
	}
	if len(done.Reply) == 0 {
		return nil
	}
	var in IncomingChat
	if err := json.Unmarshal(done.Reply, &in); err != nil || in.Type == "" {
		s.log.Warn("what the service said of a chat cannot be read", "err", err)
		return nil
	}
	in.Joined = st.Joined && !st.Gone
	return s.takeChats(tx, account, []IncomingChat{in}, 0)
}

// mergeChat makes one of a chat made here and the same chat as the service told of it.
func mergeChat(tx *sql.Tx, account, row int64, remote string) error {
	var other int64
	err := tx.QueryRow(`SELECT id FROM chats WHERE account = ? AND remote = ? AND id <> ?`, account, remote, row).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE items SET chat = ?1 WHERE id IN (SELECT item FROM posts WHERE chat = ?2)`,
		`UPDATE posts SET chat = ?1 WHERE chat = ?2`,
		`UPDATE OR IGNORE members SET chat = ?1 WHERE chat = ?2`,
		`UPDATE OR IGNORE chat_gaps SET chat = ?1 WHERE chat = ?2`,
		`UPDATE OR IGNORE drafts SET chat = ?1 WHERE chat = ?2`,
		`UPDATE chats SET (type, name, description, public, archived, favorite, changed, active, read_to, top) =
			(SELECT type, name, description, public, archived, favorite, changed, active, read_to, top FROM chats WHERE id = ?2) WHERE id = ?1`,
		`DELETE FROM members WHERE chat = ?2 AND ?1 > 0`, `DELETE FROM chat_gaps WHERE chat = ?2 AND ?1 > 0`, `DELETE FROM chats WHERE id = ?2 AND ?1 > 0`,
	} {
		if _, err := tx.Exec(q, row, other); err != nil {
			return err
		}
	}
	if err := recount(tx, row); err != nil {
		return err
	}
	return refreshLatest(tx, row)
}

// JoinChat makes one a member of a public team; LeaveChat ends it. Leaving a team that
// is not public cannot be taken back, and neither can leaving what is no team.
func (s *Store) JoinChat(ctx context.Context, chat int64) (Op, error) {
	return s.membership(ctx, chat, true)
}

// LeaveChat ends one's membership; see JoinChat.
func (s *Store) LeaveChat(ctx context.Context, chat int64) (Op, error) {
	return s.membership(ctx, chat, false)
}

func (s *Store) membership(ctx context.Context, chat int64, on bool) (Op, error) {
	c, err := s.ChatOf(ctx, chat)
	if err == nil {
		err = s.offering(c.Account, OfferTeam)
	}
	switch {
	case err != nil:
		return Op{}, err
	case c.Type != ChatTeam:
		return Op{}, errors.New("only teams are joined and left")
	case c.Pending:
		return Op{}, errors.New("the team is still being made")
	case on == c.Joined:
		return Op{Words: "Nothing to change"}, nil
	case on && !c.Public:
		return Op{}, errors.New("only public teams can be joined; somebody in it has to add you")
	}
	words := "Left " + c.Title
	if on {
		words = "Joined " + c.Title
	}
	d := Deed{Verb: VerbChat, Account: c.Account, Object: fmt.Sprint("chat:", chat), Words: words, Do: ChatState{Chat: c.Remote, Type: c.Type, Name: c.Name, Joined: on, Row: chat}}
	if on || c.Public {
		d.Undo = ChatState{Chat: c.Remote, Type: c.Type, Name: c.Name, Joined: !on, Row: chat}
	}
	return s.DoDeed(ctx, d)
}

// AddMembers makes people members of a team; RemoveMembers ends it.
func (s *Store) AddMembers(ctx context.Context, chat int64, people []string) (Op, error) {
	return s.changeMembers(ctx, chat, people, true)
}

// RemoveMembers takes people out of a team.
func (s *Store) RemoveMembers(ctx context.Context, chat int64, people []string) (Op, error) {
	return s.changeMembers(ctx, chat, people, false)
}

func (s *Store) changeMembers(ctx context.Context, chat int64, people []string, add bool) (Op, error) {
	c, err := s.ChatOf(ctx, chat)
	if err == nil {
		err = s.offering(c.Account, OfferTeam)
	}
	switch {
	case err != nil:
		return Op{}, err
	case c.Type != ChatTeam:
		return Op{}, errors.New("only teams have members that come and go; start a new chat with more people instead")
	case !c.Joined:
		return Op{}, errors.New("one is not a member of it oneself")
	}
	have, err := s.strings(ctx, `SELECT person FROM members WHERE chat = ?`, chat)
	if err != nil {
		return Op{}, s.fault("reading the members", err)
	}
	people = slices.DeleteFunc(slices.Clone(people), func(p string) bool { return p == "" || slices.Contains(have, p) == add })
	if len(people) == 0 {
		return Op{Words: "Nothing to change"}, nil
	}
	first, err := s.strings(ctx, `SELECT name FROM people WHERE account = ? AND remote = ?`, c.Account, people[0])
	if err != nil {
		return Op{}, s.fault("reading the members", err)
	}
	who := PersonName(strings.Join(first, ""), people[0])
	if n := len(people) - 1; n > 0 {
		who = fmt.Sprintf("%s and %d more", who, n)
	}
	do, undo := MembersState{Chat: c.Remote, Add: people, Row: chat}, MembersState{Chat: c.Remote, Remove: people, Row: chat}
	words := fmt.Sprintf("Added %s to %s", who, c.Title)
	if !add {
		do, undo, words = undo, do, fmt.Sprintf("Removed %s from %s", who, c.Title)
	}
	return s.DoDeed(ctx, Deed{Verb: VerbMembers, Account: c.Account, Object: fmt.Sprint("members:", chat), Do: do, Undo: undo, Words: words})
}

// madeMembers shows the members once more: a list of before may have come meanwhile.
func madeMembers(s *Store, tx *sql.Tx, account int64, object string, payload []byte, _ DeedDone) error {
	if b := s.boxOf(account); b != nil {
		b.pokeFeed(FeedChats)
	}
	return applyMembers(s, tx, account, object, payload)
}

func applyMembers(_ *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var st MembersState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading who was to be a member: %w", err)
	}
	for _, p := range st.Add {
		if _, err := tx.Exec(`INSERT OR IGNORE INTO members (chat, person) VALUES (?, ?)`, st.Row, p); err != nil {
			return err
		}
	}
	for _, p := range st.Remove {
		if _, err := tx.Exec(`DELETE FROM members WHERE chat = ? AND person = ?`, st.Row, p); err != nil {
			return err
		}
	}
	return wantPeople(tx, account, st.Add)
}
