package identity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/config"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// authorityKey names the one authority in the SDK's configuration.
const authorityKey = "ca"

func (r *Registry) registerWith(ca CA, q Request) (secret string, err error) {
	err = r.withCA(ca, q.Organisation, func(c *msp.Client, _ string) error {
		secret, err = c.Register(&msp.RegistrationRequest{Name: q.Name, Type: string(q.Role), CAName: ca.Name})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("registering %s at the Fabric CA of %s: %w", q.Name, q.Organisation, err)
	}
	return secret, nil
}

func (r *Registry) enrollWith(ca CA, q Request, files network.IdentityFiles) error {
	err := r.withCA(ca, q.Organisation, func(c *msp.Client, keys string) error {
		if err := c.Enroll(q.Name, msp.WithSecret(q.Secret)); err != nil {
			return err
		}
		identity, err := c.GetSigningIdentity(q.Name)
		if err != nil {
			return err
		}
		key, err := os.ReadFile(filepath.Join(keys, "keystore", hex.EncodeToString(identity.PrivateKey().SKI())+"_sk"))
		if err != nil {
			return err
		}
		return pki.Pair{Certificate: identity.EnrollmentCertificate(), Key: key}.Write(files.Certificate(), files.Key())
	})
	if err != nil {
		return fmt.Errorf("enrolling %s at the Fabric CA of %s: %w", q.Name, q.Organisation, err)
	}
	return nil
}

func (r *Registry) revokeWith(ca CA, q Request) (list []byte, err error) {
	err = r.withCA(ca, q.Organisation, func(c *msp.Client, _ string) error {
		answer, err := c.Revoke(&msp.RevocationRequest{Name: q.Name, GenCRL: true, CAName: ca.Name})
		if err == nil {
			list = answer.CRL
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("revoking %s at the Fabric CA of %s: %w", q.Name, q.Organisation, err)
	}
	return list, nil
}

// withCA gives use a client of the authority, and the folder in which the SDK
// keeps keys. The folder is deleted afterwards: what is to stay is copied to
// the organisation's identities.
func (r *Registry) withCA(ca CA, organisation string, use func(c *msp.Client, keys string) error) error {
	secret, err := os.ReadFile(ca.SecretFile)
	if err != nil {
		return fmt.Errorf("reading the registrar's secret: %w", err)
	}
	store, err := os.MkdirTemp(r.home.Network(), "enrolment-")
	if err != nil {
		return fmt.Errorf("making a folder for keys: %w", err)
	}
	defer os.RemoveAll(store) //nolint:errcheck // A left-over folder is as private as the identities.
	o, err := r.state.Topology.Organisation(organisation)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(caConfig(ca, caPlace{
		organisation: o, store: store, crypto: r.home.Crypto(), secret: string(bytes.TrimSpace(secret)),
	}))
	if err != nil {
		return fmt.Errorf("encoding the configuration of the Fabric CA client: %w", err)
	}
	sdk, err := fabsdk.New(config.FromRaw(raw, "json"))
	if err != nil {
		return fmt.Errorf("preparing the Fabric CA client: %w", err)
	}
	defer sdk.Close()
	client, err := msp.New(sdk.Context(), msp.WithOrg(organisation), msp.WithCAInstance(authorityKey))
	if err != nil {
		return fmt.Errorf("preparing the Fabric CA client: %w", err)
	}
	return use(client, store)
}

// caPlace is what a client of a Fabric CA needs beside the authority's address.
type caPlace struct {
	organisation network.Organisation
	store        string
	crypto       network.Crypto
	secret       string
}

// caConfig is the part of fabric-sdk-go's configuration that a client of a
// Fabric CA needs.
func caConfig(ca CA, p caPlace) map[string]any {
	type m = map[string]any
	return m{
		"version": "1.0.0",
		"client": m{
			"organization":    p.organisation.Name,
			"logging":         m{"level": "critical"},
			"cryptoconfig":    m{"path": string(p.crypto)},
			"credentialStore": m{"path": filepath.Join(p.store, "users"), "cryptoStore": m{"path": p.store}},
			"BCCSP": m{"security": m{
				"enabled": true, "default": m{"provider": "SW"}, "hashAlgorithm": "SHA2", "softVerify": true, "level": 256,
			}},
			"tlsCerts": m{"systemCertPool": false},
		},
		"organizations": m{p.organisation.Name: m{
			"mspid": p.organisation.MSPID, "cryptoPath": p.crypto.MSP(p.organisation.Name),
			"certificateAuthorities": []string{authorityKey},
		}},
		"certificateAuthorities": m{authorityKey: m{
			"url": ca.URL, "caName": ca.Name, "tlsCACerts": m{"path": ca.TLSCA},
			"registrar": m{"enrollId": ca.Registrar, "enrollSecret": p.secret},
		}},
	}
}
