package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// A history is what was received, as commands, and what has to be said of it: by
// commands, by the API and on pages, each line "question => answer, in part". A
// question begins with / for the API or a page; "!=>" is what must not be said.
type history struct {
	name     string
	received []string
	said     []string
}

// histories are cases from the record on which a reader of tables or of the law goes
// wrong, in their smallest form.
var histories = []history{
	{"the published day holds where predecessors are missing in tables: ICCPR, 23 March 1976", nil, []string{
		"entry ICCPR => in force since 1976-03-23",
		"status ICCPR --as-of 1976-06-01 => 35 parties",
		"status ICCPR JAM --as-of 1976-06-01 => Status      party",
		"/v1/treaties/ICCPR/status?asOf=1976-06-01 => \"inForce\":\"1976-03-23\"",
		"/v1/treaties/ICCPR/participants/JAM?asOf=1976-06-01 => \"status\":\"party\"",
		"/en/treaties/ICCPR?asOf=1976-06-01 => 23 March 1976",
	}},
	{"the German Democratic Republic's instrument is one of the ten: ICCPR-OP2, 11 July 1991", nil, []string{
		"entry ICCPR-OP2 --as-of 1991-08-01 => DDR          ratification  1990-08-16",
		"status ICCPR-OP2 SWE --as-of 1991-08-01 => Since       1991-07-11",
		"/v1/treaties/ICCPR-OP2/participants/SWE?asOf=1991-08-01 => \"status\":\"party\"",
		"/en/treaties/ICCPR-OP2?asOf=1991-08-01 => 11 July 1991",
	}},
	{"provisional application is no consent: Spain, Kigali Amendment", []string{}, []string{
		"status KIGALI ESP --as-of 2022-05-01 => no action (applies provisionally)",
		"/v1/treaties/KIGALI/participants/ESP?asOf=2022-05-01 => \"provisional\":true",
		"/en/treaties/KIGALI?asOf=2022-05-01 => <span class=\"flag\">applies provisionally</span>",
	}},
	{"a fraction of a group counts what its list shows", []string{"group add four.json", "treaty add four-treaty.json", "record FOUR-TREATY EUU accession --date 2000-01-01",
		"record FOUR-TREATY FRA accession --date 2000-01-02", "record FOUR-TREATY DEU accession --date 2000-01-03", "record FOUR-TREATY ITA accession --date 2000-01-04"}, []string{
		"entry FOUR-TREATY --as-of 2000-01-03 => 3/4 of FOUR    2      3",
		"entry FOUR-TREATY => met by the deposit of Italy on 4 January 2000",
		"/v1/treaties/FOUR-TREATY/entry-into-force => \"metOn\":\"2000-01-04\"",
		"/en/treaties/FOUR-TREATY => 3 February 2000",
	}},
	{"a former party applies nothing provisionally", []string{"record ONE-TREATY FRA provisional~application --date 1990-02-01", "record ONE-TREATY FRA accession --date 1991-01-01", "record ONE-TREATY FRA withdrawal --date 2000-01-01"}, []string{
		"status ONE-TREATY FRA --as-of 2001-01-01 => Status      former party\n",
		"/v1/treaties/ONE-TREATY/status?asOf=2001-01-01 !=> \"provisional\":true",
		"/en/treaties/ONE-TREATY?asOf=2001-01-01 !=> applies provisionally",
	}},
	{"the day of effect of the end of provisional application: Russian Federation, Energy Charter Treaty", []string{"record ECT RUS provisional~application --date 1994-12-17",
		"record ECT RUS end~of~provisional~application --date 2009-08-20 --effect 2009-10-18"}, []string{
		"status ECT RUS --as-of 2009-09-01 => applies provisionally",
		"status ECT RUS --as-of 2009-10-18 => Status  not known\n",
		"status ECT RUS --as-of 2009-10-18 !=> Since",
		"/v1/treaties/ECT/participants/RUS?asOf=2009-09-01 => \"provisional\":true",
		"/en/treaties/ECT?asOf=2009-09-01 => applies provisionally",
		"/en/treaties/ECT?asOf=2009-10-18 !=> <span class=\"flag\">applies provisionally",
	}},
	{"what is counted as deposited had been deposited: UNCLOS on 15 November 1993", nil, []string{
		"entry UNCLOS --as-of 1993-11-15 => 60 consents   59     60",
		"status UNCLOS --as-of 1993-11-15 => 58 consents",
		"/en/treaties/UNCLOS?asOf=1993-11-16 => 16 November 1994",
	}},
	{"an area belongs to the State that existed there: Kazakhstan, 1 June 1991", nil, []string{
		"gap ICCPR --as-of 1991-06-01 => Kazakhstan: belonged to Union of Soviet Socialist Republics on that day",
		"/v1/treaties/ICCPR/gap?asOf=1991-06-01 => \"ofName\":\"Union of Soviet Socialist Republics\"",
		"/en/gap/ICCPR?asOf=1991-06-01 => belonged to Union of Soviet Socialist Republics",
	}},
	{"a State that is bound for a territory only is not counted whole: Malaysia for Sabah, C97", nil, []string{
		"gap C97 => Malaysia: bound for Sabah only",
		"/v1/treaties/C97/gap => \"limitedTo\":[\"Sabah\"]",
		"/en/gap/C97 => bound for Sabah only",
		"/en/map/C97 => for Sabah only",
	}},
	{"a territory where the treaty has no clause: CAT, Isle of Man, 8 December 1992", []string{"record CAT GBR territorial~application --date 1992-12-08 --territory Isle~of~Man --reason the~Secretary-General~accepted~it"}, []string{
		"status CAT GBR => Territories  Isle of Man",
		"/v1/treaties/CAT/participants/GBR => \"territories\":[\"Isle of Man\"]",
	}},
	{"an exclusion is lifted: OPSC, Greenland, 10 October 2016", []string{"record OPSC DNK territorial~exclusion --date 2003-07-24 --territory Greenland",
		"record OPSC DNK territorial~application --date 2016-10-10 --territory Greenland --reason received"}, []string{
		"/v1/treaties/OPSC/participants/DNK?asOf=2016-10-09 => \"territoriesExcluded\":[\"Greenland\"]",
		"/v1/treaties/OPSC/participants/DNK?asOf=2016-10-10 !=> \"territoriesExcluded\"",
		"/en/treaties/OPSC?asOf=2016-10-09 => not for Greenland",
		"/en/treaties/OPSC?asOf=2016-10-10 !=> not for Greenland",
	}},
	{"ratifying the revising convention denounces the old one: Mexico, C107, 5 September 1991", []string{"treaty add c107.json", "record C107 MEX ratification --date 1959-06-01", "record C107 MEX withdrawal --date 1990-09-05 --effect 1991-09-05 --by-law revising~convention"}, []string{
		"status C107 MEX --as-of 1991-09-04 => party, withdrawal notified",
		"status C107 MEX --as-of 1991-09-05 => former party",
		"/v1/treaties/C107/participants/MEX?asOf=1991-09-05 => following by law (revising convention)",
		"/en/treaties/C107?asOf=1991-09-05 => former party",
	}},
	{"two depositaries, the earliest deposit counts: NPT, United Kingdom", []string{"record NPT GBR ratification --date 1968-11-29 --depositary Moscow --reason signed~on~1~July~1968",
		"record NPT GBR ratification --date 1968-11-27 --depositary London --reason signed~on~1~July~1968"}, []string{
		"status NPT GBR --as-of 1968-11-27 => contracting",
		"status NPT GBR => 1968-11-29",
		"/v1/treaties/NPT/participants/GBR?asOf=1970-03-05 => \"bound\":\"1970-03-05\"",
		"/en/treaties/NPT?asOf=1970-03-05 => 1968",
	}},
	{"31 December of the year following: United States, UNESCO, 28 December 1983", []string{"record UNESCO-CONSTITUTION USA acceptance --date 1946-09-30", "record UNESCO-CONSTITUTION USA withdrawal --date 1983-12-28"}, []string{
		"status UNESCO-CONSTITUTION USA --as-of 1984-12-30 => party, withdrawal notified",
		"status UNESCO-CONSTITUTION USA --as-of 1984-12-31 => former party",
		"/v1/treaties/UNESCO-CONSTITUTION/participants/USA?asOf=1984-12-31 => \"until\":\"1984-12-31\"",
		"/en/treaties/UNESCO-CONSTITUTION?asOf=1984-12-31 => former party",
	}},
	{"the day after six months: Greece, European Convention on Human Rights, 13 June 1970", []string{"record ETS005 GRC ratification --date 1953-03-28 --reason signed~before", "record ETS005 GRC withdrawal --date 1969-12-12 --effect 1970-06-13"}, []string{
		"status ETS005 GRC --as-of 1970-06-12 => party, withdrawal notified",
		"status ETS005 GRC --as-of 1970-06-13 => former party",
	}},
	{"an exclusion of a part is lifted after six months: Finland, CISG Part II", []string{"record CISG FIN ratification --date 1987-12-15 --excludes Part~II --reason signed~before", "record CISG FIN acceptance~of~further~parts --date 2011-11-28 --accepts Part~II"}, []string{
		"/v1/treaties/X-10/status?asOf=2012-05-31 => \"excludes\":[\"Part II\"]",
		"/v1/treaties/X-10/status?asOf=2012-06-01 !=> \"excludes\"",
		"/en/treaties/X-10?asOf=2012-05-31 => parts excluded",
	}},
}

