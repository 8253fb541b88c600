package webhook

import (
	"hash/fnv"
	"strconv"
	"time"
)

// How often and for how long a delivery is tried: about three days in all.
const (
	MaxAttempts  = 18
	firstBackoff = 10 * time.Second
	longBackoff  = 6 * time.Hour
	// longRetryAfter bounds how long a receiver can ask to wait.
	longRetryAfter = 6 * time.Hour
	// jitter is the part by which waits differ, so that what failed together does
	// not come back together: up to one in this many.
	jitter = 4
)

// Backoff gives how long to wait after an attempt at a delivery, the first being
// number 1: ten seconds, then three times as long each time, up to six hours, and
// up to a quarter more that differs from delivery to delivery.
func Backoff(delivery string, attempt int) time.Duration {
	wait := firstBackoff
	for n := 1; n < attempt && wait < longBackoff; n++ {
		wait *= 3
	}
	wait = min(wait, longBackoff)
	h := fnv.New32a()
	h.Write([]byte(delivery + "/" + strconv.Itoa(attempt)))
	const steps = 1000
	return wait + wait/jitter*time.Duration(h.Sum32()%steps)/steps
}

// retryAfter reads how long an answer asks to wait (RFC 9110 par. 10.2.3); 0
// where it does not.
func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := time.Parse(time.RFC1123, text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longRetryAfter)
}
