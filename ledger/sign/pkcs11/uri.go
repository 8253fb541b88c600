package pkcs11

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

const (
	scheme = "pkcs11:"
	// maxURI and maxPIN bound what is read, in bytes.
	maxURI = 2048
	maxPIN = 256
)

// ErrUnsupported says that the program was built without devices.
var ErrUnsupported = errors.New("this program was built without PKCS #11; build it with -tags pkcs11 and a C compiler")

// Key signs with a private key in a device. Close it when it signs no more.
type Key interface {
	crypto.Signer
	Close() error
}

// Reference names a key in a device.
type Reference struct {
	Module    string // file of the device's library
	Token     string // label of the token; either it or Serial is there
	Serial    string // serial number of the token
	Object    string // label of the key; it or ID is there, or both
	ID        string // CKA_ID of the key, as bytes
	PINSource string // file of the PIN; "" where the caller gives it
}

// IsURI says whether a text is meant to name a key in a device.
func IsURI(text string) bool { return strings.HasPrefix(text, scheme) }

// Parse reads a URI such as
//
//	pkcs11:token=lender;object=main?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/skuld/pin
//
// An attribute that is not one of Reference's is refused, as is pin-value: a URI
// stands in configurations and on command lines, where a secret must not.
func Parse(text string) (Reference, error) {
	var r Reference
	if !IsURI(text) || len(text) > maxURI {
		return r, fmt.Errorf("reading a PKCS #11 URI: want %s… of at most %d bytes", scheme, maxURI)
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(text, scheme), "?")
	seen := map[string]bool{}
	for _, part := range []struct{ text, separator string }{{path, ";"}, {query, "&"}} {
		for attribute := range strings.SplitSeq(part.text, part.separator) {
			if attribute == "" {
				continue
			}
			name, value, _ := strings.Cut(attribute, "=")
			value, err := url.PathUnescape(value)
			if err != nil || value == "" || seen[name] {
				return Reference{}, fmt.Errorf("reading a PKCS #11 URI: %s must be there once, with a percent-encoded value", name)
			}
			seen[name] = true
			if err := r.set(name, value); err != nil {
				return Reference{}, fmt.Errorf("reading a PKCS #11 URI: %w", err)
			}
		}
	}
	if err := r.check(); err != nil {
		return Reference{}, fmt.Errorf("reading a PKCS #11 URI: %w", err)
	}
	return r, nil
}

func (r *Reference) set(name, value string) error {
	switch name {
	case "module-path":
		r.Module = value
	case "token":
		r.Token = value
	case "serial":
		r.Serial = value
	case "object":
		r.Object = value
	case "id":
		r.ID = value
	case "type":
		if value != "private" {
			return errors.New("type can only be private")
		}
	case "pin-source":
		file, isFile := strings.CutPrefix(value, "file:")
		if !isFile && !filepath.IsAbs(value) {
			return errors.New("pin-source can only be a file")
		}
		r.PINSource = strings.TrimPrefix(file, "//")
	case "pin-value":
		return errors.New("pin-value is not taken; write the PIN into a file and name it with pin-source")
	default:
		return fmt.Errorf("the attribute %.32q is not known here", name)
	}
	return nil
}

func (r *Reference) check() error {
	switch {
	case !filepath.IsAbs(r.Module):
		return errors.New("module-path must be the absolute name of the device's library")
	case (r.Token == "") == (r.Serial == ""):
		return errors.New("either token or serial must be there")
	case r.Object == "" && r.ID == "":
		return errors.New("object or id must be there")
	case r.PINSource != "" && !filepath.IsAbs(r.PINSource):
		return errors.New("pin-source must be the absolute name of a file")
	}
	return nil
}

// pin gives the PIN: that of the caller, or that of the file.
func (r *Reference) pin(given []byte) (string, error) {
	if r.PINSource == "" {
		if len(given) == 0 {
			return "", errors.New("opening a device: there is no PIN; name its file with pin-source")
		}
		return string(given), nil
	}
	f, err := os.Open(r.PINSource)
	if err != nil {
		return "", fmt.Errorf("reading the PIN: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("reading the PIN: %w", err)
	}
	if info.Mode().Perm()&0o037 != 0 {
		return "", fmt.Errorf("reading the PIN: others can read %s; take their rights away with chmod 600", r.PINSource)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPIN+1))
	if err != nil {
		return "", fmt.Errorf("reading the PIN: %w", err)
	}
	pin := strings.TrimRight(string(text), "\r\n")
	if pin == "" || len(text) > maxPIN {
		return "", fmt.Errorf("reading the PIN: %s does not hold one of 1 to %d bytes", r.PINSource, maxPIN)
	}
	return pin, nil
}
