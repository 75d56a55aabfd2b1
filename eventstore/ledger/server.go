package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	maxPayload   = 8 << 20 // bytes of a commit with its NATS headers
	startTimeout = 5 * time.Minute
)

// startServer runs a server in this process that listens nowhere.
func startServer(dir string, log *slog.Logger) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "depositary",
		DontListen: true,
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   dir,
		MaxPayload: maxPayload,
		// Without this, what was acknowledged in the last two minutes is
		// lost when the power fails.
		SyncAlways: true,
		// The disk is the limit, not a share of what was free at the start.
		JetStreamMaxStore: math.MaxInt64 / 2,
		// Each subscription is a consumer of the ledger; the server's default
		// allows a thousand of a stream.
		JetStreamLimits: server.JSLimitOpts{DefaultMaxConsumers: -1},
	})
	if err != nil {
		return nil, err
	}
	s.SetLogger(serverLog{log}, false, false)
	s.Start()
	// A ledger of many millions that was not closed is read again first.
	if !s.ReadyForConnections(startTimeout) {
		s.Shutdown()
		return nil, fmt.Errorf("the NATS server in this process was not ready after %v", startTimeout)
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, errors.New("the NATS server in this process could not start JetStream; its log has the reason")
	}
	return s, nil
}

// serverLog passes on what an operator may have to act on.
type serverLog struct{ *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) { l.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Warnf(format string, v ...any)   { l.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Errorf(format string, v ...any)  { l.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Fatalf(format string, v ...any)  { l.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Debugf(string, ...any)           {}
func (l serverLog) Tracef(string, ...any)           {}
