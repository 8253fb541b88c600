package main

import "github.com/spf13/cobra"

func newIdentity(at homeFinder) *cobra.Command { return &cobra.Command{Use: "identity"} }
