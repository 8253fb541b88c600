package main

import (
	"fmt"
	"io"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
)

// rotateKey makes a new key for tokens and webhooks before one is due, as when the
// old one may have been seen. A gateway that is serving finds it within a minute.
func (c *config) rotateKey(clock func() time.Time, out io.Writer) error {
	keys, err := auth.OpenKeys(keysFolder(c.Data), clock, nil)
	if err != nil {
		return err
	}
	if err := keys.Rotate(); err != nil {
		return fmt.Errorf("making a new key: %w", err)
	}
	fmt.Fprintf(out, "gateway: the key %s signs in %s; the old one's tokens are taken for %s after that, and it is published for %s\n",
		keys.Public().Keys[0].ID, auth.KeyLead, auth.TokenLife, auth.KeyOverlap)
	return nil
}
