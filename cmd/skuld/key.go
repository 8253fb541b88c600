package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client/profile"
)

// defaultKey is the name of a key where none is given.
const defaultKey = "key"

func (a *app) keyCommand() *cobra.Command {
	return group("key", "Make and list the keys that sign", a.keyNew(), a.keyUse(), a.keyList(), a.keyShow())
}

func (a *app) keyNew() *cobra.Command {
	var name, device string
	var edwards bool
	c := &cobra.Command{
		Use:   "new",
		Short: "Make a private key in an encrypted file, or in a device",
		Long: `Make a private key in an encrypted file of the profile, or in a device.

The file is in the format of OpenSSH, so that ssh-keygen -p can change its
passphrase. The key never leaves this machine. Whoever has it and the
passphrase acts as you, and nobody can bring it back: keep a copy in a safe
place.

With --pkcs11 the key is made in the device that the URI (RFC 7512) names, and
can never be copied out of it. The profile then holds only its name.`,
		Example: `  skuld key new
  skuld key new --name second --ed25519 --passphrase-file secret.txt
  skuld key new --pkcs11 'pkcs11:token=lender;object=main?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/skuld/pin'`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			if err := a.requireNetwork(cmd.Context(), p); err != nil {
				return err
			}
			if device != "" {
				return a.addKey(cmd, p, name, func() (profile.KeyInfo, error) { return a.inDevice(p, name, device, p.NewDeviceKey) })
			}
			algorithm := profile.ES256
			if edwards {
				algorithm = profile.EdDSA
			}
			return a.addKey(cmd, p, name, func() (profile.KeyInfo, error) {
				passphrase, err := a.newPassphrase(p)
				if err != nil {
					return profile.KeyInfo{}, err
				}
				return p.NewKey(name, algorithm, passphrase)
			})
		},
	}
	c.Flags().StringVar(&device, "pkcs11", "", "make the key in a device, under this URI")
	c.Flags().StringVar(&name, "name", defaultKey, "name of the key")
	c.Flags().BoolVar(&edwards, "ed25519", false, "make an Ed25519 key, which signs EdDSA, instead of one on P-256, which signs ES256")
	c.MarkFlagsMutuallyExclusive("pkcs11", "ed25519")
	return c
}

func (a *app) keyUse() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "use URI",
		Short: "Sign with a key that a device has already",
		Long: `Sign with a key on P-256 that a device has already.

The URI (RFC 7512) names the device's library, the token and the key, and may
name the file that holds the PIN.`,
		Example: "  skuld key use 'pkcs11:token=lender;object=main?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/skuld/pin'",
		Args:    exactly("URI"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			return a.addKey(cmd, p, name, func() (profile.KeyInfo, error) { return a.inDevice(p, name, args[0], p.UseDeviceKey) })
		},
	}
	c.Flags().StringVar(&name, "name", defaultKey, "name of the key in the profile")
	return c
}

// inDevice adds a key that lives in a device, asking for the PIN where the URI
// names no file of it.
func (a *app) inDevice(p *profile.Profile, name, uri string, add func(name, uri string, pin []byte) (profile.KeyInfo, error)) (profile.KeyInfo, error) {
	pin, err := a.pin(p, profile.KeyInfo{Name: name, Device: uri})
	if err != nil {
		return profile.KeyInfo{}, err
	}
	return add(name, uri, pin)
}

// addKey adds a key to a profile, and lets the first one sign.
func (a *app) addKey(cmd *cobra.Command, p *profile.Profile, name string, add func() (profile.KeyInfo, error)) error {
	info, err := add()
	if errors.Is(err, profile.ErrKeyExists) {
		return usage(cmd, "the profile has a key %q already; choose another name with --name", name)
	}
	if err != nil {
		return err
	}
	if p.Key == "" {
		p.Key = name
		if err := p.Save(); err != nil {
			return err
		}
	}
	return a.print(info, func(w io.Writer) { writeKey(w, info, p.Dir()) })
}

func (a *app) keyList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the profile's keys", Args: exactly(), Example: "  skuld --profile lender key list",
		RunE: func(*cobra.Command, []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			keys, err := p.Keys()
			if err != nil {
				return err
			}
			return a.print(map[string]any{"keys": listed(keys)}, func(w io.Writer) {
				t := newTable("NAME", "ALGORITHM", "ID", "SIGNS")
				for _, k := range keys {
					t.row(k.Name, string(k.Algorithm), k.Public.ID, mark(k.Name == p.Key))
				}
				t.write(w, "no keys; make one with skuld key new")
			})
		},
	}
}

func (a *app) keyShow() *cobra.Command {
	return &cobra.Command{
		Use: "show [NAME]", Short: "Show the public part of a key", Example: "  skuld key show second --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd, "takes one key's name at most")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			name := p.Key
			if len(args) == 1 {
				name = args[0]
			}
			if name == "" {
				name = defaultKey
			}
			info, err := p.KeyInfo(name)
			if err != nil {
				return err
			}
			return a.print(info, func(w io.Writer) { writeKey(w, info, p.Dir()) })
		},
	}
}

func writeKey(w io.Writer, k profile.KeyInfo, dir string) {
	f := newFacts()
	f.add("Key", k.Name)
	f.add("Algorithm", string(k.Algorithm))
	f.add("Id", k.Public.ID)
	f.add("Device", k.Device)
	f.add("Profile", dir)
	f.write(w)
}

func (a *app) profileCommand() *cobra.Command {
	var s profile.Settings
	set := &cobra.Command{
		Use: "set", Short: "Change the profile's settings", Args: exactly(),
		Example: "  skuld --profile lender profile set --gateway http://127.0.0.1:8080",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			changed := cmd.Flags().Changed
			assign(changed("party"), &p.Party, s.Party)
			assign(changed("book"), &p.Book, s.Book)
			assign(changed("key"), &p.Key, s.Key)
			assign(a.flags.gateway != "", &p.Gateway, a.flags.gateway)
			if err := p.Save(); err != nil {
				return err
			}
			return a.print(p.Settings, func(w io.Writer) { writeProfile(w, p) })
		},
	}
	set.Flags().StringVar((*string)(&s.Party), "party", "", "the party's id")
	set.Flags().StringVar((*string)(&s.Book), "book", "", "the book that notes go to where none is named")
	set.Flags().StringVar(&s.Key, "key", "", "the key that signs")
	show := &cobra.Command{
		Use: "show", Short: "Show the profile's settings", Args: exactly(), Example: "  skuld --as lender profile show",
		RunE: func(*cobra.Command, []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			return a.print(p.Settings, func(w io.Writer) { writeProfile(w, p) })
		},
	}
	return group("profile", "Show and change what a profile says", show, set)
}

func assign[T any](given bool, to *T, value T) {
	if given {
		*to = value
	}
}

func writeProfile(w io.Writer, p *profile.Profile) {
	f := newFacts()
	f.add("Profile", p.Dir())
	f.add("Gateway", p.Gateway)
	f.add("Network", p.Network)
	f.add("Party", string(p.Party))
	f.add("Book", string(p.Book))
	f.add("Key", p.Key)
	f.add("Passphrase file", p.PassphraseFile)
	f.write(w)
}
