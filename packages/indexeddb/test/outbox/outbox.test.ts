import 'fake-indexeddb/auto';
import { outboxSuite } from './suite.js';

outboxSuite();
