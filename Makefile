# The front door. `make run` does the main job, `make test` builds and runs every test; both install what is missing.
#
#   make run PHOTOS=~/Pictures/party KNOWN=~/Pictures/people OUT=~/Pictures/sorted
#
# Without arguments the default folders are used (README.md). The weights in models/ suffice; more accurate public ones
# are installed from the folder WEIGHTS, or with DOWNLOAD=yes from the web.

KINFOLDER_TEST_DATA ?= ../shared/data
WEIGHTS ?= $(wildcard $(KINFOLDER_TEST_DATA)/models)
kinfolder := build/release/bin/kinfolder
run_flags := $(if $(PHOTOS),--photos "$(PHOTOS)") $(if $(KNOWN),--known "$(KNOWN)") $(if $(OUT),--out "$(OUT)") \
             $(if $(PACKS),--packs "$(PACKS)")
sources := $(shell git ls-files -co --exclude-standard 'src/*.h' 'src/*.cc' 'bench/*.h' 'bench/*.cc' 2>/dev/null)

.PHONY: run test package bench lint format build models clean

run: models
	@$(kinfolder) run $(run_flags) --yes

steps := build test
build:
	@packaging/install $(steps)
	@cmake --preset release >build.log 2>&1 || { cat build.log; exit 1; }
	@rm -f build.log
	@cmake --build --preset release

models: build
	@missing=; for package in mtcnn facenet-vggface2; do \
	  $(kinfolder) models verify $$package >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then :; \
	elif [ -n "$(WEIGHTS)$(filter yes,$(DOWNLOAD))" ]; then \
	  $(kinfolder) models install $$missing $(if $(WEIGHTS),--from "$(WEIGHTS)",--yes); \
	else echo "Works with the weights that are here; DOWNLOAD=yes gets more accurate ones (96 MB, once)."; fi

test: steps := build train test
test: build
	@ctest --preset release -j 2

# A Debian package in build/release/, with what dpkg tells of it.
package: steps := build package
package: build
	@cd build/release && cpack >cpack.log 2>&1 || { cat cpack.log; exit 1; }
	@dpkg-deb --info build/release/kinfolder_*.deb | sed -n 's/^ \(Package\|Version\|Depends\)/\1/p'
	@echo "To install it: sudo apt install ./$$(ls build/release/kinfolder_*.deb)"

bench: models
	@packaging/install bench
	@command -v npm >/dev/null && npm ci --prefix bench/peers --ignore-scripts --silent || \
	  echo "Without npm, no figures of other programs and of the window."
	@cmake --build --preset release --target kinfolder_bench kinfolder_grow
	@KINFOLDER_TEST_DATA="$(KINFOLDER_TEST_DATA)" build/release/bin/kinfolder_bench
	@! command -v npm >/dev/null || KINFOLDER_TEST_DATA="$(KINFOLDER_TEST_DATA)" node bench/window.mjs

# Formatting, and clang-tidy with clang's own warnings, each file that differs or offends by name.
lint:
	@packaging/install build train test lint
	@clang-format --dry-run --Werror $(sources)
	@cmake --preset tidy >/dev/null
	@run-clang-tidy -quiet -p build/tidy '$(CURDIR)/build/tidy/(src|bench)/.*/unity_.*_cxx\.cxx$$'

format:
	@clang-format -i $(sources)

clean:
	@rm -rf build
