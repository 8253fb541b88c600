package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/identity"
	"github.com/skuld-registry/skuld/network/lifecycle"
	"github.com/skuld-registry/skuld/network/pki"
)

// identityFlags are common to the identity commands.
type identityFlags struct {
	organisation string
	role         string
	caFile       string
	secretFile   string
	json         bool
}

// identityCall is what an identity command works on.
type identityCall struct {
	home     network.Home
	state    *network.State
	registry *identity.Registry
	request  identity.Request
	flags    identityFlags
}

func newIdentity(at homeFinder) *cobra.Command {
	c := &cobra.Command{
		Use:   "identity",
		Short: "Register, enrol and revoke the identities of an organisation",
		Long: "Identities are made by the organisation's own root, unless the file ca.json in the home says that the\n" +
			"organisation has a Fabric CA: {\"lender\": {\"url\": …, \"name\": …, \"tls_ca\": FILE, \"registrar\": NAME,\n" +
			"\"registrar_secret_file\": FILE}}.",
		Args: cobra.NoArgs,
	}
	c.AddCommand(
		identityCommand(at, "register NAME", "Make a name known to the organisation's Fabric CA; prints the secret to enrol it with", register),
		identityCommand(at, "enroll NAME", "Make an identity's key and certificate; prints where they are", enroll),
		identityCommand(at, "revoke NAME", "Revoke an identity; the running network refuses it from then on", revoke),
	)
	return c
}

func identityCommand(at homeFinder, use, short string, do func(*cobra.Command, identityCall) error) *cobra.Command {
	var f identityFlags
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			state, err := network.LoadState(h)
			if err != nil {
				return err
			}
			if f.caFile == "" {
				f.caFile = h.CAFile()
			}
			registry, err := identity.Open(h, state, f.caFile)
			if err != nil {
				return err
			}
			return do(c, identityCall{home: h, state: state, registry: registry, flags: f, request: identity.Request{
				Organisation: f.organisation, Name: args[0], Role: pki.Role(f.role), Now: time.Now(),
			}})
		},
	}
	c.Flags().StringVar(&f.organisation, "org", "", "organisation (required)")
	c.Flags().StringVar(&f.role, "role", string(pki.Client), "role of a new identity: client or admin")
	c.Flags().StringVar(&f.caFile, "ca", "", "file that says which organisations have a Fabric CA (default ca.json in the home)")
	c.Flags().StringVar(&f.secretFile, "secret-file", "", "file with the secret that registering printed, for enrolling at a Fabric CA; - is the standard input")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	if err := c.MarkFlagRequired("org"); err != nil {
		panic(err) // The flag is defined above.
	}
	return c
}

func register(c *cobra.Command, call identityCall) error {
	secret, err := call.registry.Register(call.request)
	if err != nil {
		return err
	}
	return call.print(c.OutOrStdout(), map[string]string{"secret": secret}, secret)
}

func enroll(c *cobra.Command, call identityCall) error {
	secret, err := readSecret(c.InOrStdin(), call.flags.secretFile)
	if err != nil {
		return err
	}
	call.request.Secret = secret
	files, err := call.registry.Enroll(call.request)
	if err != nil {
		return err
	}
	return call.print(c.OutOrStdout(), network.ClientIdentity{Certificate: files.Certificate(), Key: files.Key()},
		files.Certificate()+"\n"+files.Key())
}

// revoke asks the authority and tells the channel in one command, because a
// certificate that only its authority has revoked can still commit.
func revoke(c *cobra.Command, call identityCall) error {
	client, err := lifecycle.Open(call.home, call.state)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	revoked, err := client.Revoked(c.Context(), call.request.Organisation)
	if err != nil {
		return err
	}
	list, err := call.registry.Revoke(call.request, revoked)
	if err != nil {
		return err
	}
	if err := client.PublishRevocations(c.Context(), call.request.Organisation, list); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s of %s is revoked, and every peer knows it, after %.2f s.\n",
		call.request.Name, call.request.Organisation, time.Since(start).Seconds())
	return nil
}

func (call identityCall) print(w io.Writer, value any, text string) error {
	if call.flags.json {
		return json.NewEncoder(w).Encode(value)
	}
	_, err := fmt.Fprintln(w, text)
	return err
}

// maxSecret is the most that is read of a secret, in bytes.
const maxSecret = 4096

func readSecret(in io.Reader, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("reading the secret: %w", err)
		}
		defer f.Close() //nolint:errcheck // It is only read.
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxSecret))
	if err != nil {
		return "", fmt.Errorf("reading the secret: %w", err)
	}
	return string(bytes.TrimSpace(b)), nil
}
