package fabric

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/skuld-registry/skuld/ledger/protocol"
)

// How a peer's gateway words what it found (fabric v2.5, internal/pkg/gateway).
const (
	chaincodePrefix = "chaincode response " // then the status, a comma and the chaincode's own message
	mismatch        = "ProposalResponsePayloads do not match"
	noCombination   = "no combination of peers can be derived"
	accessDenied    = "access denied"
)

// next is what to do about an endorsement that was not had.
type next int

const (
	tryAgain   next = iota // the peers stood at different blocks, or were busy: pause
	tryElse                // a peer could not be reached: another route
	giveUp                 // the caller itself is turned away
	takeAnswer             // the contract refused
)

// judge says what a failed endorsement means. Nothing was sent in any case.
func judge(err error, orgs []string) (next, *protocol.Refusal) {
	if refusal := refusalOf(err, orgs); refusal != nil {
		return takeAnswer, refusal
	}
	st := status.Convert(statusOf(err))
	texts := []string{st.Message()}
	refusals := 0
	for _, d := range details(err) {
		texts = append(texts, d.GetMessage())
		if _, ok := chaincodeMessage(d.GetMessage()); ok {
			refusals++
		}
	}
	all := strings.Join(texts, "\n")
	switch {
	case strings.Contains(all, accessDenied),
		st.Code() == codes.PermissionDenied, st.Code() == codes.InvalidArgument, st.Code() == codes.Unauthenticated:
		return giveUp, nil
	case strings.Contains(all, mismatch), strings.Contains(all, noCombination):
		return tryAgain, nil
	case refusals > 0 && refusals == len(texts)-1:
		// Some endorsed and some refused, or they refused differently. Only a
		// peer at another block can see it otherwise than the registrar's.
		return tryAgain, nil
	case st.Code() == codes.ResourceExhausted, strings.Contains(all, "too many requests"):
		return tryAgain, nil
	}
	return tryElse, nil
}

// refusalOf gives the contract's refusal where every one of the organisations
// asked gave the same one. A single peer's refusal decides nothing: it may
// stand at an older block than the state it was shown.
func refusalOf(err error, orgs []string) *protocol.Refusal {
	var message string
	refused := map[string]bool{}
	for _, d := range details(err) {
		m, ok := chaincodeMessage(d.GetMessage())
		if !ok || len(refused) > 0 && m != message {
			return nil
		}
		message = m
		refused[d.GetMspId()] = true
	}
	for _, org := range orgs {
		if !refused[org] {
			return nil
		}
	}
	return &protocol.Refusal{Message: message}
}

// chaincodeMessage takes the chaincode's own message out of the gateway's.
func chaincodeMessage(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, chaincodePrefix)
	if !ok {
		return "", false
	}
	_, message, ok := strings.Cut(rest, ", ")
	return message, ok
}

// statusOf finds the gRPC status that an error carries.
func statusOf(err error) error {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return s.GRPCStatus().Err()
	}
	return err
}

// details lists what a gateway says of single peers.
func details(err error) []*gateway.ErrorDetail {
	var list []*gateway.ErrorDetail
	for _, d := range status.Convert(statusOf(err)).Details() {
		if e, ok := d.(*gateway.ErrorDetail); ok {
			list = append(list, e)
		}
	}
	return list
}

// turnedAway says that the channel does not admit the caller.
func turnedAway(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", protocol.ErrTurnedAway, doing, err)
}

// notSent says that nothing was ordered, and why.
func notSent(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", protocol.ErrNotSent, doing, err)
}
