package node_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"depositary/cmd/internal/node"
)

// started serves a node in this process, and returns what it said and how to
// stop it.
func started(t *testing.T, o node.ServeOptions) (serving node.Serving, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	said, ended := make(chan node.Serving, 1), make(chan error, 1)
	go func() { ended <- node.Serve(ctx, o, func(s node.Serving) { said <- s }) }()
	select {
	case serving = <-said:
	case err := <-ended:
		cancel()
		require.NoError(t, err)
		t.Fatal("it ended before it served")
	}
	return serving, func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(2 * time.Minute):
			t.Fatal("it does not stop")
			return nil
		}
	}
}

// The whole program starts, answers, stops and leaves nothing running.
func TestServeStartsAndStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	data := t.TempDir()
	o := node.ServeOptions{Options: node.Options{Patience: time.Minute, Data: data, Empty: true}, Listen: "127.0.0.1:0"}

	serving, stop := started(t, o)
	require.NotEmpty(t, serving.FirstToken)
	announced, err := node.ServerOf(data)
	require.NoError(t, err)
	require.Equal(t, node.Announced{Address: serving.Address, PID: os.Getpid()}, announced)
	require.True(t, node.HasLedger(data))

	response, err := http.Get(serving.Address + "/readyz")
	require.NoError(t, err)
	var ready struct{ Ready bool }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&ready))
	require.NoError(t, response.Body.Close())
	require.True(t, ready.Ready)

	_, err = node.Open(context.Background(), node.Options{Patience: time.Minute, Data: data})
	require.ErrorIs(t, err, node.ErrHeld, "no second process uses the folder")

	require.NoError(t, stop())
	_, err = node.ServerOf(data)
	require.ErrorIs(t, err, os.ErrNotExist)

	serving, stop = started(t, o)
	require.Empty(t, serving.FirstToken, "the first token is made once")
	require.NoError(t, stop())
}

// A request that is under way when the node stops gets its answer.
func TestServeDrains(t *testing.T) {
	data := t.TempDir()
	serving, stop := started(t, node.ServeOptions{Options: node.Options{Patience: time.Minute, Data: data, Empty: true}, Listen: "127.0.0.1:0"})
	defer http.DefaultClient.CloseIdleConnections()

	half, rest := io.Pipe()
	request, err := http.NewRequest(http.MethodPut, serving.Address+"/v1/groups/G20", half)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+serving.FirstToken)
	// The handler asks for the rest of the body when it reads: then the request is
	// under way.
	reading := make(chan struct{})
	request.Header.Set("Expect", "100-continue")
	request = request.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }}))
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Hour}}
	defer client.CloseIdleConnections()
	answered := make(chan int, 1)
	go func() {
		response, err := client.Do(request)
		if err != nil {
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	<-reading
	_, err = rest.Write([]byte(`{"id":"G20","name":`))
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	require.Eventually(t, func() bool { // it has begun to stop when nobody gets in any more
		_, err := net.Dial("tcp", strings.TrimPrefix(serving.Address, "http://"))
		return err != nil
	}, 2*time.Minute, time.Millisecond)
	_, err = rest.Write([]byte(`"Twenty","members":[]}`))
	require.NoError(t, err)
	require.NoError(t, rest.Close())
	require.Equal(t, http.StatusCreated, <-answered)
	require.NoError(t, <-stopped)
}

// Who follows the notices never goes; a stop does not wait for it.
func TestServeEndsStreams(t *testing.T) {
	serving, stop := started(t, node.ServeOptions{Options: node.Options{Patience: time.Minute, Data: t.TempDir(), Empty: true}, Listen: "127.0.0.1:0", Drain: time.Hour})
	defer http.DefaultClient.CloseIdleConnections()
	response, err := http.Get(serving.Address + "/v1/notices/stream")
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, stop())
	_, err = io.ReadAll(response.Body)
	require.NoError(t, err, "it ends as a whole answer does, and is not broken off")
}

func TestServeRefusesATakenPort(t *testing.T) {
	serving, stop := started(t, node.ServeOptions{Options: node.Options{Patience: time.Minute, Data: t.TempDir(), Empty: true}, Listen: "127.0.0.1:0"})
	defer func() { require.NoError(t, stop()) }()
	err := node.Serve(context.Background(), node.ServeOptions{Options: node.Options{Patience: time.Minute, Data: t.TempDir()}, Listen: serving.Address[len("http://"):]}, nil)
	require.ErrorContains(t, err, "address already in use")
}

func TestAPublicAddressHasAScheme(t *testing.T) {
	_, err := node.Open(context.Background(), node.Options{Patience: time.Minute, Data: t.TempDir(), Public: "treaties.example"})
	require.ErrorContains(t, err, "no public address")
}

func TestClusterFolderStaysWithItsCluster(t *testing.T) {
	data := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(data, "cluster"), []byte("nats://a\n"), 0o600))
	_, err := node.Open(context.Background(), node.Options{Patience: time.Minute, Data: data})
	require.ErrorContains(t, err, "follows the ledger of the cluster nats://a")
}
