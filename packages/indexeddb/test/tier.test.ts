import 'fake-indexeddb/auto';
import { tierSuites } from './suites/all.js';

tierSuites();
