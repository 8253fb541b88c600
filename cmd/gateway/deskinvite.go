package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// codeBytes is how long the code of a one-time link is: nobody finds one by trying.
	codeBytes = 32
	// maxWaiting bounds the invitations that wait for the gateway to take them.
	maxWaiting = 100
	// maxInvitation bounds the file of one.
	maxInvitation = 16 << 10
)

// invitationsFolder holds the invitations that wait for the gateway.
func invitationsFolder(data string) string { return filepath.Join(data, "invitations") }

// invitedSpace makes ids of those who are invited by name.
var invitedSpace = uuid.MustParse("7d2f5b1a-6a3f-5c1e-8f0d-2b9c4e7a6d10")

// waitingInvitation is one that the gateway takes within seconds, or when it starts.
type waitingInvitation struct {
	Name  string          `json:"name"`
	Roles []casework.Role `json:"roles"`
	Code  string          `json:"code"` // of the one-time link; the file is its owner's alone
	Made  time.Time       `json:"made"`
}

// inviteStaff prints a one-time link for somebody who is to work at the desk, such as
// its first administrator. Whoever can write to the gateway's folder may.
func (c *config) inviteStaff(out io.Writer) error {
	if !c.Desk.on() {
		return errors.New("inviting somebody: the gateway has no desk; say where it is with desk.origin")
	}
	code := make([]byte, codeBytes)
	if _, err := rand.Read(code); err != nil {
		return fmt.Errorf("drawing a code: %w", err)
	}
	i := waitingInvitation{Name: c.invite, Code: base64.RawURLEncoding.EncodeToString(code), Made: time.Now().UTC()}
	for role := range strings.SplitSeq(cmp.Or(c.inviteAs, string(casework.Administrator)), ",") {
		i.Roles = append(i.Roles, casework.Role(strings.TrimSpace(role)))
	}
	if err := (casework.Profile{Name: i.Name, Roles: i.Roles}).Check(); err != nil {
		return fmt.Errorf("inviting somebody: %w", err)
	}
	text, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("writing an invitation: %w", err)
	}
	folder := invitationsFolder(c.Data)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("writing an invitation: %w", err)
	}
	// It gets its name when it is whole.
	path := filepath.Join(folder, uuid.NewString())
	if err := os.WriteFile(path+".part", text, 0o600); err != nil {
		return fmt.Errorf("writing an invitation: %w", err)
	}
	if err := os.Rename(path+".part", path+".json"); err != nil {
		return fmt.Errorf("writing an invitation: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s\n", desk.InvitationAddress(c.Desk.Origin, i.Code))
	return err
}

// takeInvitations lets in whom an errand has invited.
func takeInvitations(ctx context.Context, data string, work *casework.Desk) error {
	entries, err := os.ReadDir(invitationsFolder(data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading invitations: %w", err)
	}
	for _, e := range entries[:min(len(entries), maxWaiting)] {
		if filepath.Ext(e.Name()) != ".json" {
			continue
		}
		path := filepath.Join(invitationsFolder(data), e.Name())
		if err := takeInvitation(ctx, path, work); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("removing an invitation: %w", err)
		}
	}
	return nil
}

func takeInvitation(ctx context.Context, path string, work *casework.Desk) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading an invitation: %w", err)
	}
	defer f.Close()
	var i waitingInvitation
	if err := json.NewDecoder(io.LimitReader(f, maxInvitation)).Decode(&i); err != nil {
		return fmt.Errorf("reading an invitation: %w", err)
	}
	// The id follows from the name: who is invited again gets another link, not another
	// place.
	id := casebook.StaffID(uuid.NewSHA1(invitedSpace, []byte(i.Name)).String())
	add := casework.StaffAdd{Staff: id, Profile: casework.Profile{Name: i.Name, Roles: i.Roles}, Language: ledger.Swedish}
	return work.Install(ctx, add, i.Code, i.Made)
}
