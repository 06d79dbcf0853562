# Sourced by the setup scripts: Debian packages without root, into a folder of ours.
# The host's package lists, sources and installed packages stay as they are.

say() { printf '  %s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The release this host runs, e.g. bookworm.
host_release() { (. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}"); }

# private_apt FOLDER RELEASE PACKAGE...: downloads the packages of RELEASE into FOLDER/debs, from the
# mirror that the host's own sources name for its release.
private_apt() {
  local folder=$1 release=$2 mirror components=main keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  shift 2
  mkdir -p "$folder"/apt/lists/partial "$folder"/apt/cache/archives/partial "$folder/debs"
  if (. /etc/os-release && [ "$ID" = ubuntu ]); then
    components='main universe' keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
  fi
  # --print-uris asks no network and needs no package lists, which a fresh container has not.
  mirror=$(apt-get update --print-uris -o "Dir::State::lists=$folder/apt/lists" 2>/dev/null |
    sed -n "s|^'\(.*\)/dists/$(host_release)/InRelease'.*|\1|p" | head -n 1)
  [ -n "$mirror" ] || fail "No Debian mirror for '$(host_release)' stands in this system's apt" \
    "sources: add one to /etc/apt/sources.list and try again."

  cat >"$folder/apt/sources.list" <<SOURCES
deb [signed-by=$keyring] $mirror $release $components
SOURCES
  cat >"$folder/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$folder/apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
  (
    export APT_CONFIG="$folder/apt/apt.conf"
    cd "$folder/debs"
    say "package lists of Debian's $release from $mirror"
    apt-get update -qq >"$folder/apt/log" 2>&1 || {
      tail -n 5 "$folder/apt/log" >&2
      fail "The package lists of $release cannot be had from $mirror: check the network and try again."
    }
    say "download: $*"
    apt-get download -qq "$@" >"$folder/apt/log" 2>&1 || {
      tail -n 5 "$folder/apt/log" >&2
      fail "$mirror does not give all of: $*. Check the network and try again."
    }
  )
}

# begin_prefix PREFIX STAMP: exits 0 where the prefix is already good, else empties it. An
# installation that was interrupted has no stamp and is begun again.
begin_prefix() {
  if [ -e "$1/$2" ]; then exit 0; fi
  mkdir -p "$(dirname "$1")"
  exec 9>"$1.lock"
  flock -n 9 || {
    say "another setup is at work in $1: waiting for it"
    flock 9
  }
  if [ -e "$1/$2" ]; then exit 0; fi
  rm -rf "$1"
  mkdir -p "$1"
}
