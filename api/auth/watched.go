package auth

import "context"

type watchedKey struct{}

// Watched returns a context in which Seen tells who asks, for the request log. The
// text is written once at most, before the answer.
func Watched(ctx context.Context, actor *string) context.Context {
	return context.WithValue(ctx, watchedKey{}, actor)
}

// Seen tells who asks.
func Seen(ctx context.Context, id Identity) {
	if actor, ok := ctx.Value(watchedKey{}).(*string); ok {
		*actor = id.Actor
	}
}
