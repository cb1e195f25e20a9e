#!/usr/bin/env node
import { run } from './cli/run.js';

// Not process.exit: what has been printed may still be on its way through a pipe.
process.exitCode = await run(process.argv.slice(2));
