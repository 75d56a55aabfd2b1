package eventstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// This file writes and reads an exported ledger: the bytes of all commits, one
// after the other, as they were published. The chain in them is all that is
// needed to make the ledger again.

// LinesError says what is wrong with the lines of an exported ledger.
type LinesError struct {
	Line   int // from 1; that of the commit's header
	Reason string
}

func (e *LinesError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// errWritten ends a scan at the last commit that is asked for.
var errWritten = errors.New("the last commit to write was written")

// WriteLines writes every commit of a store up to a position, in order, until
// the context ends. With an error a part of them may have been written.
func WriteLines(ctx context.Context, w io.Writer, store Store, upTo Position) error {
	if upTo == 0 {
		return nil
	}
	err := store.Scan(0, func(c Commit) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(c.Raw()); err != nil {
			return err
		}
		if c.Position == upTo {
			return errWritten
		}
		return nil
	})
	switch {
	case errors.Is(err, errWritten):
		return nil
	case err == nil:
		return fmt.Errorf("the store ends before position %d", upTo)
	}
	return err
}

// ReadLines calls fn for every commit of exported lines with the line of its
// header, after it was checked to continue the chain. It returns the position
// and the hash of the last of them. Its error is a *LinesError, or that of the
// reader or of fn.
func ReadLines(r io.Reader, fn func(c Commit, line int) error) (Position, Hash, error) {
	reader := &commitReader{lines: bufio.NewReaderSize(r, 64<<10)}
	var last Commit
	var hash Hash
	for {
		c, line, err := reader.next()
		if errors.Is(err, io.EOF) {
			return last.Position, hash, nil
		}
		if err == nil {
			if broken := c.Follows(last.Position, hash, last.Recorded); broken != nil {
				err = &LinesError{Line: line, Reason: broken.Error()}
			} else {
				err = fn(c, line)
			}
		}
		if err != nil {
			return last.Position, hash, err
		}
		last, hash = c, c.Hash()
	}
}

// maxCommitOfLines bounds what one commit of a file may take in memory.
const maxCommitOfLines = 64 << 20

// headerBegins is how the header lines of both forms begin, and no other line.
var headerBegins = [][]byte{[]byte(`{"position":`), []byte(formTwo)}

func isHeader(line []byte) bool {
	return slices.ContainsFunc(headerBegins, func(begins []byte) bool { return bytes.HasPrefix(line, begins) })
}

// commitReader takes the lines of an exported ledger apart into commits.
type commitReader struct {
	lines *bufio.Reader
	line  int    // lines read so far
	ahead []byte // the next commit's header line, already read
}

// next returns a commit with the line of its header, and io.EOF after the last.
func (r *commitReader) next() (c Commit, at int, err error) {
	raw := r.ahead
	if r.ahead = nil; raw == nil {
		if raw, err = r.read(); err != nil {
			return c, r.line, err
		}
	}
	at = r.line
	for {
		line, err := r.read()
		if err != nil && !errors.Is(err, io.EOF) {
			return c, at, err
		}
		if err != nil || isHeader(line) {
			r.ahead = line
			break
		}
		if raw = append(raw, line...); len(raw) > maxCommitOfLines {
			return c, at, &LinesError{Line: at, Reason: fmt.Sprintf("the commit that begins here has more than %d bytes", maxCommitOfLines)}
		}
	}
	if c, err = Parse(raw); err != nil {
		return c, at, &LinesError{Line: at, Reason: err.Error()}
	}
	return c, at, nil
}

// read returns a line with its newline.
func (r *commitReader) read() ([]byte, error) {
	var whole []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case err == nil:
			r.line++
			return whole, nil
		case errors.Is(err, bufio.ErrBufferFull) && len(whole) <= maxCommitOfLines:
		case errors.Is(err, io.EOF) && len(whole) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, &LinesError{Line: r.line + 1, Reason: "the last line is cut off"}
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, &LinesError{Line: r.line + 1, Reason: fmt.Sprintf("a line of more than %d bytes", maxCommitOfLines)}
		default:
			return nil, err
		}
	}
}
