#!/usr/bin/env node
// Written so that an old Node can read it: it has to run there to say that it is too old.
const [major, minor] = process.versions.node.split('.').map(Number);
const isTooOld = major < 24 || (major === 24 && minor < 15);
const { main } = await import(isTooOld ? './old-node.js' : '../dist/main.js');
await main(process.argv.slice(2));
