#!/bin/sh
# Makes .venv and fills it with the pinned packages.  tools/set_up.sh run|test
#
# Needs only a Python 3.11 to 3.13; what else is missing is fetched, or named in one sentence.
# A stamp says what .venv was made from, so that a second call costs a few milliseconds.
# PYTHON=/path/to/python3.12 chooses the interpreter.
set -eu

purpose=${1:-run}
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv
stamp=$venv/ready-to-$purpose
log=$venv/set-up.log
made_from="$(cat "$root/constraints.txt" "$root/pyproject.toml" "$0" | cksum) in $root"

say() { echo "set-up: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# Runs a command with its output kept out of sight, unless it fails.
quietly() {
    "$@" >>"$log" 2>&1 && return 0
    tail -n 15 "$log" >&2
    return 1
}

is_supported() {
    { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; } 2>/dev/null
}

identity() { "$1" -c 'import sys; print(sys.base_prefix, sys.version)'; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_supported "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13. Name one, or leave it out."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11; do
        if is_supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null) || found="no python3"
    fail "Refractory needs Python 3.11, 3.12 or 3.13; on the PATH there is $found." \
        "Install one, or name one: make study PYTHON=/path/to/python3.12"
}

install_debian() {
    command -v apt-get >/dev/null || fail "$1 is missing. Install it and run the same command again."
    [ "$(id -u)" -eq 0 ] || fail "$1 is missing. Install it and run the same command again: sudo apt-get install $1"
    say "installing $1 by apt-get (once)"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update || fail "apt-get update failed; see above."
    quietly apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1" ||
        fail "apt-get could not install $1; see above."
}

is_ready() {
    [ "$(cat "$stamp" 2>/dev/null)" = "$made_from" ] && "$venv/bin/python" -c 'import refractory' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$(identity "$venv/bin/python")" ]
}

# An environment that was moved is of no use (its scripts hold its path), nor is one of another interpreter than asked for.
is_usable() {
    is_supported "$venv/bin/python" || return 1
    [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$(identity "$venv/bin/python")" ] || return 1
    ! cat "$venv"/ready-to-* 2>/dev/null | grep -qvF " in $root"
}

# Prints "pip" where the interpreter has a pip that can install elsewhere; else the pip wheel that it carries for new
# environments, if any. Running pip from that wheel spares two seconds against installing pip first.
find_pip() {
    "$python" - <<'EOP'
import glob, os, sys, sysconfig

try:
    import pip

    if int(pip.__version__.split(".")[0]) >= 23:
        print("pip")
        sys.exit()
except ImportError:
    pass
try:
    import ensurepip
except ImportError:
    sys.exit()
folders = [os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), sysconfig.get_config_var("WHEEL_PKG_DIR")]
wheels = [wheel for folder in folders if folder for wheel in glob.glob(os.path.join(folder, "pip-*.whl"))]
print(wheels[0] if wheels else "")
EOP
}

need_pip() {
    pip=$(find_pip)
    if [ -z "$pip" ]; then
        install_debian "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        pip=$(find_pip)
    fi
    [ -n "$pip" ] || fail "$python has no pip. Install pip for it (or uv) and run the same command again."
}

pip_install() {
    set -- install -q --no-compile --disable-pip-version-check -c "$root/constraints.txt" "$@"
    if [ "$pip" = pip ]; then
        "$python" -m pip --python "$venv/bin/python" "$@"
    else
        PYTHONPATH=$pip "$venv/bin/python" -m pip "$@"
    fi
}

# uv installs in one second what takes pip ten.
find_uv() {
    uv=$(command -v uv || echo "$venv/bin/uv")
    [ -x "$uv" ] && return
    say "fetching the installer"
    need_pip
    quietly pip_install uv || fail "the installer uv could not be fetched from the package index; see above."
}

install() {
    "$uv" pip install -q --python "$venv/bin/python" -c "$root/constraints.txt" "$@" >>"$log" 2>&1 && return
    # A network with a package index of its own has told pip of it, seldom uv.
    say "uv could not install them; trying pip"
    need_pip
    quietly pip_install "$@" || fail "the packages could not be installed; see above."
}

has_chromium() {
    for browser in chromium chromium-browser google-chrome; do
        "$browser" --version >/dev/null 2>&1 && return
    done
    return 1
}

# Spark runs on Java 17 or newer: the one that JAVA_HOME names, else the one on the PATH.
has_java() {
    found=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${found:-0}" -ge 17 ]
}

need_java() {
    has_java && return
    [ -z "${JAVA_HOME:-}" ] || fail "JAVA_HOME=$JAVA_HOME is not a Java 17 or newer. Name one, or leave it out."
    # Debian has the one or the other, by its release.
    if apt-cache show openjdk-17-jre-headless >/dev/null 2>&1; then
        install_debian openjdk-17-jre-headless
    else
        install_debian default-jre-headless
    fi
    has_java || fail "java on the PATH is older than 17. Install Java 17 or newer, or name one: JAVA_HOME=/path/to/java"
}

is_ready && exit 0
python=$(find_python)
if ! is_usable; then
    say "making .venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv" || fail "$python cannot make a virtual environment."
fi
: >"$log"
find_uv
say "installing the pinned packages to $purpose"
install flit_core
if [ "$purpose" = test ]; then
    # It is built here, and with tools that nothing else needs.
    install "pyspark[connect]"
    install --no-build-isolation -e "$root[test]"
    need_java
    has_chromium || install_debian chromium
    # The word processor that opens report.docx.
    command -v soffice >/dev/null || install_debian libreoffice-writer-nogui
    # The driver that the journeys steer Chromium with needs a library that a small Debian does not have.
    "$venv/bin/python" -m playwright --version >/dev/null 2>&1 || install_debian libatomic1
    echo "$made_from" >"$venv/ready-to-run"
else
    install --no-build-isolation -e "$root"
fi
echo "$made_from" >"$stamp"
# The first run compiles all that it imports. That is done here, beside whatever comes next, on the other core.
"$venv/bin/python" -c 'import refractory.run_store, refractory.terminal, scipy.special, ibis.backends.sql.compilers' \
    >/dev/null 2>&1 &
