# Two commands are all a newcomer needs: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin

# What the recipes need and a fresh Debian may lack is installed by tools/debian_packages.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check laws bench soak test-failover test-cluster pictures docs pins clean

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: .venv/ready .venv/page  ## the story on an embedded database: record, look, verify, tamper, find
	@$(BIN)/zegel demo

# The checks run beside the tests, which often wait for programs; what they say comes first, and the
# closing line of pytest is the closing line of this target. A file goes to one worker as a whole: what
# its tests share is made once. All that tests leave is in one folder, which goes with the run; the
# account of PostgreSQL can walk through it. Hundreds of programs are started: compiling every module
# anew for each would take longer than many of them run.
test: PAGE := required
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/ready .venv/page  ## everything, with a throw-away PostgreSQL server of its own
	@command -v node >/dev/null || command -v nodejs >/dev/null || tools/debian_packages nodejs
	@command -v chromium >/dev/null || tools/debian_packages chromium
	@command -v softhsm2-util >/dev/null || tools/debian_packages softhsm2
	@command -v fail2ban-server >/dev/null || tools/debian_packages fail2ban
	@test -x /usr/sbin/slapd || tools/debian_packages slapd ldap-utils
	@ls /usr/lib/postgresql/*/lib/pgaudit.so >/dev/null 2>&1 || tools/debian_packages 'postgresql-*-pgaudit'
	@test -x /usr/sbin/sshd || tools/debian_packages openssh-server
	@command -v sftp >/dev/null || tools/debian_packages openssh-client
	@test -x /usr/sbin/rsyslogd || tools/debian_packages rsyslog rsyslog-openssl
	@command -v curl >/dev/null || tools/debian_packages curl
	@$(MAKE) --no-print-directory check & checking=$$!; \
	    folder=$$(mktemp -d "$$(tools/test_folder)/zegel.XXXX"); \
	    trap 'kill $$checking 2>/dev/null || true; rm -rf "$$folder" || true' EXIT; \
	    chmod 711 "$$folder"; \
	    tested=0; \
	    TMPDIR=$$folder ZEGEL_TEST_FSYNC=off ZEGEL_TEST_TOOLS=installed \
	    $(BIN)/python -m tests.postgres_server -- $(BIN)/pytest \
	    --numprocesses=3 --dist=loadfile --no-loadscope-reorder --hypothesis-profile=ci || tested=$$?; \
	    wait $$checking || { echo "make check failed: see above" >&2; exit 1; }; \
	    exit $$tested

check: .venv/ready  ## lint, types, imports, generated documentation
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

SIZES ?= 10000,100000
ROUNDS ?= 5

bench: .venv/ready .venv/separate/ready  ## speed against its counterparts, both sides in one run
	$(BIN)/python -m tests.postgres_server -- $(BIN)/python -m benchmarks --sizes $(SIZES) \
	    --rounds $(ROUNDS) --separate .venv/separate/bin/python $(BENCH_FLAGS)

SENT ?= 50
KILLS ?= 10

laws: .venv/ready  ## the laws of the property tests, over many more examples
	$(BIN)/pytest --numprocesses=2 --hypothesis-profile=laws tests/property

soak: .venv/ready  ## hundreds of writers at a service that is killed again and again
	$(BIN)/python -m tests.postgres_server -- $(BIN)/python -m tests.soak $(SENT) $(KILLS)

WRITERS ?= 4
FAILOVERS ?= 3

test-failover: .venv/ready  ## kill the leader of a PostgreSQL cluster while writers append
	$(BIN)/python -m tests.failover.run $(WRITERS) $(FAILOVERS)

CLUSTER_RECORDS ?= 1000000

test-cluster: .venv/ready .venv/cluster/ready  ## workers of a Spark cluster verify and rebuild a long log; one is killed
	@command -v java >/dev/null || tools/debian_packages openjdk-17-jre-headless
	ZEGEL_TEST_CLUSTER=1 ZEGEL_CLUSTER_RECORDS=$(CLUSTER_RECORDS) $(BIN)/pytest tests/cluster --durations=0

pictures: .venv/ready .venv/page  ## take the pictures of the page anew that the documentation shows
	$(BIN)/python -m tests.browsing.pictures / /history /history/108 \
	    --only en-1280-light --first --out docs/pictures

# One counterpart refuses the SQLAlchemy that Zegel uses, so it lives apart.
.venv/separate/ready: .venv/ready benchmarks/separate/constraints.txt
	@$(PYTHON) -m venv .venv/separate
	@.venv/separate/bin/pip install --quiet --disable-pip-version-check --require-hashes \
	    -r benchmarks/separate/constraints.txt
	@touch $@

# PySpark is large, and few need it.
.venv/cluster/ready: .venv/ready tools/cluster/constraints.txt
	@$(PYTHON) -m venv .venv/cluster
	@.venv/cluster/bin/pip install --quiet --disable-pip-version-check --require-hashes \
	    -r tools/cluster/constraints.txt
	@echo '$(CURDIR)' > "$$(.venv/cluster/bin/python -c 'import site; print(site.getsitepackages()[0])')/zegel.pth"
	@touch $@

# Only the tests need them: where they cannot be had, every page works without.
.venv/page: .venv/ready tools/page_libraries tools/page/package-lock.json
	@tools/page_libraries $(PAGE)
	@test ! -d service/page/static/vendor || touch $@

docs: .venv/ready  ## write again the reference pages that come from the code
	$(BIN)/python -m docs.generate

# uv writes hashes for every platform and, unlike `uv lock`, no registry address. It lives in an
# environment of its own because nothing but this target needs it.
pins: .venv/ready  ## pin the newest versions that pyproject.toml allows, with hashes
	$(PYTHON) -m venv .venv/uv
	.venv/uv/bin/pip install --quiet uv
	.venv/uv/bin/uv pip compile pyproject.toml --group dev --universal --upgrade \
	    --generate-hashes --no-header --no-annotate --quiet -o constraints.txt
	.venv/uv/bin/uv pip compile benchmarks/separate/requirements.in --universal --upgrade \
	    --generate-hashes --no-header --no-annotate --quiet -o benchmarks/separate/constraints.txt
	.venv/uv/bin/uv pip compile pyproject.toml --extra spark --universal \
	    --generate-hashes --no-header --no-annotate --quiet -c constraints.txt \
	    -o tools/cluster/constraints.txt
	! grep -n '://' constraints.txt benchmarks/separate/constraints.txt tools/cluster/constraints.txt

clean:  ## remove all that these targets made
	rm -rf .venv dist service/page/static/vendor tools/page/node_modules .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# Two installs: pip refuses an editable project among hashed requirements.
.venv/ready: constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || tools/debian_packages python3
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "zegel: Python 3.11 or newer is needed; name one with PYTHON=..., found: $$($(PYTHON) --version)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tools/debian_packages python3-venv
	@echo "zegel: preparing .venv (once)" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
