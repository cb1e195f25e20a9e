import { tierSuites } from './suites/all.js';

tierSuites();
