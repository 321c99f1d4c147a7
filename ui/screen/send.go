package screen

import (
	"context"
	"time"

	"switchboard/store"
)

// SendStore is what the screens ask of the store about sending.
type SendStore interface {
	CheckMessage(ctx context.Context, m store.NewMessage) (store.MessageCheck, error)
	Send(ctx context.Context, m store.NewMessage) (store.Op, error)
	SendingAccounts(ctx context.Context, m store.NewMessage) (list []store.Account, usual string, err error)
	Senders(ctx context.Context, account string) ([]store.Sender, error)
	UseSender(ctx context.Context, account string, kind store.SendKind, number string) error
	Covers(ctx context.Context, account string) ([]store.Cover, error)
	SaveMessageDraft(ctx context.Context, id int64, m store.NewMessage) (int64, error)
	MessageDrafts(ctx context.Context) ([]store.MessageDraft, error)
	DropMessageDraft(ctx context.Context, id int64) error
	RetrySend(ctx context.Context, item store.ID) (store.Op, error)
	Unsure(ctx context.Context) ([]store.Op, error)
	SettleUnsure(ctx context.Context, op int64, wasSent bool) error
	SendProgress() []store.SendProgress
	SendFolder(ctx context.Context) (string, error)
	SendDelay() time.Duration
	SentMessage(ctx context.Context, item store.ID) (store.NewMessage, error)
}
