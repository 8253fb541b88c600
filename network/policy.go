package network

import (
	"fmt"
	"strings"
)

// The channel's policies are signature policies written out. The usual implicit
// ones ("a majority of the organisations' own policies") make Fabric verify
// every signature again for each organisation, which cost a quarter of the
// throughput. The price is that adding an organisation is a configuration
// update of these rules too.

// Endorsement is the policy of every transaction: the registrar's peer and at
// least one other member's peer must agree on the result.
func (t Topology) Endorsement() string { return t.registrarAnd(1) }

// LifecycleEndorsement is the policy for a chaincode definition: a majority of
// the organisations, the registrar among them. A definition that the registrar
// has not approved could never endorse a transaction, so the others must not be
// able to commit one.
func (t Topology) LifecycleEndorsement() string {
	return t.registrarAnd(len(t.Organisations) / 2)
}

// registrarAnd is the policy that needs the registrar's peer and the peers of
// the given number of other organisations.
func (t Topology) registrarAnd(others int) string {
	registrar := ""
	var rest []string
	for _, o := range t.Organisations {
		principal := "'" + o.MSPID + ".peer'"
		if o.Name == t.Registrar {
			registrar = principal
		} else {
			rest = append(rest, principal)
		}
	}
	return fmt.Sprintf("AND(%s,OutOf(%d,%s))", registrar, others, strings.Join(rest, ","))
}

// Readers is the policy for reading the channel.
func (t Topology) Readers() string { return t.anyOf("admin", "peer", "client") }

// Writers is the policy for submitting transactions.
func (t Topology) Writers() string { return t.anyOf("admin", "client") }

func (t Topology) anyOf(roles ...string) string {
	var principals []string
	for _, o := range t.Organisations {
		for _, r := range roles {
			principals = append(principals, fmt.Sprintf("'%s.%s'", o.MSPID, r))
		}
	}
	return "OR(" + strings.Join(principals, ",") + ")"
}

// WithOrderers widens a Readers or Writers policy to the ordering service,
// which the channel's own policies need and the application's do not.
func WithOrderers(policy string) string {
	return strings.TrimSuffix(policy, ")") + ",'" + OrdererMSP + ".member')"
}

// MembersPolicy is the policy that says whose peers keep a collection. Its
// members must be organisations of the topology, as Validate checks.
func (t Topology) MembersPolicy(c Collection) (string, error) {
	var principals []string
	for _, m := range c.Members {
		o, err := t.Organisation(m)
		if err != nil {
			return "", fmt.Errorf("collection %s: %w", c.Name, err)
		}
		principals = append(principals, "'"+o.MSPID+".member'")
	}
	return "OR(" + strings.Join(principals, ",") + ")", nil
}
