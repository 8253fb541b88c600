package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// maxDraftBytes bounds a draft or a signed command that is read.
const maxDraftBytes = 256 << 10

func (a *app) signCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "sign [FILE]", Short: "Sign a draft that a gateway gave, without sending anything",
		Long: `Sign a draft that a gateway gave (POST /v1/drafts), from a file or the standard
input, and write the signed command. Nothing is sent; skuld submit does that,
from this machine or another.

What is signed is shown in words that are read from the very bytes, not from
what the gateway says of them.`,
		Example: "  skuld sign draft.json > signed.json\n  skuld submit signed.json",
		Args:    atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.readInput(args)
			if err != nil {
				return err
			}
			payload, err := draftPayload(text)
			if err != nil {
				return usage(cmd, "%v", err)
			}
			command, err := ledger.DecodeCommand(payload)
			if err != nil {
				return err
			}
			words, err := ledger.Describe(command, a.language())
			if err != nil {
				return err
			}
			fmt.Fprint(a.err, words) // also for programs: it is never signed unseen
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			if command.By != p.Party && command.Op != ledger.OpPartyRegister {
				return usage(cmd, "the draft is for %s to sign, and the profile is %s", command.By, p.Party)
			}
			if len(args) == 1 {
				if err := a.confirm(cmd, yes, "You sign what is said above."); err != nil {
					return err
				}
			}
			private, err := a.openKey(p, p.Key)
			if err != nil {
				return err
			}
			signed, err := sign.Payload(payload, private)
			if err != nil {
				return err
			}
			return json.NewEncoder(a.out).Encode(signed)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// draftPayload finds the bytes to sign in a gateway's answer, in its draft, or in
// a bare payload.
func draftPayload(text []byte) ([]byte, error) {
	var d struct {
		Draft struct {
			Payload string `json:"payload"`
		} `json:"draft"`
		Payload string `json:"payload"`
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, errors.New("the draft is not the JSON that POST /v1/drafts answers")
	}
	encoded := d.Draft.Payload
	if encoded == "" {
		encoded = d.Payload
	}
	payload, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(payload) == 0 {
		return nil, errors.New("the draft has no payload in base64url")
	}
	return payload, nil
}

func (a *app) submitCommand() *cobra.Command {
	return &cobra.Command{
		Use: "submit [FILE]", Short: "Hand in a signed command, from a file or the standard input",
		Long: `Hand in a signed command and wait for its outcome. Handing in the same command
again is safe: it applies once, and its repeat is answered with the first result.`,
		Example: "  skuld submit signed.json",
		Args:    atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.readInput(args)
			if err != nil {
				return err
			}
			signed := ledger.Signed{JWS: strings.TrimSpace(string(text))}
			if strings.HasPrefix(signed.JWS, "{") {
				if err := json.Unmarshal(text, &signed); err != nil {
					return usage(cmd, `the file is neither a JWS nor {"jws":"…"} nor {"webauthn":"…"}`)
				}
			}
			opened, err := sign.Verifier{}.Open(signed)
			if err != nil {
				return err
			}
			command, err := ledger.DecodeCommand(opened.Payload)
			if err != nil {
				return err
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			submit := s.Submit
			if command.Op == ledger.OpPartyRegister {
				submit = s.Register
			}
			receipt, err := a.handIn(cmd.Context(), s, submission{command, signed, submit})
			if err != nil {
				return err
			}
			return a.done(receipt, "The command is applied.")
		},
	}
}

func atMostOneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(cmd, "takes one file at most")
	}
	return nil
}

// readInput reads a file, or the standard input where none is named.
func (a *app) readInput(args []string) ([]byte, error) {
	source := a.in
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, fmt.Errorf("opening the command: %w", err)
		}
		defer f.Close()
		source = f
	}
	text, err := io.ReadAll(io.LimitReader(source, maxDraftBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the command: %w", err)
	}
	if len(text) > maxDraftBytes {
		return nil, fmt.Errorf("reading the command: it is longer than %d bytes", maxDraftBytes)
	}
	return text, nil
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the program's version", Args: exactly(),
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
			}{"unknown", "unknown"}
			if info, ok := debug.ReadBuildInfo(); ok {
				v.Version, v.Go = info.Main.Version, info.GoVersion
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "skuld %s (%s)\n", v.Version, v.Go) })
		},
	}
}
