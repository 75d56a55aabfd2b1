package node

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"depositary/internal/filelock"
	"depositary/internal/wholefile"
)

// ErrHeld says that another process has the data folder open. Neither the
// embedded server's files nor the store can be used by two processes.
var ErrHeld = errors.New("another process holds the data folder")

const (
	lockFile    = "lock"
	clusterFile = "cluster" // the cluster that the folder's node follows

	fourEyesFile = "four-eyes" // there where it takes two persons to record
)

// hold keeps other processes out of the data folder until the node is closed.
func (n *Node) hold() error {
	release, err := holdFolder(n.o.Data)
	if err != nil {
		return err
	}
	n.onClose("lock of the data folder", release)
	return n.sameLedger()
}

// holdFolder takes the lock of a data folder, or fails at once with ErrHeld.
func holdFolder(data string) (release func() error, err error) {
	release, err = filelock.Try(filepath.Join(data, lockFile))
	if errors.Is(err, filelock.ErrHeld) {
		return nil, fmt.Errorf("%s: %w", data, ErrHeld)
	}
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return release, nil
}

// sameLedger keeps a folder that follows a cluster from becoming a ledger of
// its own: the embedded server would be filled from its store, and what is
// recorded then would stand in no other node's ledger.
func (n *Node) sameLedger() error {
	path := filepath.Join(n.o.Data, clusterFile)
	if n.o.NATS != "" {
		return wholefile.Replace(path, []byte(withoutPasswords(n.o.NATS)+"\n"))
	}
	cluster, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("the data folder %s follows the ledger of the cluster %s: give its address with --nats; or remove the file %s, and what is recorded here stands in a ledger of its own",
		n.o.Data, strings.TrimSpace(string(cluster)), path)
}

func withoutPasswords(addresses string) string {
	all := strings.Split(addresses, ",")
	for i, address := range all {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
			u.User = nil
			all[i] = u.String()
		}
	}
	return strings.Join(all, ",")
}

// TakesTwo reports whether the data folder takes two persons to record: a node
// has served it so, and none has ended it since.
func TakesTwo(data string) bool {
	_, err := os.Stat(filepath.Join(data, fourEyesFile))
	return err == nil
}

// holdFourEyes notes in the folder that it takes two persons, so that commands
// that open it themselves are no way around; only a start that ends it does.
func (n *Node) holdFourEyes() (changed bool, err error) {
	path, marked := filepath.Join(n.o.Data, fourEyesFile), TakesTwo(n.o.Data)
	switch {
	case n.o.TwoEyes:
		n.o.FourEyes = false
		if !marked {
			return false, nil
		}
		return true, errors.Join(os.Remove(path), wholefile.SyncFolder(n.o.Data))
	case n.o.FourEyes && !marked:
		return true, wholefile.Replace(path, []byte("It takes two persons to record in this data folder. depositary serve --four-eyes=false ends it.\n"))
	}
	n.o.FourEyes = n.o.FourEyes || marked
	return false, nil
}

// HasLedger reports whether a folder holds a copy of a ledger: the store, or the
// stream from which the store is restored.
func HasLedger(data string) bool {
	_, noStore := os.Stat(filepath.Join(data, storeFile))
	_, noStream := os.Stat(filepath.Join(data, streamDir))
	return noStore == nil || noStream == nil
}

// TokensFile returns the file of tokens of a data folder.
func TokensFile(data string) string { return filepath.Join(data, tokensFile) }
