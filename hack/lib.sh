# Sourced by the scripts beside it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Arguments that make no sense: status 2, as programs have it that tell their own failure from the caller's.
refuse() { printf 'error: %s; see %s --help\n' "$*" "$0" >&2; exit 2; }

# For the first line of a script: --help prints the comment at its top.
answer_help() {
  local argument
  for argument in "$@"; do
    case $argument in
      -h | --help)
        sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
    esac
  done
}

# need_number NAME VALUE: a whole number above 0.
need_number() { [[ $2 =~ ^[1-9][0-9]*$ ]] || refuse "$1 is a whole number above 0, not \"$2\""; }

# need_root ARGUMENTS: of a check, which takes the folder of the source and nothing else.
need_root() { [ $# = 1 ] && [ -d "$1" ] || refuse "ROOT, the folder of the source, is the only argument"; }

# What building needs from Debian, installed where it is missing. Elsewhere the packages are only named.
need_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null || return 0
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  command -v apt-get >/dev/null || die "please install: ${missing[*]}"
  printf 'installing %s\n' "${missing[*]}"
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    die "could not install ${missing[*]}"
}

need_build_tools() {
  command -v swift >/dev/null || die "Swift 6.2 or newer is needed: https://www.swift.org/install"
  need_packages zlib1g-dev libyaml-dev tzdata libstdc++-12-dev git
}

# kubectl 1.27 is the first with `auth whoami`, which the commands of an approval use. Debian's package is older, so it isn't
# installed from there.
need_kubectl() {
  command -v kubectl >/dev/null || die "kubectl 1.27 or newer is needed: https://kubernetes.io/docs/tasks/tools/"
  kubectl auth whoami --help >/dev/null 2>&1 || die "this kubectl is too old: 1.27 or newer is needed"
}

# The same flags everywhere, so that nothing is built twice.
swift_flags=(--explicit-target-dependency-import-check error)

# What a benchmark is built as: for release, or, in its short form, as the tests are.
release_flags=(-c release --static-swift-stdlib "${swift_flags[@]}")

# swift build, but for what test.sh has built by one build of everything: SwiftPM compiles some packages again whenever a build
# of one product follows one of the tests, or the other way round.
swift_build() {
  case " $* " in
    *' release '* | *' --show-bin-path '*) ;;
    *) [ -z "${SKYFLO_IS_BUILT:-}" ] || return 0 ;;
  esac
  swift build "$@"
}

# Of the source, each hack/checks/NAME.sh. One that isn't in the list is noticed by prove.sh.
checks=(format labels layers names rules scripts)
