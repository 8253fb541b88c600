package network

import (
	"errors"
	"fmt"
	"net"
)

// CheckMachine says what a machine lacks that Fabric needs.
func CheckMachine() error {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("listing this machine's addresses: %w", err)
	}
	if !hasOutsideIPv4(addresses) {
		return errors.New("a Fabric peer does not start on a machine that has only loopback addresses, even though it uses no other; " +
			"give it any IPv4 address, for instance with: ip addr add 10.99.0.1/32 dev lo")
	}
	return nil
}

// hasOutsideIPv4 is the condition that a peer checks.
func hasOutsideIPv4(addresses []net.Addr) bool {
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return true
		}
	}
	return false
}
