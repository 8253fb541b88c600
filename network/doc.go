// Package network describes a Hyperledger Fabric network as Go values: which
// organisations, nodes and chaincodes there are (Topology), who must endorse
// what (the policies), where its files lie (Home), which ports it has and which
// chaincode definitions (State), what a client needs to connect (Connection,
// Endpoints), and what machines hand one another when an organisation joins
// (Candidate, Welcome).
//
// It must not start a process, speak to a node, or import any Fabric module:
// both the administration (built on fabric-sdk-go) and the gateways and tests
// (built on fabric-gateway) import it, and those two cannot share a binary.
package network
