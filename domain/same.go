package domain

import "reflect"

// SameDefinition reports whether two definitions say the same, so that the one
// held is not recorded again. A list that is empty says what one that is absent
// says.
func SameDefinition[T Treaty | Participant | Group | Weights](a, b *T) bool {
	return sameValue(reflect.ValueOf(*a), reflect.ValueOf(*b))
}

func sameValue(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || sameValue(a.Elem(), b.Elem()))
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, key := range a.MapKeys() {
			if of := b.MapIndex(key); !of.IsValid() || !sameValue(a.MapIndex(key), of) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
