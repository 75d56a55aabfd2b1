package v1

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unmarshalJSON names line and column of broken JSON, and the field of a value
// that does not fit. It refuses text that cannot be kept as it was sent, which
// the decoder would alter without a word.
func unmarshalJSON(data []byte, v any) error {
	if at, reason := spoiled(data); reason != "" {
		return fmt.Errorf("%s: %s", place(data, at), reason)
	}
	if whole, ok := v.(interface{ take([]byte) }); ok {
		whole.take(data)
		return nil
	}
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %s", place(data, int(syntax.Offset)), strings.TrimPrefix(syntax.Error(), "json: "))
	case errors.As(err, &typed):
		return fmt.Errorf("%s: field %s cannot be a %s", place(data, int(typed.Offset)), typed.Field, typed.Value)
	}
	return err
}

// place tells where a byte stands, counting both from 1.
func place(data []byte, offset int) string {
	before := string(data[:min(offset, len(data))])
	return fmt.Sprintf("line %d, column %d", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:]))
}

// spoiled finds text that is no Unicode: bytes that are not UTF-8, halves of
// surrogate pairs, and the character NUL. The offset is that of the byte after.
func spoiled(data []byte) (offset int, reason string) {
	for i := 0; i < len(data); {
		switch {
		case data[i] == 0:
			return i + 1, "a NUL byte"
		case data[i] == '\\' && i+1 < len(data) && data[i+1] == 'u':
			size, reason := escaped(data[i:])
			if reason != "" {
				return i + 1, reason
			}
			i += size
		case data[i] == '\\':
			i += 2
		case data[i] < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size == 1 {
				return i + 1, "a byte that is not UTF-8"
			}
			i += size
		}
	}
	return 0, ""
}

// escaped reads \uXXXX at the beginning of data, or a pair of them. What is no
// escape is left to the decoder.
func escaped(data []byte) (size int, reason string) {
	first, ok := hex4(data)
	switch {
	case !ok:
		return 2, ""
	case first == 0:
		return 0, `the character NUL (\u0000)`
	case !utf16.IsSurrogate(first):
		return 6, ""
	}
	if second, ok := hex4(data[6:]); ok && utf16.DecodeRune(first, second) != utf8.RuneError {
		return 12, ""
	}
	return 0, `half of a surrogate pair (\ud800 to \udfff)`
}

func hex4(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 32)
	return rune(n), err == nil
}
