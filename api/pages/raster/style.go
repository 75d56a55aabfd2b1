package raster

import (
	"errors"
	"fmt"
	"image/color"
	"regexp"
	"strconv"
	"strings"
)

// style is what an element is painted with.
type style struct {
	fill, stroke string // a colour such as #1f3f66, url(#id), none
	fillOpacity  float64
	strokeWidth  float64
	dashes       []float64
	round        bool // ends and joins of strokes
	size         float64
	bold         bool
}

// initial is what SVG begins with.
var initial = style{fill: "#000000", stroke: "none", fillOpacity: 1, strokeWidth: 1, size: 12}

// sheet is the rules of a style sheet, in their order.
type sheet []rule

type rule struct {
	class        string
	declarations []declaration
}

type declaration struct{ property, value string }

var (
	rules    = regexp.MustCompile(`(?m)^\.([a-z-]+)\{([^}]*)\}$`) // of one class; those for pointers and focus are not for paper
	variable = regexp.MustCompile(`var\(--[a-z-]+,(#[0-9a-f]{6})\)`)
)

// styleOf reads the style sheet of a document.
func styleOf(root *element) (sheet, error) {
	for _, child := range root.children {
		if child.name != "style" {
			continue
		}
		var all sheet
		for _, m := range rules.FindAllStringSubmatch(child.text, -1) {
			r := rule{class: m[1]}
			for text := range strings.SplitSeq(m[2], ";") {
				if property, value, found := strings.Cut(text, ":"); found {
					r.declarations = append(r.declarations, declaration{property, variable.ReplaceAllString(value, "$1")})
				}
			}
			all = append(all, r)
		}
		return all, nil
	}
	return nil, errors.New("raster: the document has no style sheet: a standalone one expected")
}

// presentation is the attributes that a rule of the sheet may overrule.
var presentation = []string{"fill", "stroke", "fill-opacity", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap"}

// of returns the style of an element: what it inherits, its own attributes, and
// above them the rules of its classes.
func (all sheet) of(e *element, inherited style) (style, error) {
	s := inherited
	for _, name := range presentation {
		if value, given := e.attrs[name]; given {
			if err := s.set(name, value); err != nil {
				return s, err
			}
		}
	}
	classes := strings.Fields(e.attrs["class"])
	known := make(map[string]bool, len(classes))
	for _, r := range all {
		for _, class := range classes {
			if class != r.class {
				continue
			}
			known[class] = true
			for _, d := range r.declarations {
				if err := s.set(d.property, d.value); err != nil {
					return s, fmt.Errorf("class %s: %w", class, err)
				}
			}
		}
	}
	for _, class := range classes {
		if !known[class] && class != "chart-focus" { // which is for pointers alone
			return s, fmt.Errorf("class %s has no rule", class)
		}
	}
	return s, nil
}

func (s *style) set(property, value string) (err error) {
	number := func() (v float64) {
		v, err = strconv.ParseFloat(strings.TrimSuffix(value, "px"), 64)
		return v
	}
	switch property {
	case "fill":
		s.fill = value
	case "stroke":
		s.stroke = value
	case "fill-opacity":
		s.fillOpacity = number()
	case "stroke-width":
		s.strokeWidth = number()
	case "stroke-dasharray":
		s.dashes, err = numbers(value, len(strings.Fields(value)))
	case "stroke-linejoin", "stroke-linecap":
		s.round = value == "round"
	case "font-size":
		s.size = number()
	case "font-weight":
		s.bold = number() >= 600
	case "display", "max-width", "height", "font-family", "cursor", "outline":
	default:
		return fmt.Errorf("property %s is not known", property)
	}
	return err
}

// colourOf reads a colour as the style sheet writes it.
func colourOf(text string, opacity float64) (color.Color, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
	if err != nil || len(text) != 7 || text[0] != '#' {
		return nil, fmt.Errorf("colour %q is not known", text)
	}
	return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), uint8(opacity*255 + 0.5)}, nil
}
