#!/usr/bin/env node
// Says in one line what a too old Node would say in twenty, then hands over.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`notifierd needs Node 24.15 or newer; this is ${process.version} (${process.execPath})`);
  process.exit(1);
}
await import('../dist/main.js');
