package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
)

// registrarName is the organisation of a local network that serves persons.
const registrarName = "registrar"

// atRegistrar gives commands the flag that says where the registrar is.
func atRegistrar(address *string, commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.Flags().StringVar(address, "registrar", "", "address of the registrar's gateway (default the profile's, or that of the local network); it is remembered")
	}
	return commands
}

// connectRegistrar makes a client that acts for the profile's party at the
// registrar's gateway, also where another organisation hosts the party.
func (a *app) connectRegistrar(ctx context.Context, address string) (*session, error) {
	p, err := a.openProfile()
	if err != nil {
		return nil, err
	}
	if p.Party == "" {
		return nil, &usageError{"skuld", fmt.Errorf("the profile %s has no party; register it with skuld party register, or choose another with --profile", p.Dir())}
	}
	if err := a.requireNetwork(ctx, p); err != nil {
		return nil, err
	}
	gateway, err := a.registrarOf(p, address)
	if err != nil {
		return nil, err
	}
	private, err := a.openKey(p, p.Key)
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{
		Gateway: gateway, Party: p.Party, Key: private, Language: a.language(), Transport: a.transport, Now: a.now, Random: a.random,
	})
	if err != nil {
		return nil, err
	}
	if address != "" && address != p.Registrar {
		p.Registrar = address
		if err := p.Save(); err != nil {
			return nil, err
		}
	}
	return &session{Client: c, profile: p}, nil
}

// registrarOf finds the registrar's gateway: --registrar, the profile's, that of a
// local network, or the party's own gateway, which refuses where it has no pages.
func (a *app) registrarOf(p *profile.Profile, address string) (string, error) {
	if address == "" {
		address = p.Registrar
	}
	if address != "" {
		if err := profile.CheckGateway(address); err != nil {
			return "", &usageError{"skuld", fmt.Errorf("--registrar: %w", err)}
		}
		return address, nil
	}
	if _, err := os.Stat(filepath.Join(a.home(), endpointsFile)); err == nil {
		if url, err := a.localGateway(registrarName); err == nil && url != "" {
			return url, nil
		}
	}
	gateway, err := a.gatewayOf(p)
	if err != nil {
		return "", &usageError{"skuld", errors.New("the registrar's gateway is not known; name it with --registrar URL")}
	}
	return gateway, nil
}
