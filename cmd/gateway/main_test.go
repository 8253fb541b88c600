package main

import (
	"os"
	"testing"

	"github.com/skuld-registry/skuld/api/store/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }
