package api

import (
	"errors"
	"net/http"
	"strings"

	"depositary/api/problem"
	v1 "depositary/api/v1"
	"depositary/eventstore/publiclog"
)

// logPath is below which the public log is served, as C2SP tlog-tiles lays it out.
const logPath = "/log/"

// ofLog is what a part of the public log costs: it is read from memory, but for
// entries, which are read from the store.
var ofLog = tolls[v1.CostScan]

// publicLog serves the checkpoint, the tiles, and the public key of the log.
func (s *server) publicLog(w http.ResponseWriter, r *http.Request) {
	what := strings.TrimPrefix(r.URL.Path, logPath)
	media, caching := "text/plain; charset=utf-8", "no-cache"
	var data []byte
	var err error
	switch tile, isTile := strings.CutPrefix(what, "tile/"); {
	case isTile:
		// What a tile has never changes, whether it is full or not.
		media, caching = "application/octet-stream", "public, max-age=31536000, immutable"
		data, err = s.Log.Tile(tile)
	case what == "checkpoint":
		data, err = s.Log.Checkpoint()
	case what == "key":
		var key string
		key, err = s.Log.Key()
		data = []byte(key + "\n")
	default:
		err = publiclog.ErrNoTile
	}
	switch {
	case errors.Is(err, publiclog.ErrNoTile), errors.Is(err, publiclog.ErrEmpty):
		problem.Write(w, problem.New(http.StatusNotFound, "not-found", err.Error()))
	case err != nil:
		s.Logger.Error("the public log cannot be read", "cause", err)
		problem.Write(w, problem.Defect())
	default:
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", caching)
		_, _ = w.Write(data) // a reader that has gone needs nothing
	}
}
