package domain

// countsUntil returns the day from which an instrument no longer counts towards
// entry into force. One that was taken back or withdrawn stops counting. That
// of a State that ceased to exist goes on counting: it was deposited, and
// nobody took it back. The ratification of Yugoslavia of 1986 is one of the
// sixty of UNCLOS 308 on 16 November 1993, that of the German Democratic
// Republic of 16 August 1990 one of the ten of ICCPR-OP2 8 on 11 April 1991
// (practice of the depositary; compare VCLT 55). A withdrawal that was notified
// before the State ended goes on running.
func countsUntil(p *Period) Date {
	if p.Until.IsZero() || !p.Ending.ID.IsZero() {
		return p.Until
	}
	var left Date
	for _, w := range p.Withdrawals {
		if w.Revoked.IsZero() {
			left = earlierOf(left, w.Effect)
		}
	}
	return left
}
