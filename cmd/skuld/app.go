package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	defaultProfile = "default"
	defaultHome    = ".skuld"
	// demoFolder holds the profiles of the demonstration's parties, under the
	// home of a local network.
	demoFolder = "demo"
	// maxEndpoints bounds the file in which a local network says where it is.
	endpointsFile = "endpoints.json"
	maxEndpoints  = 1 << 20
)

// app is one run of the program.
type app struct {
	console
	flags struct {
		profile, as, gateway, language, passphraseFile string
		json                                           bool
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "skuld",
		Short: "Issue, sign, transfer and pay digital promissory notes",
		Long: `skuld is the client of the registry of digital promissory notes.

It writes each command on this machine, signs it with a key that never leaves
it, hands it to a gateway and waits until the outcome is known. A profile is a
party's keys, id and gateway; --profile picks one, so that one machine can play
several parties.

Exit codes: 0 done, 1 refused, 2 wrong command line, 3 no answer or an outcome
that is not known yet.`,
		Example: `  skuld key new
  skuld party register --kind company --name "Nordlån AB" --gateway http://127.0.0.1:8080
  skuld book open
  skuld note offer --borrower p… --amount "120000 SEK" --rate 5.9 --term 24 --agreed-on 2026-06-15
  skuld --profile borrower note accept n…
  skuld pay n… --amount "5313.07 SEK"`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// A completion script is no operation of the registry.
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              onlyCommands,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := root.PersistentFlags()
	f.StringVar(&a.flags.profile, "profile", "", "profile to act with: a name, or a folder (default $SKULD_PROFILE, or \"default\")")
	f.StringVar(&a.flags.as, "as", "", "on a local network: act as its demonstration party, or through the gateway, of this name (lender, collector, registrar …)")
	f.StringVar(&a.flags.gateway, "gateway", "", "address of the gateway (default: the profile's)")
	f.StringVar(&a.flags.language, "lang", "", "language of refusals: sv, da or en")
	f.StringVar(&a.flags.passphraseFile, "passphrase-file", "", "file with the passphrase of the key (default the profile's, $SKULD_PASSPHRASE_FILE, or a prompt)")
	f.BoolVar(&a.flags.json, "json", false, "write JSON for programs")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		text, _, _ := strings.Cut(err.Error(), ": strconv.") // whose words are for programmers
		return usage(cmd, "%s", text)
	})
	root.AddCommand(a.keyCommand(), a.profileCommand(), a.partyCommand(), a.bookCommand(), a.noteCommand(), a.transferCommand(),
		a.pledgeCommand(), a.mandateCommand(), a.noticeCommand(), a.payCommand(), a.forgiveCommand(), a.chargeCommand(), a.reliefCommand(), a.setoffCommand(), a.debtReliefCommand(), a.disputeCommand(), a.amendCommand(),
		a.accelerateCommand(), a.cureCommand(), a.interruptCommand(),
		a.freezeCommand(), a.releaseCommand(), a.contactCommand(), a.inviteCommand(), a.linkCommand(), a.callbackCommand(), a.recoveryCommand(), a.watchCommand(), a.signCommand(), a.submitCommand(), a.tapeCommand(), a.verifyCommand(), a.versionCommand())
	return root
}

// group makes a command that only holds others. Without one of them it shows
// its help, and a word that is none of them is an error.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: onlyCommands, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(commands...)
	return c
}

func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(cmd, "there is no command %q", args[0])
	}
	return nil
}

// usageError is a mistake on the command line.
type usageError struct {
	command string
	err     error
}

func (u *usageError) Error() string { return u.err.Error() }

func usage(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{command: cmd.CommandPath(), err: fmt.Errorf(format, args...)}
}

// exactly takes a number of arguments, named for the error.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usage(cmd, "needs %s; %d given", strings.Join(names, " and "), len(args))
		}
		return nil
	}
}

// openProfile finds the profile to act with: --profile, the demonstration's
// party that --as names, $SKULD_PROFILE, or the default one.
func (a *app) openProfile() (*profile.Profile, error) {
	switch {
	case a.flags.profile != "":
		return a.namedProfile(a.flags.profile)
	case a.flags.as != "" && !profile.ValidName(a.flags.as):
		return nil, &usageError{"skuld", fmt.Errorf("--as %q is not the name of an organisation or a party", a.flags.as)}
	case a.flags.as != "":
		dir := filepath.Join(a.home(), demoFolder, a.flags.as)
		if _, err := os.Stat(dir); err == nil {
			return profile.Open(dir)
		}
		if _, err := a.localGateway(a.flags.as); err != nil {
			return nil, err // before the default profile is blamed
		}
	}
	if dir := a.getenv("SKULD_PROFILE"); dir != "" {
		return profile.Open(dir)
	}
	return a.namedProfile(defaultProfile)
}

