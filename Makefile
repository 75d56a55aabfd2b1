# Depositary. Every target does one thing; `make run`, `make check` and `make test` are the three to know.

BINARY      := bin/depositary
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
CYCLONEDX   := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
GORELEASER  := github.com/goreleaser/goreleaser/v2@v2.16.0
OASDIFF     := github.com/oasdiff/oasdiff@v1.37.0
FUZZTIME    ?= 10s
BENCH       := cmd/internal/bench
FAULTS      := cmd/internal/faults

# Tests make much garbage in small heaps: collected less often, they need a third
# less of the processor. `make vet` has vetted what they run. Some packages wait
# more than they compute: three at a time keep two processors busy.
export GOGC ?= 300
GOTEST      := go test -vet=off -p 3

# Packages in which goroutines meet: their tests run under the race detector too.
RACED := ./domain ./eventstore ./eventstore/boltstore ./eventstore/ledger ./eventstore/publiclog ./eventstore/twice \
	./projections ./projections/notices ./projections/find ./api ./api/auth ./api/commands ./api/feeds \
	./cmd/internal/node ./internal/filelock ./internal/wholefile

# Those of them whose tests live in bubbles of virtual time. There the timers of
# one bubble share one context of the race detector, which breaks down when two
# processors use it at once: one processor, and races are found all the same,
# since the detector looks at the order of events and not at the clock.
RACED_IN_BUBBLES := ./api/webhooks ./api/gate ./api/v1 ./eventstore/recorder ./eventstore/storetest

# Folders whose package.json names what tests in JavaScript need.
NPM := api/pages/browsertest/testdata/axe api/webhooks/testdata/receiver cmd/internal/node/testdata/reader

# timed runs a part of the tests and prints how long it took.
define timed
@echo "== $(1)"; begun=$$(date +%s); $(2) || { echo "FAILED: $(1)"; exit 1; }; echo "== $(1): $$(( $$(date +%s) - begun )) s"
endef

.PHONY: sbom help build run check test unit race pages-in-a-browser lint browser packages release-description cover package deployment fuzz bench bench-quick faults faults-quick clean

help: ## print what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile the binary
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(BINARY) ./cmd/depositary

run: build ## serve the bundled data on loopback and print the address to open
	$(BINARY) serve

check: ## for whoever is typing: compile, format, vet, and the quick tests
	$(call timed,build,go build ./...)
	$(call timed,format and vet,$(MAKE) --no-print-directory vet)
	$(call timed,quick tests,$(GOTEST) -short ./...)

test: lint browser packages ## everything the repository promises
	@$(MAKE) --no-print-directory unit race pages-in-a-browser bench-quick faults-quick deployment

unit: packages ## all tests but those in a browser
	$(call timed,all tests,$(GOTEST) -timeout 60m ./...)

race: ## the quick tests of packages with goroutines, under the race detector
	$(call timed,race detector,$(GOTEST) -race -short -timeout 60m $(RACED))
	$(call timed,race detector in virtual time,$(GOTEST) -race -short -cpu 1 -timeout 60m $(RACED_IN_BUBBLES))

pages-in-a-browser: browser packages ## the pages and the desk in a Chromium
	$(call timed,pages in a browser,$(GOTEST) -tags browser -timeout 60m ./api/pages/browsertest)

bench-quick: ## that the benchmark measures and checks what it measures
	$(call timed,benchmark in small,(cd $(BENCH) && go run . -quick > /dev/null))

faults-quick: ## a few kills, power cuts, disk faults and flipped bits
	$(call timed,faults in small,(cd $(FAULTS) && go run . -short))

deployment: ## that the files of deploy can be read by the tools that they are for
	$(call timed,files of deploy,(cd deploy/check && go test ./...))

.PHONY: vet
vet: ## format and vet
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet -tags browser ./...

lint: vet ## format, vet, staticcheck, module files, description of the API
	go run $(STATICCHECK) -tags browser ./...
	go mod tidy -diff
	cd $(BENCH) && go vet ./... && go mod tidy -diff
	cd $(FAULTS) && go vet ./... && go mod tidy -diff
	cd deploy/check && go vet ./... && go mod tidy -diff
	@.ci/openapi $(OASDIFF)
	@.ci/vulnerabilities $(GOVULNCHECK)

sbom: ## write a software bill of materials (CycloneDX) to bin/sbom.json
	@mkdir -p bin
	go run $(CYCLONEDX) app -json -licenses -output bin/sbom.json -main cmd/depositary .

# Says the command that it runs before it runs it, and runs none where a
# Chromium is found.
browser: ## install a Chromium with apt-get where there is none ($CHROMIUM names another)
	@.ci/browser

packages: ## install the npm packages that tests need beside their package.json, where there is an npm
	@.ci/packages $(NPM)

release-description: ## before a release: its description of the API, with which later ones are compared
	go run ./cmd/depositary openapi > api/v1/testdata/released/openapi.json
	: > api/v1/testdata/released/accepted.txt

cover: ## print how much of each package its own tests run
	@.ci/cover

package: ## build archives, deb and rpm of all systems into dist/, and publish nothing
	go run $(GORELEASER) release --snapshot --clean

fuzz: ## each fuzz target for FUZZTIME
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

bench: ## measure, side by side with peers, and print the report
	cd $(BENCH) && go run .

faults: ## break it in every way for an hour or two, and print what held (FAULTS_FLAGS="-within 10m")
	cd $(FAULTS) && go run . $(FAULTS_FLAGS)

clean: ## remove what build made; the data folder stays
	rm -rf bin
