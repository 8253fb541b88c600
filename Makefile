# What can be done here; `make` alone lists it. It needs Go, make and a shell.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

GO ?= go
BIN := bin
# Where the network keeps its ledger, keys and logs.
SKULD_HOME ?= .skuld
export SKULD_HOME

# The programs that a running network needs, and all that there are.
RUN_PROGRAMS := gateway chaincode network skuld verify demo
PROGRAMS := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard cmd/*/main.go)))))

# No C compiler, no machine's paths, and nothing that only a debugger reads: the
# same flags as for Fabric's own programs, so that both builds share what is
# compiled.
BUILD := CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w'

# How long each fuzz target runs, and how long one package's tests may take.
FUZZTIME ?= 10s
TEST_TIMEOUT ?= 20m

# make lint has the whole tree vetted; go test would do a part of it once more.
UNVETTED := -vet=off

# The race detector needs cgo and a C compiler; the tests run without it too. It does
# not look into SQLite, a C program made into Go, which has no goroutine of its own
# and would be several times slower: what we share reaches it through database/sql.
RACE := $(shell test "$$($(GO) env CGO_ENABLED 2>/dev/null)" = 1 && command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo -race -gcflags=modernc.org/...=-race=false)

# Packages that sign with keys in PKCS #11 devices: to reach them takes cgo too.
DEVICE_TESTS = ./ledger/sign/pkcs11/... ./ledger/fabric ./api/client/profile ./cmd/skuld
DEVICES := $(shell test "$$($(GO) env CGO_ENABLED 2>/dev/null)" = 1 && command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo pkcs11)

# Packages that start no goroutine and share nothing: the race detector would only
# make their many thousand cases several times slower.
SEQUENTIAL := ./ledger ./ledger/evidence ./ledger/evidence/checker ./ledger/evidence/document ./api/web/page \
	./api/bankfile ./api/letter ./api/casework/report ./api/casework/rule ./api/desk/view ./cmd/tidy

# Packages whose tests take longest begin first, so that no core is idle at the end.
LONGEST := ./cmd/gateway ./api/store ./cmd/skuld ./chaincode/sim ./api/casework ./api/desk

# Packages whose tests start a real network, found by what they import.
NETWORK_TESTS = $$($(GO) list -f '{{range .TestImports}}{{.}} {{end}}{{range .XTestImports}}{{.}} {{end}}{{.ImportPath}}' ./... | awk '/\/network\/networktest/ {print $$NF}')

# Waits for the file that a ready network writes, as long as the shell that runs
# the network lives, and then makes the demonstration's parties and notes, and a day of
# work at the collector's desk.
SEED_WHEN_READY = ( until test -s "$$SKULD_HOME/endpoints.json"; do kill -0 $$$$ 2>/dev/null || exit 0; sleep 0.2; done; $(BIN)/demo seed && $(BIN)/demo desk )

# $(call timed,what it does,command) prints what is being done, and how long it took.
define timed
	@printf '== %s\n' '$(1)'; began=$$(date +%s); \
	{ $(2); } || { code=$$?; printf -- '-- failed after %d s\n' $$(($$(date +%s) - began)) >&2; exit $$code; }; \
	printf -- '-- done in %d s\n' $$(($$(date +%s) - began))
endef

.PHONY: help
help: ## list what can be done here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

## Running.

.PHONY: run
run: build-run ## build and start everything in the foreground; Ctrl-C ends it
	@$(SEED_WHEN_READY) & exec $(BIN)/network up --foreground

.PHONY: up
up: build-run ## start the network in the background, unless it runs; returns when it is ready
	@$(BIN)/network status 2>/dev/null || $(BIN)/network up

.PHONY: down
down: build-network ## stop what up started; nothing is lost
	@$(BIN)/network down

.PHONY: status
status: build-network ## say what is running and where
	@$(BIN)/network status

.PHONY: reset
reset: build-network ## stop, and delete the ledger, its keys, the logs and the demo's profiles
	@$(BIN)/network reset

.PHONY: demo
demo: build-run ## the whole life of a note, step by step, on the running network
	@$(BIN)/network status >/dev/null 2>&1 || { $(BIN)/network up && echo 'It stays up after the demo; make down ends it.'; }
	@$(BIN)/demo

## Building.

.PHONY: build
build: check-go ## build all programs into bin/
	$(call timed,building $(PROGRAMS),$(BUILD) -o $(BIN)/ $(PROGRAMS:%=./cmd/%))

# The first time, Fabric's modules are fetched while our own programs are built.
FETCH_FABRIC = test -n "$$FABRIC_BIN" || ls "$${XDG_CACHE_HOME:-$$HOME/.cache}"/skuld/fabric-*/peer >/dev/null 2>&1 || \
	(cd network/tools && exec env CGO_ENABLED=0 $(GO) list -deps $(FABRIC:%=github.com/hyperledger/fabric/cmd/%) >/dev/null 2>&1)
FABRIC := peer orderer configtxgen

.PHONY: build-run
build-run: check-go
	@$(FETCH_FABRIC) &
	$(call timed,building $(RUN_PROGRAMS),$(BUILD) -o $(BIN)/ $(RUN_PROGRAMS:%=./cmd/%))

