package gate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const flooder, other = "192.0.2.1:1", "192.0.2.2:1"

// An address that asks without end is bounded, and leaves room for others: they
// are admitted at once, whatever waits before them.
func TestAFloodLeavesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Room: 2, PerAddress: 3})
		leave, err := g.Enter(t.Context(), flooder, View)
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := g.Enter(t.Context(), flooder, View); err != nil {
					require.ErrorIs(t, err, ErrBusy)
				}
			})
		}
		synctest.Wait()
		g.mu.Lock()
		require.Equal(t, 3, g.guests["192.0.2.1"].waiting, "and the rest was refused at once")
		require.Equal(t, 1, g.running)
		g.mu.Unlock()

		begun := time.Now()
		gone, err := g.Enter(t.Context(), other, View)
		require.NoError(t, err)
		require.Zero(t, time.Since(begun))
		gone()
		time.Sleep(6 * time.Second) // the patience of those who wait
		all.Wait()
		leave()
		g.mu.Lock()
		require.Empty(t, g.guests)
		require.Zero(t, g.running)
		g.mu.Unlock()
	})
}

// With room for one, addresses take turns, however many questions each has.
func TestAddressesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Room: 1})
		leave, err := g.Enter(t.Context(), "198.51.100.1:1", View)
		require.NoError(t, err)
		var mu sync.Mutex
		var order []string
		var all sync.WaitGroup
		come := func(address string) {
			all.Go(func() {
				leave, err := g.Enter(t.Context(), address, View)
				require.NoError(t, err)
				mu.Lock()
				order = append(order, address)
				mu.Unlock()
				leave()
			})
			synctest.Wait()
		}
		for range 4 {
			come(flooder)
		}
		come(other)
		leave()
		all.Wait()
		require.Len(t, order, 5)
		require.Contains(t, order[:2], other, "it waits for one of the other's at most")
	})
}

// Pictures have a share of their own, so that they do not fill the memory.
func TestPicturesHaveAShare(t *testing.T) {
	g := New(Options{Room: 4, Patience: time.Millisecond})
	for i := range 2 {
		_, err := g.Enter(t.Context(), fmt.Sprintf("192.0.2.%d:1", i), Picture)
		require.NoError(t, err)
	}
	_, err := g.Enter(t.Context(), "192.0.2.9:1", Picture)
	require.ErrorIs(t, err, ErrBusy)
	_, err = g.Enter(t.Context(), "192.0.2.9:1", View)
	require.NoError(t, err)
}

// Who has gone is not waited for.
func TestGone(t *testing.T) {
	g := New(Options{Room: 1})
	leave, err := g.Enter(t.Context(), flooder, View)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = g.Enter(ctx, other, View)
	require.ErrorIs(t, err, context.Canceled)
	leave()
	require.Empty(t, g.guests)
	require.Empty(t, g.waiting)
}

// Whatever comes and goes: no more run than there is room for, and nothing is left.
func TestRandomGuests(t *testing.T) {
	g := New(Options{Room: 3, Patience: 2 * time.Millisecond, PerAddress: 4, Waiting: 9})
	var all sync.WaitGroup
	for i := range 8 {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		all.Go(func() {
			for range 300 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(3000))*time.Microsecond)
				leave, err := g.Enter(ctx, fmt.Sprintf("192.0.2.%d:1", random.IntN(4)), Class(random.IntN(int(classes))))
				if err == nil {
					g.mu.Lock()
					fits := g.running <= 3 && g.of[Picture] <= 1 && g.of[Assume] <= 1
					g.mu.Unlock()
					require.True(t, fits)
					leave()
				}
				cancel()
			}
		})
	}
	all.Wait()
	require.Empty(t, g.guests)
	require.Empty(t, g.waiting)
	require.Zero(t, g.running)
}
