package material

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skuld-registry/skuld/network"
)

// dialTimeout is how long a peer tries to reach a chaincode server.
const dialTimeout = "10s"

// service is a package's connection.json: where the peer finds the chaincode,
// and the certificates of a mutual TLS connection.
type service struct {
	Address            string `json:"address"`
	DialTimeout        string `json:"dial_timeout"`
	TLSRequired        bool   `json:"tls_required"`
	ClientAuthRequired bool   `json:"client_auth_required"`
	RootCert           string `json:"root_cert"`
	ClientCert         string `json:"client_cert"`
	ClientKey          string `json:"client_key"`
}

// Package is a chaincode package on disk.
type Package struct {
	Path string
	ID   string // what a peer will call it: label and hash
}

// PackageFor makes an organisation's package of a definition, or finds the one
// that was made before: a package's id is the hash of its bytes, and must not
// change with the version of the compressor that made it.
func PackageFor(h network.Home, d network.Deployment, organisation string) (Package, error) {
	path := h.Package(d.Label(), organisation)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		content, err = writePackage(h, d, organisation, path)
	}
	if err != nil {
		return Package{}, fmt.Errorf("packaging %s for %s: %w", d.Label(), organisation, err)
	}
	hash := sha256.Sum256(content)
	return Package{Path: path, ID: d.Label() + ":" + hex.EncodeToString(hash[:])}, nil
}

func writePackage(h network.Home, d network.Deployment, organisation, path string) ([]byte, error) {
	content, err := packageBytes(h, d, organisation)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), network.FolderMode); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path+".partial", content, network.PrivateMode); err != nil {
		return nil, err
	}
	return content, os.Rename(path+".partial", path)
}

func packageBytes(h network.Home, d network.Deployment, organisation string) ([]byte, error) {
	client := h.Crypto().Identity(organisation, network.ChaincodeClientIdentity)
	var texts [3]string
	for i, file := range []string{h.Crypto().TLSRoot(organisation), client.TLSCertificate(), client.TLSKey()} {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts[i] = string(b)
	}
	connection, err := json.Marshal(service{
		Address:            network.Address(d.Ports[organisation]),
		DialTimeout:        dialTimeout,
		TLSRequired:        true,
		ClientAuthRequired: true,
		RootCert:           texts[0],
		ClientCert:         texts[1],
		ClientKey:          texts[2],
	})
	if err != nil {
		return nil, err
	}
	code, err := archive(entry{"connection.json", connection})
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(map[string]string{"type": "ccaas", "label": d.Label()})
	if err != nil {
		return nil, err
	}
	return archive(entry{"metadata.json", metadata}, entry{"code.tar.gz", code})
}

type entry struct {
	name    string
	content []byte
}

// archive is a tar.gz without times, so that the same entries give the same
// bytes and a package's id is known before any peer has it.
func archive(entries ...entry) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	for _, e := range entries {
		if err := tape.WriteHeader(&tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.content))}); err != nil {
			return nil, err
		}
		if _, err := tape.Write(e.content); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(tape.Close(), zip.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
