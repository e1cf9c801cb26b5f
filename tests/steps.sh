# SPDX-License-Identifier: Apache-2.0
# Steps of tests/run and tests/check: each adds to the count that closes the run.
passed=0
failed=0
started=$SECONDS
asides=$(mktemp -d)
broken=$(mktemp) # what failed, said again at the end: a log that is cut loses its middle
command -v ccache >/dev/null && export CC="ccache gcc"
export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:${UBSAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
export TSAN_OPTIONS="ignore_noninstrumented_modules=1:halt_on_error=0:${TSAN_OPTIONS:-}"

say() { printf '== %s (%d s)\n' "$*" $((SECONDS - started)); }

count() { # count PASSED FAILED
  passed=$((passed + $1))
  failed=$((failed + $2))
}

# step NAME COMMAND…: one test that passes when the command does.
step() {
  local name=$1
  shift
  say "$name"
  if "$@"; then count 1 0; else
    count 0 1
    echo "FAILED: $name" | tee -a "$broken"
  fi
}

format_is_kept() {
  git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format --dry-run --Werror 2>&1 | head -n 20
  return "${PIPESTATUS[1]}"
}

# clang-tidy for what differs from the last commit; tests/run does all files.
tidy_changed() {
  git diff --name-only --diff-filter=d HEAD -- 'server/*.c' 'media/*.c' 'signaling/*.c' 'recordings/*.c' |
    xargs -r tests/tidy build-asan
}

setup_build() { # setup_build DIR OPTIONS…
  local dir=$1
  shift
  [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$dir.log" 2>&1 || { tail -n 30 "$dir.log"; return 1; }
  rm -f "$dir.log"
}

# suite_targets DIR SUITE: what ninja must make for the tests of one suite.
suite_targets() {
  meson introspect "$1" --tests | python3 -c 'import json, os, sys
home, suite = os.path.abspath(sys.argv[1]), sys.argv[2]
for test in json.load(sys.stdin):
    if suite in [name.split(":")[-1] for name in test["suite"]]:
        print(os.path.relpath(test["cmd"][0], home))' "$1" "$2"
}

# Of one suite only what its tests need is built.
step_meson() { # step_meson DIR TEST-OPTIONS…
  local dir=$1 targets=()
  shift
  say "build $dir"
  [ $# != 2 ] || [ "$1" != --suite ] || mapfile -t targets < <(suite_targets "$dir" "$2")
  if ! ninja -C "$dir" "${targets[@]}" >"$dir/build.log" 2>&1; then
    grep -E 'error|warning|FAILED' "$dir/build.log" | head -n 30 | tee -a "$broken"
    count 0 1
    return
  fi
  say "meson test $dir $*"
  meson test -C "$dir" --no-rebuild --print-errorlogs --timeout-multiplier 4 "$@" 2>&1 | grep -vE '^(ninja|Full log)|^$' | tail -n 80
  local counts="0 1"
  [ ! -f "$dir/meson-logs/testlog.json" ] || counts=$(python3 tests/tally.py meson "$dir/meson-logs/testlog.json" 2>>"$broken")
  count $counts
}

# A command that prints TAP; its lines are counted, and a bad end counts as one more failure.
step_tap() { # step_tap NAME SECONDS COMMAND…
  local name=$1 limit=$2 log status=0
  shift 2
  say "$name"
  log=$(mktemp)
  timeout -k 20 "$limit" "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  count $(python3 tests/tally.py tap "$log" "$status" 2>>"$broken")
  rm -f "$log"
}

web_packages() {
  [ web/node_modules/.stamp -nt web/package-lock.json ] && return
  (cd web && npm ci --no-audit --no-fund --loglevel=error) && touch web/node_modules/.stamp
}

step_web_check() {
  step "web packages" web_packages
  step "web types" npm --prefix web run --silent check
  step_tap "web unit" 240 npm --prefix web run --silent test
}

step_web_build() { step "web build" npm --prefix web run --silent build; }

# aside NAME COMMAND…: at the lowest priority, beside tests that mostly wait. Its output and its end
# are told by aside_ended. In a session of its own: the kernel weighs sessions (autogroup) before nice.
declare -A aside_of
aside() {
  local name=$1
  shift
  export -f suite_targets build_suite fuzz_all
  setsid nice -n 19 bash -c 'echo 19 2>/dev/null >/proc/self/autogroup; "$@"' aside "$@" >"$asides/$name" 2>&1 &
  aside_of[$name]=$!
}
trap 'for pid in "${aside_of[@]}"; do kill -- "-$pid" 2>/dev/null; done' EXIT

aside_ended() { # aside_ended NAME
  local status=0
  wait "${aside_of[$1]}" || status=$?
  head -n 40 "$asides/$1"
  return $status
}

step_tap_aside() { # step_tap_aside NAME: its output is TAP
  local status=0
  say "$1"
  wait "${aside_of[$1]}" || status=$?
  cat "$asides/$1"
  count $(python3 tests/tally.py tap "$asides/$1" "$status" 2>>"$broken")
}

build_suite() { # build_suite DIR SUITE
  local targets
  mapfile -t targets < <(suite_targets "$1" "$2")
  ninja -C "$1" "${targets[@]}" | grep -E 'error|FAILED'
  return "${PIPESTATUS[0]}"
}

fuzz_all() { # fuzz_all SECONDS: every target, two at a time; prints TAP
  local seconds=$1 dir=build-fuzz targets
  [ -f $dir/build.ninja ] || CC=clang meson setup $dir -Dfuzz=true -Dipsec_mb=disabled \
    -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
  targets=$(ninja -C $dir -t targets all 2>/dev/null | grep -oE '^tests/fuzz/fuzz_[a-z0-9_]+' | sort -u)
  if [ -z "$targets" ] || ! ninja -C $dir $targets >$dir.log 2>&1; then
    grep -E 'error|FAILED' $dir.log | head -n 20 | sed 's/^/# /'
    echo "not ok - fuzzers are built"
    return
  fi
  for target in $targets; do basename "$target"; done | xargs -P 2 -I {} tests/fuzz/one $dir {} "$seconds" 2>&1
}

finish() {
  say done
  [ ! -s "$broken" ] || { echo "== what failed, again" && head -c 20000 "$broken"; }
  rm -rf "$broken" "$asides"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}
