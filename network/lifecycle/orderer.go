package lifecycle

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"

	"github.com/skuld-registry/skuld/network"
)

// maxAnswer is the most that is read of an orderer's answer, in bytes.
const maxAnswer = 64 << 10

// participation is the path of the orderers' channel participation interface.
const participation = "/participation/v1/channels"

// JoinOrderers gives the genesis block to every orderer that does not have the
// channel yet.
func (c *Client) JoinOrderers(ctx context.Context) error {
	block, err := os.ReadFile(c.home.Genesis())
	if err != nil {
		return fmt.Errorf("reading the genesis block: %w", err)
	}
	client, err := c.ordererClient()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	for _, n := range c.state.Topology.OrdererNodes() {
		url := "https://" + c.state.Address(n.Name, network.AdminPort) + participation
		err := persist(ctx, "giving the channel to "+n.Name, func(ctx context.Context) error {
			return joinOrderer(ctx, client, url, block)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// AwaitOrderer waits until an orderer serves the channel: while it knows of no
// leader it gives nobody a block.
func (c *Client) AwaitOrderer(ctx context.Context, n network.Node) error {
	a, err := c.asker()
	if err != nil {
		return err
	}
	return persist(ctx, "waiting until "+n.Name+" serves the channel", func(ctx context.Context) error {
		_, err := a.resources.QueryConfigBlockFromOrderer(network.Channel,
			resmgmt.WithOrdererEndpoint(c.state.Address(n.Name, network.ListenPort)), resmgmt.WithParentContext(ctx))
		return err
	})
}

// ordererClient authenticates as the orderers' administrator by its TLS
// certificate.
func (c *Client) ordererClient() (*http.Client, error) {
	admin := c.home.Crypto().Identity(network.OrdererOwner, network.AdminIdentity)
	certificate, err := tls.LoadX509KeyPair(admin.TLSCertificate(), admin.TLSKey())
	if err != nil {
		return nil, fmt.Errorf("loading the TLS certificate of the orderers' administrator: %w", err)
	}
	root, err := os.ReadFile(c.home.Crypto().TLSRoot(network.OrdererOwner))
	if err != nil {
		return nil, fmt.Errorf("reading the orderers' TLS root: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		return nil, errors.New("the orderers' TLS root is no certificate")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS12,
	}}}, nil
}

func joinOrderer(ctx context.Context, client *http.Client, url string, block []byte) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("config-block", "genesis.block")
	if err != nil {
		return err
	}
	if _, err := part.Write(block); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // The answer has been read.
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	switch resp.StatusCode {
	case http.StatusCreated:
		return nil
	case http.StatusMethodNotAllowed: // The channel exists: an earlier start gave it.
		return nil
	default:
		return fmt.Errorf("the orderer answered %s: %s", resp.Status, bytes.TrimSpace(answer))
	}
}
