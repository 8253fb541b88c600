// Package outage tries on a real network what lenders' systems go through while the
// programs behind a gateway are killed. It is apart from the gateway's other tests,
// which need no network, so that those can run beside other packages'.
package outage
