// The app forgot to import the worker entry.
export {};
