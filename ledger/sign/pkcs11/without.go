//go:build !pkcs11

package pkcs11

// Open opens a key in a device. This program cannot.
func Open(Reference, []byte) (Key, error) { return nil, ErrUnsupported }

// Create makes a key in a device. This program cannot.
func Create(Reference, []byte) (Key, error) { return nil, ErrUnsupported }
