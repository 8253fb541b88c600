// Package fabric carries the registry's messages over a Hyperledger Fabric
// channel: protocol.Channel through Fabric's Gateway service. It chooses who
// endorses, tells a refusal from a fault and a fault from an unknown outcome,
// and reads the block stream.
//
// It must know nothing of notes and commands, decide nothing that the contract
// decides, and never be linked into one binary with fabric-sdk-go, which
// registers the same protobuf messages.
package fabric
