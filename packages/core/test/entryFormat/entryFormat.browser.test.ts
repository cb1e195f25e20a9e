import { describe, expect, it } from 'vitest';
import { entryVectorSuite } from '../suites/entryVectors.js';

entryVectorSuite({ describe, expect, it });
