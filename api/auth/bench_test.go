package auth_test

import "testing"

// BenchmarkAccess is what each request pays for its access: two signatures to
// verify, that of the token and that of the proof.
func BenchmarkAccess(b *testing.B) {
	s := newScene(b)
	token := s.token().Text
	proofs := make([]string, b.N)
	for i := range proofs {
		proofs[i] = s.forNotes(token)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, proof := range proofs {
		if _, err := s.enter(token, proof); err != nil {
			b.Fatal(err)
		}
	}
}