// files are what the commands above read.
var historyFiles = map[string]string{
	"four.json": `{"id":"FOUR","name":"Four","kind":"list","members":[{"participant":"FRA"},{"participant":"DEU"},{"participant":"ITA"},{"participant":"EUU"}],"source":"our own","verification":"unverified"}`,
	"four-treaty.json": `[{"id":"X-91","short":"FOUR-TREATY","title":"Treaty of four","adopted":"1999-01-01","admits":["States","REIO"],"entryIntoForce":{"when":"3/4 of FOUR","then":"30 days"},"source":"our own","verification":"unverified"},
{"id":"X-92","short":"ONE-TREATY","title":"Treaty of one","adopted":"1989-01-01","entryIntoForce":{"when":"1 consents","then":"30 days"},"laterParties":{"then":"30 days"},"withdrawal":{"rule":"permitted","then":"1 year"},"source":"our own","verification":"unverified"}]`,
	"c107.json": `{"id":"C107","short":"C107","title":"Indigenous and Tribal Populations Convention, 1957","adopted":"1957-06-26","admits":["States"],"entryIntoForce":{"when":"2 consents","then":"12 months"},"laterParties":{"then":"12 months"},
"withdrawal":{"rule":"permitted","then":"1 year","window":"1 year after each 10 years"},"stated":{"inForce":"1959-06-02","source":"NORMLEX","verification":"unverified"},"source":"our own","verification":"unverified"}`,
}

