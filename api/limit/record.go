package limit

import (
	"net/http"
	"time"
)

// Recorder notes the status of an answer and gives each piece of it its time to
// reach the caller, however many there are.
type Recorder struct {
	http.ResponseWriter
	Status int  // 0 until the answer has begun
	Stream bool // the answer sets the time of its pieces itself
}

// Record records what is answered through w.
func Record(w http.ResponseWriter) *Recorder { return &Recorder{ResponseWriter: w} }

// WriteHeader notes the status.
func (r *Recorder) WriteHeader(status int) {
	if r.Status == 0 {
		r.Status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write writes a piece.
func (r *Recorder) Write(b []byte) (int, error) {
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	if !r.Stream {
		_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(WriteTime))
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *Recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
