package auth

import (
	"context"
	"log/slog"
)

// Event is a thing that happened to access, as the log names it (ASVS 5.0
// 16.3.1 to 16.3.4). Every such line has the attribute "event".
type Event string

// The events.
const (
	EventTokenIssued    Event = "token_issued"
	EventTokenRefused   Event = "token_refused"    // an assertion or a request for a token was
	EventAccessRefused  Event = "access_refused"   // a token or a proof was not
	EventProofReplayed  Event = "proof_replayed"   // a proof came a second time
	EventScopeRefused   Event = "scope_refused"    // a token does not cover what was asked
	EventRateRefused    Event = "rate_refused"     // more requests than are taken
	EventRegistration   Event = "registration"     // a party was registered
	EventAdmission      Event = "admission"        // an authority was admitted
	EventKeysChanged    Event = "keys_changed"     // a party's keys were
	EventPartyRevoked   Event = "party_revoked"    // a party ended
	EventPowerChanged   Event = "power_changed"    // a power of attorney was granted or ended
	EventInvitation     Event = "invitation"       // somebody was given a code with which to make a passkey
	EventRecovery       Event = "recovery"         // a recovery of lost keys was opened, confirmed or ended
	EventKeyMade        Event = "key_made"         // the gateway has a new key
	EventKeyRemoved     Event = "key_removed"      // the gateway's old key verifies nothing any more
	EventIssuerKeysRead Event = "issuer_keys_read" // an identity provider's keys were fetched
)

// logEvent writes an event that no request caused.
func logEvent(log *slog.Logger, event Event, attrs ...slog.Attr) {
	log.LogAttrs(context.Background(), slog.LevelInfo, "security", append([]slog.Attr{slog.String("event", string(event))}, attrs...)...)
}
