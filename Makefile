# make demo     a relay, two phones, a call, a capture, a verdict    (ARGS="--seconds 20": options of `glasscall demo`)
# make test     the tests, with coverage                             (ARGS="-k trust": options of pytest)
# make check    format, lint, types, floors
# make bench    figures, on this machine                             (ARGS: options of bench/run.py)
# make bench-peers   the same call by Mumble and baresip, beside ours: installs them, takes about 25 minutes
# make bench-network calls whose network breaks, in namespaces (root), and the relay's TLS: about an hour and a half
# make bench-relay   the relay under load, beside coturn, murmurd and a bare C forwarder: installs them, about 40 minutes
# make fuzz     a million damaged handshake messages                 (ARGS="--count 50000 --seed 3")
# make pictures the primer's pictures, drawn anew by the window      (ARGS="guide lab --theme dark")
# make lock     pins anew what pyproject.toml asks for               (needs `uv`)
# make clean    what was made here, except .venv
#
# Each makes the machine ready first; once it is, that takes no time.

BIN := .venv/bin
INPUTS := tools/setup pyproject.toml
LOCK := --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header --quiet

.PHONY: demo test check bench bench-peers bench-relay bench-network fuzz pictures lock clean

demo: .venv/.ready-run
	@$(BIN)/glasscall demo --out out/demo $(ARGS)

test: .venv/.ready-dev
	@tools/test $(ARGS)

check: .venv/.ready-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: .venv/.ready-bench
	@$(BIN)/python bench/run.py $(ARGS)

bench-peers: .venv/.ready-peers
	@$(BIN)/python bench/run.py peers --out out/bench/peers $(ARGS)

bench-relay: .venv/.ready-relay build/bench/load build/bench/forward
	@$(BIN)/python bench/run.py relay --out out/bench/relay $(ARGS)

bench-network: .venv/.ready-network
	@$(BIN)/python bench/run.py network tls-audit --out out/bench/network $(ARGS)

build/bench/load: $(wildcard bench/load/*.c) bench/load/load.h
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -o $@ $(filter %.c,$^) -lssl -lcrypto

build/bench/forward: bench/relay/forward.c
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -o $@ $<

.venv/.ready-run: $(INPUTS) requirements.lock
	@tools/setup run

.venv/.ready-dev: $(INPUTS) requirements-dev.lock
	@tools/setup dev

.venv/.ready-bench: $(INPUTS) requirements-bench.lock
	@tools/setup bench

.venv/.ready-network: $(INPUTS) requirements-dev.lock requirements-sslyze.lock
	@tools/setup network

.venv/.ready-peers: $(INPUTS) requirements-dev.lock
	@tools/setup peers

.venv/.ready-relay: $(INPUTS) requirements-dev.lock
	@tools/setup relay

fuzz: .venv/.ready-dev
	@$(BIN)/python tools/fuzz_anatomy.py $(ARGS)

pictures: .venv/.ready-dev
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python tools/tour_pictures.py $(ARGS)

lock:
	@uv pip compile pyproject.toml requirements.in $(LOCK) -o requirements.lock
	@uv pip compile pyproject.toml requirements.in requirements-dev.in $(LOCK) --extra dev -c requirements.lock -o requirements-dev.lock
	@uv pip compile pyproject.toml requirements.in requirements-dev.in $(LOCK) --extra dev --extra bench -c requirements-dev.lock -o requirements-bench.lock
	@uv pip compile requirements-sslyze.in $(LOCK) -o requirements-sslyze.lock

clean:
	@rm -rf out build *.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
