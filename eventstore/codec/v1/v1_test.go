package v1_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain/domaintest"
	v1 "depositary/eventstore/codec/v1"
)

// shapes lists the lines of this version, by name.
var shapes = map[string]v1.Event{
	v1.NameActionRecorded: v1.ActionRecorded{}, v1.NameActionCorrected: v1.ActionCorrected{}, v1.NameActionContested: v1.ActionContested{},
	v1.NameRecordAnnulled: v1.RecordAnnulled{}, v1.NameCoverageStated: v1.CoverageStated{}, v1.NameTreatyDefined: v1.TreatyDefined{},
	v1.NameParticipantDefined: v1.ParticipantDefined{}, v1.NameGroupDefined: v1.GroupDefined{}, v1.NameWeightsDefined: v1.WeightsDefined{},
	v1.NameArrivalRegistered: v1.ArrivalRegistered{}, v1.NameArrivalDecided: v1.ArrivalDecided{},
	v1.NameNotificationIssued: v1.NotificationIssued{}, v1.NameTemplateDefined: v1.TemplateDefined{},
	v1.NameDayBegun: v1.DayBegun{}, v1.NameNodeAdded: v1.NodeAdded{}, v1.NameNodeRevoked: v1.NodeRevoked{},
}

// Each line with every member is converted to its event and back without a loss,
// and states its own name.
func TestEveryMemberIsConvertedBothWays(t *testing.T) {
	for name, empty := range shapes {
		filled := reflect.New(reflect.TypeOf(empty))
		domaintest.Fill(t, filled.Interface())
		filled.Elem().FieldByName("Type").SetString(name)
		line := filled.Elem().Interface().(v1.Event)
		again, ok := v1.FromDomain(line.ToDomain())
		require.True(t, ok, name)
		require.Equal(t, line, again)
	}
}

// What was frozen is read into the shape of its name alone: each member is known,
// and what is written again is the same to the byte.
func TestFrozenMembersAreThoseOfTheShapes(t *testing.T) {
	frozen, err := os.ReadFile("../testdata/members.ndjson")
	require.NoError(t, err)
	seen := make(map[string]bool)
	for line := range bytes.Lines(frozen) {
		var head struct{ Type string }
		require.NoError(t, json.Unmarshal(line, &head))
		shape, ok := shapes[head.Type]
		require.True(t, ok, head.Type)
		seen[head.Type] = true
		read := reflect.New(reflect.TypeOf(shape))
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(read.Interface()), head.Type)
		var written bytes.Buffer
		encoder := json.NewEncoder(&written)
		encoder.SetEscapeHTML(false)
		require.NoError(t, encoder.Encode(read.Interface()))
		require.Equal(t, string(line), written.String())
	}
	require.Len(t, seen, len(shapes), "each event has a line with every member")
}

// An event without a shape is not written, and a row of a weight table is three
// values.
func TestWhatCannotBeWritten(t *testing.T) {
	_, ok := v1.FromDomain(nil)
	require.False(t, ok)
	for _, row := range []string{`[]`, `["DEU",2020]`, `["DEU",2020,1,1]`, `{"area":"DEU"}`, `["DEU","2020",1]`} {
		require.Error(t, json.Unmarshal([]byte(row), new(v1.WeightRow)), row)
	}
	var row v1.WeightRow
	require.NoError(t, json.Unmarshal([]byte(`["DEU",2020,15762457]`), &row))
	require.Equal(t, v1.WeightRow{Area: "DEU", Year: 2020, Value: 15762457}, row)
}
