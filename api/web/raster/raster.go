// Package raster makes PNG of SVG.
package raster

import "errors"

// PNG stands in.
func PNG(string, float64) ([]byte, error) { return nil, errors.New("not yet") }
