package v1

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// reader takes pieces of an answer, each after a while, until it has had enough.
type reader struct {
	http.ResponseWriter
	takes    time.Duration
	deadline time.Time
	pieces   []int
	most     int
}

func (r *reader) SetWriteDeadline(t time.Time) error { r.deadline = t; return nil }

func (r *reader) Write(p []byte) (int, error) {
	if time.Sleep(r.takes); !r.deadline.IsZero() && time.Now().After(r.deadline) || len(r.pieces) == r.most {
		return 0, errors.New("i/o timeout")
	}
	r.pieces = append(r.pieces, len(p))
	return len(p), nil
}

// A long answer, such as an export, may take as long as its reader reads: the limit
// of time moves with each piece. One that does not read is cut off.
func TestASlowReaderOfALongAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make([]byte, 10*pieceSize+1)
		slow := &reader{takes: pieceTime - time.Second, most: 100}
		n, err := (&moving{slow, http.NewResponseController(slow)}).Write(answer)
		require.NoError(t, err)
		require.Equal(t, len(answer), n)
		require.Len(t, slow.pieces, 11)

		silent := &reader{takes: pieceTime + time.Second, most: 100}
		n, err = (&moving{silent, http.NewResponseController(silent)}).Write(answer)
		require.Error(t, err)
		require.Zero(t, n)

		gone := &reader{most: 3}
		n, err = (&moving{gone, http.NewResponseController(gone)}).Write(answer)
		require.Error(t, err)
		require.Equal(t, 3*pieceSize, n, "nothing is written after it")
	})
}
