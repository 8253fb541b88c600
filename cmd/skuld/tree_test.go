package main

import "github.com/spf13/cobra"

// walk visits every command that a person can call.
func walk(c *cobra.Command, visit func(path, short, example string, runs bool)) {
	if c.Hidden || c.Name() == "help" {
		return
	}
	visit(c.CommandPath(), c.Short, c.Example, !c.HasSubCommands())
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}
