export { httpLookup } from './httpLookup/httpLookup.js';
export type { HttpLookupOptions } from './httpLookup/httpLookupOptions.js';
