package main

import (
	"fmt"
	"net"
	"os"
)

// The words that systemd understands; sd_notify(3).
const (
	nowReady    = "READY=1"
	nowStopping = "STOPPING=1"
)

// notify tells the service manager how the gateway does, where one asked to be
// told (Type=notify). A socket name that begins with @ is an abstract one.
func notify(state string) error {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("reaching the service manager: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("telling the service manager %s: %w", state, err)
	}
	return nil
}
