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
	return group("key", "Make and list the keys that sign", a.keyNew(), a.keyList(), a.keyShow())
}

func (a *app) keyNew() *cobra.Command {
	var name string
	var edwards bool
	c := &cobra.Command{
		Use:   "new",
		Short: "Make a private key in an encrypted file",
		Long: `Make a private key in an encrypted file of the profile.

The file is in the format of OpenSSH, so that ssh-keygen -p can change its
passphrase. The key never leaves this machine. Whoever has it and the
passphrase acts as you, and nobody can bring it back: keep a copy in a safe
place.`,
		Example: `  skuld key new
  skuld key new --name second --ed25519 --passphrase-file secret.txt`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			algorithm := profile.ES256
			if edwards {
				algorithm = profile.EdDSA
			}
			passphrase, err := a.newPassphrase(p)
			if err != nil {
				return err
			}
			info, err := p.NewKey(name, algorithm, passphrase)
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
		},
	}
	c.Flags().StringVar(&name, "name", defaultKey, "name of the key")
	c.Flags().BoolVar(&edwards, "ed25519", false, "make an Ed25519 key, which signs EdDSA, instead of one on P-256, which signs ES256")
	return c
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
	f.add("Party", string(p.Party))
	f.add("Book", string(p.Book))
	f.add("Key", p.Key)
	f.add("Passphrase file", p.PassphraseFile)
	f.write(w)
}
