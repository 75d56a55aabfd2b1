package ledger

// MaxCommit returns the size in bytes of the largest commit that the server takes.
func (l *Ledger) MaxCommit() int { return int(l.conn.MaxPayload()) - headerRoom }
