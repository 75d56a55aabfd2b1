package domaintest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"depositary/domain"
)

// Fill returns every field of what v points to a value of its own, none of them
// zero, so that a conversion that forgets one shows. Lists get two elements and
// maps one. It fails the test for a type that it does not know.
func Fill(t testing.TB, v any) {
	t.Helper()
	(&filler{}).fill(t, reflect.ValueOf(v).Elem())
}

// filler sets every field below a value to its own value, none of them zero.
type filler struct{ n int }

// next returns a number that no field has yet.
func (f *filler) next() int { f.n++; return f.n }

func (f *filler) fill(t testing.TB, v reflect.Value) {
	t.Helper()
	switch target := v.Addr().Interface().(type) {
	case *domain.Date:
		*target = domain.MustDate("2000-01-01").AddDays(f.next())
		return
	case *domain.RecordID:
		*target = domain.RecordID{Position: uint64(f.next()), N: uint32(f.next())}
		return
	case *domain.Condition:
		*target = domain.MustCondition(fmt.Sprintf("%d consents from GROUP-%d of which %d from PART-%d, organizations counted and 55%% of weights-%d",
			f.next(), f.next(), f.next(), f.next(), f.next()))
		return
	case *time.Time:
		*target = time.Unix(int64(f.next()), 0).UTC()
		return
	case *domain.Delay:
		*target = domain.MustDelay(fmt.Sprintf("first of the month after %d months", f.next()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(t, v.Index(0))
		f.fill(t, v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(t, key)
		f.fill(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(fmt.Sprintf("TEXT-%d", f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.next()))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.next()))
	case reflect.Float64:
		v.SetFloat(float64(f.next()) + 0.5)
	default:
		t.Fatalf("no value for a field of type %s", v.Type())
	}
}

// Leaves lists the values within v that are not zero, each with the names of the
// fields that lead to it, in order: equal for two shapes that say the same.
func Leaves(v any) []string {
	var all []string
	leaves("", reflect.ValueOf(v), &all)
	slices.Sort(all)
	return all
}

func leaves(path string, v reflect.Value, all *[]string) {
	switch value := v.Interface().(type) {
	case domain.Date, domain.RecordID, domain.Condition, domain.Delay, time.Time:
		if !v.IsZero() {
			*all = append(*all, fmt.Sprintf("%s=%v", path, value))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			leaves(path, v.Elem(), all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(path+"."+v.Type().Field(i).Name, v.Field(i), all)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(fmt.Sprintf("%s[%d]", path, i), v.Index(i), all)
		}
	default:
		if !v.IsZero() {
			*all = append(*all, fmt.Sprintf("%s=%v", path, v))
		}
	}
}
