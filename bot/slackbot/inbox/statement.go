package inbox

import (
	"context"
	"database/sql"
)

// statement returns a statement that SQLite has parsed, for good: to parse one
// takes longer than to run most of them. Queries are constants, and few.
func (b *Inbox) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := b.statements.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := b.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if earlier, ok := b.statements.LoadOrStore(query, s); ok {
		_ = s.Close() // another was as fast
		return earlier.(*sql.Stmt), nil
	}
	return s, nil
}

// A txn is a transaction that keeps its statements for the next one.
type txn struct {
	*sql.Tx
	b *Inbox
}

func (t txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := t.b.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return t.StmtContext(ctx, s).ExecContext(ctx, args...)
}

func (t txn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := t.b.statement(ctx, query)
	if err != nil {
		return t.Tx.QueryRowContext(ctx, query, args...) // which fails likewise
	}
	return t.StmtContext(ctx, s).QueryRowContext(ctx, args...)
}

// queryRow is for queries outside of transactions.
func (b *Inbox) queryRow(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := b.statement(ctx, query)
	if err != nil {
		return b.db.QueryRowContext(ctx, query, args...) // which fails likewise
	}
	return s.QueryRowContext(ctx, args...)
}