func (a *app) namedProfile(name string) (*profile.Profile, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return profile.Open(name)
	}
	if !profile.ValidName(name) {
		return nil, &usageError{"skuld", fmt.Errorf("--profile %q is neither a name nor a folder", name)}
	}
	base := a.getenv("XDG_CONFIG_HOME")
	if base == "" {
		home := a.getenv("HOME")
		if home == "" {
			return nil, &usageError{"skuld", errors.New("there is no home folder; name the profile's folder with --profile ./NAME")}
		}
		base = filepath.Join(home, ".config")
	}
	return profile.Open(filepath.Join(base, "skuld", name))
}

func (a *app) home() string {
	if home := a.getenv("SKULD_HOME"); home != "" {
		return home
	}
	return defaultHome
}

// gatewayOf finds the gateway: --gateway, the local one of --as, the profile's.
func (a *app) gatewayOf(p *profile.Profile) (string, error) {
	switch {
	case a.flags.gateway != "":
		if err := profile.CheckGateway(a.flags.gateway); err != nil {
			return "", &usageError{"skuld", fmt.Errorf("--gateway: %w", err)}
		}
		return a.flags.gateway, nil
	case a.flags.as != "":
		if url, err := a.localGateway(a.flags.as); err != nil || url != "" {
			return url, err
		}
	}
	if p.Gateway == "" {
		return "", &usageError{"skuld", errors.New("no gateway is known; name one with --gateway URL, or with --as lender where a local network runs")}
	}
	return p.Gateway, nil
}

// localGateway asks the file of a local network for an organisation's gateway.
// It gives none where the name is that of a demonstration party with a profile.
func (a *app) localGateway(name string) (string, error) {
	path := filepath.Join(a.home(), endpointsFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &usageError{"skuld", fmt.Errorf("--as %s: no local network runs here, since there is no %s; start one with make up", name, path)}
	}
	if err != nil {
		return "", fmt.Errorf("looking for the local network: %w", err)
	}
	endpoints := map[string]struct {
		Gateway string `json:"gateway"`
	}{}
	if err := json.Unmarshal(text[:min(len(text), maxEndpoints)], &endpoints); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if e, ok := endpoints[name]; ok {
		return e.Gateway, nil
	}
	if _, err := os.Stat(filepath.Join(a.home(), demoFolder, name)); err == nil {
		return "", nil
	}
	return "", &usageError{"skuld", fmt.Errorf("--as %s: the local network has no organisation and no demonstration party of this name", name)}
}

// session is a client that acts for a profile's party.
type session struct {
	*client.Client
	profile *profile.Profile
}

// connect makes a client for the profile's party. It asks for the passphrase.
func (a *app) connect(ctx context.Context) (*session, error) {
	p, err := a.openProfile()
	if err != nil {
		return nil, err
	}
	if p.Party == "" {
		return nil, &usageError{"skuld", fmt.Errorf("the profile %s has no party; make a key with skuld key new and register with skuld party register, or choose another with --profile", p.Dir())}
	}
	if err := a.requireNetwork(ctx, p); err != nil {
		return nil, err
	}
	return a.connectAs(p, p.Party, p.Key)
}

// connectAs makes a client for a party, or for nobody yet, with a key.
func (a *app) connectAs(p *profile.Profile, party ledger.PartyID, key string) (*session, error) {
	gateway, err := a.gatewayOf(p)
	if err != nil {
		return nil, err
	}
	private, err := a.openKey(p, key)
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{
		Gateway: gateway, Party: party, Key: private, Language: a.language(), Transport: a.transport, Now: a.now, Random: a.random,
	})
	if err != nil {
		return nil, err
	}
	return &session{Client: c, profile: p}, nil
}

// askingNetwork bounds how long a gateway is asked which network it serves.
const askingNetwork = 5 * time.Second

// requireNetwork refuses a profile of another network than the gateway's, before
// anything that it says is believed: its party is unknown there. A gateway that
// does not answer is for the command itself to report, if it needs one.
func (a *app) requireNetwork(ctx context.Context, p *profile.Profile) error {
	if p.Network == "" {
		return nil // no party of it is registered
	}
	gateway, err := a.gatewayOf(p)
	if err != nil {
		return nil //nolint:nilerr // It is the command's to report, too.
	}
	c, err := client.New(client.Options{Gateway: gateway, Language: a.language(), Transport: a.transport, Now: a.now, Random: a.random})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askingNetwork)
	defer cancel()
	network, err := c.Network(ctx)
	if err != nil || network == p.Network {
		return nil //nolint:nilerr // As above.
	}
	return &usageError{"skuld", fmt.Errorf("this profile belongs to another network (%.12s…) than the one at %s (%.12s…); choose another with --profile, or, if that network is gone, remove it: rm -r %s",
		p.Network, gateway, network, p.Dir())}
}

// language is what --lang says, or else the surroundings.
func (a *app) language() ledger.Language {
	for _, text := range []string{a.flags.language, a.getenv("LC_ALL"), a.getenv("LC_MESSAGES"), a.getenv("LANG")} {
		if text == "" {
			continue
		}
		for _, l := range ledger.Languages() {
			if strings.HasPrefix(text, string(l)) {
				return l
			}
		}
		return ledger.English
	}
	return ledger.English
}
