package eventstore

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	// MaxLines is how many lines one Append to a Journal may have.
	MaxLines = 255

	// JournalDepth is how many Appends of each key a Journal keeps.
	JournalDepth = 2000

	maxName = 200 // bytes of a name or a key
)

// CheckName says what is wrong with the name of a bucket, cursor or journal,
// or with a part of a key: it is letters, digits, - and _ of ASCII.
func CheckName(name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("the name %q has %d bytes, it needs 1 to %d", name, len(name), maxName)
	}
	for _, r := range name {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		default:
			return fmt.Errorf("%q cannot stand in the name %q: only letters, digits, - and _ can", r, name)
		}
	}
	return nil
}

// CheckKey says what is wrong with a key of a Bucket or Journal: it is names
// joined by dots.
func CheckKey(key string) error {
	if len(key) > maxName {
		return fmt.Errorf("the key %q has %d bytes, at most %d are possible", key, len(key), maxName)
	}
	for part := range strings.SplitSeq(key, ".") {
		if err := CheckName(part); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
	}
	return nil
}

// CheckLines says why a Journal cannot take the lines in one Append: more
// than MaxLines, or a line feed inside a line.
func CheckLines(lines [][]byte) error {
	if len(lines) > MaxLines {
		return fmt.Errorf("%d lines at once, a journal takes at most %d", len(lines), MaxLines)
	}
	for i, line := range lines {
		if bytes.IndexByte(line, '\n') >= 0 {
			return fmt.Errorf("line %d of %d has a line feed inside", i+1, len(lines))
		}
	}
	return nil
}
