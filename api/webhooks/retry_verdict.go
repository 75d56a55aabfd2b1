package webhooks

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// verdict is what an answer means for a notice.
type verdict string

const (
	isTaken  verdict = "taken"   // the next one's turn
	isFailed verdict = "failed"  // again by the schedule
	isGone   verdict = "gone"    // the subscription is disabled; the notice waits
	isNobody verdict = "stopped" // we stopped meanwhile: as if it had not been tried
)

// verdicts of answers, by status; the first range that holds it counts. What is
// in none, and every fault without an answer, is a failure.
var verdicts = []struct {
	from, to int
	verdict  verdict
	means    string
}{
	{200, 299, isTaken, ""},
	{300, 399, isFailed, "a redirection, and those are not followed"},
	{410, 410, isGone, "the address is gone for good"},
	{400, 499, isFailed, "the receiver refused it"},
	{500, 599, isFailed, "the receiver failed"},
}

// judge says what an answer means, and in words what was wrong with it.
func judge(a answer) (v verdict, problem string) {
	if a.fault != "" {
		return isFailed, a.fault
	}
	for _, row := range verdicts {
		if a.status >= row.from && a.status <= row.to {
			if row.verdict == isTaken {
				return isTaken, ""
			}
			return row.verdict, strings.TrimSpace(strconv.Itoa(a.status)+" "+http.StatusText(a.status)) + ": " + row.means
		}
	}
	return isFailed, strconv.Itoa(a.status) + ": no status of an answer"
}

// longestRetryAfter bounds what a receiver may ask for.
const longestRetryAfter = 24 * time.Hour

// retryAfter reads the header, seconds or a date; 0 where there is none.
func retryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(strings.TrimSpace(header), 10, 64); err == nil {
		wait = time.Duration(min(max(seconds, 0), int64(longestRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestRetryAfter)
}
