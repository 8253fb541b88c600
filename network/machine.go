package network

import (
	"errors"
	"fmt"
	"net"
)

// CheckMachine says what this machine lacks that Fabric needs.
func CheckMachine() error {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("listing this machine's addresses: %w", err)
	}
	return CheckAddresses(addresses)
}

// CheckAddresses says whether a Fabric peer starts on a machine with these
// addresses. It looks for one of version 4 that is not loopback, and gives up
// without, whatever address it is told to use.
func CheckAddresses(addresses []net.Addr) error {
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return nil
		}
	}
	return errors.New("a Fabric peer does not start on a machine that has only loopback addresses, though it would use no other; " +
		"give the machine any IPv4 address, for instance with: ip addr add 10.99.0.1/32 dev lo")
}
