#!/usr/bin/env node
import { existsSync } from 'node:fs';

// This file is no build result, so that installing a fresh clone can link it before anything is built.
const built = new URL('../dist/index.js', import.meta.url);

if (existsSync(built)) {
  const { run } = await import(built.href);
  // Not process.exit: what has been printed may still be on its way through a pipe.
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.error('predcache is not built yet. In a clone of the project: npm run build');
  process.exitCode = 1;
}
