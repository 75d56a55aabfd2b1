# Depositary. Every target does one thing; `make run` and `make test` are the two to know.

BINARY      := bin/depositary
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 10s
BENCH       := cmd/internal/bench

.PHONY: build run test lint browser fuzz bench clean

build: ## compile the binary
	go build -trimpath -o $(BINARY) ./cmd/depositary

run: build ## serve the bundled data on loopback and print the address to open
	$(BINARY) serve

# Tests of the pages make thousands of them, which takes the race detector minutes
# and shows it nothing that the others do not: they run without it.
PAGES := ^Test(Pictures|Links|PagesIn|PagesWith|DeskInABrowser|DeskFollows|Keyboard|The.*Story)

test: lint browser ## everything the repository promises, with the race detector
	go test -race -timeout 12m -skip '$(PAGES)' ./...
	go test -timeout 5m -run '$(PAGES)' ./cmd/internal/node
	go run -C $(BENCH) . -quick > /dev/null

lint: ## format, vet, staticcheck, module file
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go vet -C $(BENCH) ./...
	go run $(STATICCHECK) ./...
	cd $(BENCH) && go run $(STATICCHECK) ./...
	go mod tidy -diff
	go mod -C $(BENCH) tidy -diff

browser: ## a Chromium for the tests of the pages, where there is none ($CHROMIUM names another)
	@[ -n "$$CHROMIUM" ] || command -v chromium chromium-browser google-chrome google-chrome-stable > /dev/null || \
	{ echo "installing Chromium"; sudo=""; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends chromium > /dev/null; } || \
	{ echo "There is no Chromium, and it cannot be installed here. Install one, or set CHROMIUM to its program."; exit 1; }

fuzz: ## each fuzz target for FUZZTIME
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

bench: ## measure, side by side with peers, and print the report
	go run -C $(BENCH) .

clean: ## remove what build made; the data folder stays
	rm -rf bin
