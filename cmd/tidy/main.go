// Command tidy checks the house rules on the repository: which package may
// import which, how long files and functions may be, what every operation must
// have, and that the commands in the README exist.
//
// It only reads. What gofmt, go vet and staticcheck say is theirs to say; tidy
// holds the rules that no general tool knows.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tidy:", err)
	}
	os.Exit(code)
}

// The exit codes.
const (
	exitTidy   = 0
	exitUntidy = 1
	exitFault  = 2 // the check itself could not be done
)

func run(args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("tidy", flag.ContinueOnError)
	dir := flags.String("C", ".", "the repository's folder")
	list := flags.Bool("rules", false, "list the rules and end")
	if err := flags.Parse(args); err != nil {
		return exitFault, nil // The flag package has said what is wrong.
	}
	if *list {
		for _, r := range rules() {
			fmt.Fprintf(out, "%-14s %s\n", r.name, r.says)
		}
		return exitTidy, nil
	}
	repo, err := open(os.DirFS(*dir))
	if err != nil {
		return exitFault, fmt.Errorf("reading the repository: %w", err)
	}
	found := check(repo, rules())
	for _, f := range found {
		fmt.Fprintln(out, f)
	}
	if len(found) > 0 {
		return exitUntidy, fmt.Errorf("%d findings in %d files", len(found), len(repo.files))
	}
	fmt.Fprintf(out, "tidy: %d files keep %d rules\n", len(repo.files), len(rules()))
	return exitTidy, nil
}