// Each history has its right value on the page, in the API and by the command.
func TestHistoriesAsTheyWere(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Bundled = true })
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(d.Token["all"]), 0o600))
	for name, text := range historyFiles {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			for _, command := range h.received {
				commanded(t, d.URL, dir, command)
			}
			for _, line := range h.said {
				question, answer, positive := strings.Cut(line, " => ")
				if !positive {
					question, answer, _ = strings.Cut(line, " !=> ")
				}
				said := answered(t, d.URL, dir, question)
				require.Equal(t, positive, strings.Contains(said, answer), "%s\n%s", line, short(said, 3000))
			}
		})
	}
}

// commanded runs a command of words; ~ stands for a blank within one.
func commanded(t *testing.T, server, dir, command string) string {
	t.Helper()
	args := strings.Fields(command)
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "~", " ")
		if strings.HasSuffix(arg, ".json") {
			args[i] = filepath.Join(dir, arg)
		}
	}
	var out, stderr bytes.Buffer
	require.Zero(t, run(append(args, "--server", server, "--token-file", filepath.Join(dir, "token")), strings.NewReader(""), &out, &stderr), "%s\n%s", command, &stderr)
	return out.String()
}

func answered(t *testing.T, server, dir, question string) string {
	t.Helper()
	if !strings.HasPrefix(question, "/") {
		return commanded(t, server, dir, question)
	}
	request, err := http.NewRequest(http.MethodGet, server+question, nil)
	require.NoError(t, err)
	if !strings.HasPrefix(question, "/v1/") {
		request.Header.Set("Accept", "text/html")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode, question)
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	require.NoError(t, err)
	return body.String()
}
