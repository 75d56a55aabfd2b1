package lang

import (
	"math"
	"strconv"
)

// symbols are how a language writes numbers, after CLDR 48 with digits 0 to 9.
type symbols struct {
	decimal, group, minus string
	least                 int // how many digits must stand before the first separator of groups
	percent               string
}

const (
	noBreak       = "\u00a0"
	narrowNoBreak = "\u202f"
	leftToRight   = "\u200e" // keeps a sign on the side of its number in Arabic text
)

// symbolsOf stands here as a table, and is not asked of golang.org/x/text each
// time, as that goes through fmt, and its CLDR 32 still groups French by the
// wide space. The test compares the two.
var symbolsOf = map[string]symbols{
	"en": {decimal: ".", group: ",", minus: "-", least: 1, percent: "%"},
	"fr": {decimal: ",", group: narrowNoBreak, minus: "-", least: 1, percent: narrowNoBreak + "%"},
	"es": {decimal: ",", group: ".", minus: "-", least: 2, percent: noBreak + "%"},
	"ar": {decimal: ".", group: ",", minus: leftToRight + "-", least: 1, percent: leftToRight + "%" + leftToRight},
	"zh": {decimal: ".", group: ",", minus: "-", least: 1, percent: "%"},
	"ru": {decimal: ",", group: noBreak, minus: "-", least: 1, percent: noBreak + "%"},
}

// Decimal is what stands before the decimals of a number.
func (l *Language) Decimal() string { return l.symbols.decimal }

// Number writes a number with so many decimals, or with as many as it has
// where that is negative: 4.51, in French 4,51. What is no number is written
// as a dash.
func (l *Language) Number(v float64, decimals int) string {
	return string(l.appendNumber(make([]byte, 0, 32), v, decimals))
}

// Percent writes a share that is given in percent: 4.51%, in French 4,51 %.
func (l *Language) Percent(v float64, decimals int) string {
	return string(append(l.appendNumber(make([]byte, 0, 32), v, decimals), l.symbols.percent...))
}

// Whole writes a whole number: 280,598,105.
func (l *Language) Whole(n int64) string {
	return string(l.appendWhole(make([]byte, 0, 32), n))
}

func (l *Language) appendWhole(b []byte, n int64) []byte {
	var digits [20]byte
	return l.group(b, strconv.AppendInt(digits[:0], n, 10))
}

func (l *Language) appendNumber(b []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "–"...)
	}
	var digits [64]byte
	return l.group(b, strconv.AppendFloat(digits[:0], v, 'f', max(decimals, -1), 64))
}

// group appends a number that is written as -1234.5.
func (l *Language) group(b, number []byte) []byte {
	if number[0] == '-' {
		number = number[1:]
		if !zero(number) { // what rounds to nothing is not below it
			b = append(b, l.symbols.minus...)
		}
	}
	before := len(number)
	for i, c := range number {
		if c == '.' {
			before = i
			break
		}
	}
	grouped := before >= 3+l.symbols.least
	for i, c := range number[:before] {
		if grouped && i > 0 && (before-i)%3 == 0 {
			b = append(b, l.symbols.group...)
		}
		b = append(b, c)
	}
	if before == len(number) {
		return b
	}
	b = append(b, l.symbols.decimal...)
	return append(b, number[before+1:]...)
}

func zero(number []byte) bool {
	for _, c := range number {
		if c != '0' && c != '.' {
			return false
		}
	}
	return true
}
