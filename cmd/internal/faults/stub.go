package main

import "context"

func flood(context.Context, *suite, *outcome) error { return nil }
