package mtdsg_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports/mtdsg"
	"depositary/domain"
)

func TestLabels(t *testing.T) {
	type act = mtdsg.LabelAct
	for label, want := range map[string][]act{
		"Signature": {{"Signature", "", domain.Signature}},
		"Signature, Succession to signature(d)": {
			{"Signature", "", domain.Signature}, {"Succession to signature", "d", domain.SuccessionToSignature},
		},
		"Signature,Signature ad referendum (s)": {
			{"Signature", "", domain.Signature}, {"Signature ad referendum", "s", domain.SignatureAdReferendum},
		},
		"Acceptance(A), Accession(a), Approval(AA)": {
			{"Acceptance", "A", domain.Acceptance}, {"Accession", "a", domain.Accession}, {"Approval", "AA", domain.Approval},
		},
		"Definitive signature of the Protocol, Acceptance ipso facto by virtue of article 10 (1) of the Convention of 12 September 1923, as amended(A)": {
			{"Definitive signature of the Protocol", "", domain.DefinitiveSignature},
			{"Acceptance ipso facto by virtue of article 10 (1) of the Convention of 12 September 1923, as amended", "A", domain.Acceptance},
		},
		"Provisional application by virtue of signature, adoption of the Agreement or accession thereto, Provisional application by virtue of a notification (n)": {
			{"Provisional application by virtue of signature, adoption of the Agreement or accession thereto", "", domain.ProvisionalApplication},
			{"Provisional application by virtue of a notification", "n", domain.ProvisionalApplication},
		},
		"Participation in the Convention by virtue of ratification, accession or succession to the Protocol of 25 March 1972": {
			{"Participation in the Convention by virtue of ratification, accession or succession to the Protocol of 25 March 1972", "", domain.ConsentToBeBound},
		},
		"Notification of non-provisional application under article 7 (1) (b)": {
			{"Notification of non-provisional application under article 7 (1) (b)", "", ""},
		},
		"Notification under article 21 (1)":        {{"Notification under article 21 (1)", "", domain.Notification}},
		"Ratification under article 31(a)":         {{"Ratification under article 31(a)", "", domain.Ratification}},
		"Signature of the Final Act":               {{"Signature of the Final Act", "", ""}},
		"Acceptance/Accession(a)":                  {{"Acceptance/Accession", "a", ""}},
		"Acceptance of amendments":                 {{"Acceptance of amendments", "", ""}},
		"Definitive acceptance":                    {{"Definitive acceptance", "", domain.Acceptance}},
		"Provisional acceptance":                   {{"Provisional acceptance", "", ""}},
		"Extension":                                {{"Extension", "", ""}},
		"Ratification<superscript>3</superscript>": {{"Ratification", "", domain.Ratification}},
		"":    nil,
		" , ": {{",", "", ""}},
	} {
		t.Run(label, func(t *testing.T) {
			column := mtdsg.ParseColumn(label)
			require.Equal(t, label, column.Label)
			require.Equal(t, want, column.Acts)
			require.False(t, column.Register)
		})
	}
	for _, label := range []string{"Resolution", "Date of Adoption", "Registration Date", "Registration Number", "UNTS Volume", "UNTS Page"} {
		require.True(t, mtdsg.ParseColumn(label).Register, label)
	}
}