.PHONY: build-network
build-network: check-go
	@$(BUILD) -o $(BIN)/ ./cmd/network

.PHONY: clean
clean: ## delete what was built; the ledger stays (see reset)
	@rm -rf $(BIN) build bench.json

# An old Go cannot even read go.mod, so asking it for the module's name tells.
.PHONY: check-go
check-go:
	@wanted=$$(awk '$$1 == "go" {print $$2}' go.mod); \
	command -v $(GO) >/dev/null 2>&1 || { \
		echo "Go is missing. Install Go $$wanted or newer: https://go.dev/doc/install" >&2; exit 1; }; \
	answer=$$($(GO) list -m 2>&1) || { \
		echo "Go $$wanted or newer is needed; here is $$(cd / && $(GO) version). Install it: https://go.dev/doc/install" >&2; \
		echo "$$answer" >&2; exit 1; }

## Testing.

.PHONY: test
test: check-go ## every test, those on a real network too
	@code=0; $(MAKE) test-memory || code=1; $(MAKE) test-contract || code=1; $(MAKE) test-devices || code=1; $(MAKE) test-network || code=1; exit $$code

.PHONY: test-short
test-short: check-go ## the tests that need no network, without the race detector
	$(call timed,tests without a network,$(GO) test -short ./...)

.PHONY: test-memory
test-memory: check-go
	$(call timed,tests of packages in which nothing runs at the same time,$(GO) test $(UNVETTED) -timeout $(TEST_TIMEOUT) $(SEQUENTIAL))
	$(call timed,tests in memory $(firstword $(RACE)),$(GO) test $(UNVETTED) $(RACE) -timeout $(TEST_TIMEOUT) $(LONGEST) \
		$$(n="$(NETWORK_TESTS) $$($(GO) list $(SEQUENTIAL) $(LONGEST))"; $(GO) list ./... | grep -vxF "$$(echo $$n | tr ' ' '\n')"))

# The race detector would make this walk eight times as long; under it only a
# tenth is gone.
.PHONY: test-contract
test-contract:
	$(call timed,ten thousand requests made from the OpenAPI document,$(GO) test -count=1 -run TestContractWalk ./cmd/gateway)

.PHONY: test-devices
test-devices:
	$(if $(DEVICES),$(call timed,tests of keys in devices,$(GO) test -tags pkcs11 -run 'Device|URI' $(DEVICE_TESTS)),@echo '== no C compiler: keys in devices are not tested')

# One package at a time: each starts a network of its own, and several at once
# on a small machine would measure one another's load. Tests of programs talk to
# processes in which the race detector does not look.
.PHONY: test-network
test-network: build-network
	$(call timed,Fabric for the tests,home=$$(mktemp -d) && $(BIN)/network up --home $$home/h --no-chaincode --no-gateways && $(BIN)/network reset --home $$home/h && rmdir $$home)
	@code=0; tests="$(NETWORK_TESTS)"; \
	echo '== tests of our programs on a real network'; \
	$(GO) test $(UNVETTED) -p 1 -timeout $(TEST_TIMEOUT) $$(echo "$$tests" | grep /cmd/) || code=1; \
	echo '== tests on a real network $(firstword $(RACE))'; \
	$(GO) test $(UNVETTED) $(RACE) -p 1 -timeout $(TEST_TIMEOUT) $$(echo "$$tests" | grep -v /cmd/) || code=1; exit $$code

.PHONY: e2e
e2e: check-go ## the pages in a real browser on a real network; leaves pictures in build/screenshots
	$(call timed,the pages in a real browser,$(GO) test -count=1 -timeout $(TEST_TIMEOUT) ./cmd/gateway/e2e)

.PHONY: fuzz
fuzz: check-go ## every fuzz target for FUZZTIME each, and a contract walk on a new way
	@grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "== $$target in $${file%/*}"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$${file%/*}" </dev/null || exit 1; \
		done; \
	done
	@echo '== TestContractWalk in ./cmd/gateway'
	@$(GO) test -count=1 -run TestContractWalk ./cmd/gateway -rapid.seed=$$(date +%s)

.PHONY: bench
bench: build ## measure our operations beside a plain put; BENCH_FLAGS=-h lists its flags
	@$(BIN)/bench $(BENCH_FLAGS)

## Keeping the house.

.PHONY: fmt
fmt: check-go ## format the Go files
	@$(GO) fmt ./...

# All three say what they find, also where one of them finds something.
.PHONY: lint
lint: check-go ## vet, staticcheck and the house rules
	@$(MAKE) -k lint-vet lint-static lint-house

.PHONY: lint-vet
lint-vet:
	$(call timed,go vet,$(GO) vet ./...)

.PHONY: lint-static
lint-static:
	$(call timed,building staticcheck,cd cmd/tidy/lint && CGO_ENABLED=0 $(GO) build -o ../../../$(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck)
	$(call timed,staticcheck,$(BIN)/staticcheck ./...)

.PHONY: lint-house
lint-house:
	$(call timed,house rules,$(GO) run ./cmd/tidy)
