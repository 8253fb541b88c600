package site

import (
	"encoding/base64"
	"fmt"
	"io"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
)

// MaxCeremony bounds a form with the answer of a passkey, which is JSON in the
// encoding of forms.
const MaxCeremony = 4 * passkey.MaxResponseBytes

// Challenge draws a challenge and keeps what is to be remembered until it is answered.
func (v *Visit) Challenge(in *store.Store, purpose, data string) ([]byte, error) {
	challenge := make([]byte, passkey.ChallengeBytes)
	if _, err := io.ReadFull(v.site.Random, challenge); err != nil {
		return nil, fmt.Errorf("drawing a challenge: %w", err)
	}
	return challenge, in.AddChallenge(v.R.Context(), challenge, purpose, data, v.site.Clock())
}

// Ceremony is what a form with the answer of a passkey holds.
type Ceremony struct {
	Challenge []byte
	Data      string // what was remembered with the challenge
	Response  []byte
}

// ReadCeremony reads the answer of a passkey. Each challenge is answered once: failed
// says, for the person, why there is nothing to check.
func (v *Visit) ReadCeremony(from *store.Store, purpose string) (c Ceremony, failed page.Text, err error) {
	if err := v.ParseForm(); err != nil {
		return c, failed, err
	}
	c.Response = []byte(v.R.PostForm.Get("credential"))
	if len(c.Response) == 0 {
		return c, page.Say("signin.script"), nil
	}
	if c.Challenge, err = base64.RawURLEncoding.DecodeString(v.R.PostForm.Get("challenge")); err != nil {
		return c, page.Say("signin.late"), nil
	}
	data, found, err := from.TakeChallenge(v.R.Context(), c.Challenge, purpose, v.site.Clock())
	if err == nil && !found {
		failed = page.Say("signin.late")
	}
	c.Data = data
	return c, failed, err
}
